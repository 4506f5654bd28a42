import { behave } from "../behaviours.js";

// Files dropped anywhere on the upload card go into its file field; their names and sizes are shown at once.
behave("[data-drop]", (zone) => {
  const form = zone.closest("form");
  const input = zone.querySelector("input[type=file]");
  const words = form.querySelector("[data-drop-words]");
  const blank = words.textContent;
  const list = form.querySelector("[data-drop-list]");

  const show = () => {
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name}（${(file.size / 1048576).toFixed(2)} MB）`;
        return item;
      }),
    );
    list.hidden = !input.files.length;
    words.textContent = input.files.length ? `已选 ${input.files.length} 个文件，点这里重选` : blank;
  };
  const over = (event) => {
    event.preventDefault();
    form.classList.add("border-primary");
  };
  const out = () => form.classList.remove("border-primary");

  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", out);
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    out();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  input.addEventListener("change", show);
});

// The rows of a preview have been checked again: the page shows it, unless someone is typing into it.
document.addEventListener("imports-rechecked", () => {
  const fields = [...document.querySelectorAll("[data-cells] input, [data-cells] textarea")];
  const ticked = (field) => field.type === "radio" || field.type === "checkbox";
  const changed = (field) =>
    ticked(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  if (!fields.some(changed)) {
    window.location.reload();
    return;
  }
  document.querySelector("[data-rechecking]").hidden = true;
  document.querySelector("[data-rechecked]").hidden = false;
});
