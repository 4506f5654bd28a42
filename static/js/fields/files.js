import { behave } from "../behaviours.js";
import { weight } from "../words.js";

const isSame = (one, other) =>
  one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

function put(input, files) {
  const all = new DataTransfer();
  files.forEach((file) => all.items.add(file));
  input.files = all.files;
}

function lineOf(file, drop) {
  const line = document.createElement("span");
  line.className = "file-name";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-close";
  button.setAttribute("aria-label", `不要 ${file.name}`);
  button.addEventListener("click", drop);
  line.append(`${file.name}（${weight(file.size)}）`, button);
  return line;
}

// The chosen files by name and size, in our words, each with its ×. A camera gives one picture at a time: those taken
// before stay.
behave("[data-file-pick]", (pick) => {
  const input = pick.querySelector("input[type=file]");
  const names = pick.querySelector(".file-names");
  let chosen = [...input.files];
  const without = (file) => () => {
    put(
      input,
      chosen.filter((one) => one !== file),
    );
    chosen = [...input.files];
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = () => {
    names.replaceChildren(...chosen.map((file) => lineOf(file, without(file))));
    if (!chosen.length) names.textContent = pick.parentElement.querySelector(".kept-files") ? "" : "未选择";
  };
  input.addEventListener("change", () => {
    const fresh = [...input.files].filter((file) => !chosen.some((one) => isSame(one, file)));
    if (input.hasAttribute("capture") && fresh.length) put(input, [...chosen, ...fresh]);
    chosen = [...input.files];
    show();
  });
  if (chosen.length) show(); // put back by the browser
});
