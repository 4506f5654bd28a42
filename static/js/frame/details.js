import { behave } from "../behaviours.js";

const root = document.documentElement;

behave("[data-theme-toggle]", (button) =>
  button.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }),
);

// Copies a field's value, or the text that stands somewhere on the page; what is copied stays selected.
behave("[data-copy]", (button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    if (source.select) source.select();
    else window.getSelection().selectAllChildren(source);
    let copied = true;
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      copied = document.execCommand("copy"); // pages without https have no clipboard
    }
    button.removeAttribute("aria-label"); // what it says now is what there is to hear
    button.lastChild.textContent = copied ? "已复制" : "已选中，请自行复制";
  });
});

behave("[data-print]", (button) => button.addEventListener("click", () => window.print()));
