"use strict";
// A paragraph's text: what is chosen from the list is written where the cursor stands.

document.addEventListener("change", (event) => {
  const list = event.target;
  if (!list.matches?.("[data-insert]") || !list.value) return;
  const box = list.closest("[data-insert-into]");
  const text = document.getElementById(box.dataset.insertInto);
  const at = box.querySelector("[data-insert-at]").value;
  const isFigure = [...list.options].some((one) => one.value === list.value && "figure" in one.dataset);
  const name = `{${list.value}${isFigure && at ? `@${at}` : ""}}`;
  text.setRangeText(name, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  if (list.tomselect) list.tomselect.clear(true);
  else list.value = "";
  text.focus();
});
