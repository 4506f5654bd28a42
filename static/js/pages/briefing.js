// A paragraph's text: what is chosen from the list is written where the cursor stands.
import { behave } from "../behaviours.js";

function nameOf(list, at) {
  const isFigure = [...list.options].some((one) => one.value === list.value && "figure" in one.dataset);
  return `{${list.value}${isFigure && at ? `@${at}` : ""}}`;
}

behave("[data-insert-into]", (box) =>
  box.addEventListener("change", (event) => {
    const list = event.target;
    if (!list.matches("[data-insert]") || !list.value) return;
    const text = document.getElementById(box.dataset.insertInto);
    const name = nameOf(list, box.querySelector("[data-insert-at]").value);
    text.setRangeText(name, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    if (list.tomselect) list.tomselect.clear(true);
    else list.value = "";
    text.focus();
  }),
);
