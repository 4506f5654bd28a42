import { behave } from "../behaviours.js";

const root = document.documentElement;

behave("[data-theme-toggle]", (button) =>
  button.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }),
);

behave("[data-copy]", (button) =>
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    source.select();
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      document.execCommand("copy"); // pages without https have no clipboard
    }
    button.lastChild.textContent = "已复制";
  }),
);

behave("[data-print]", (button) => button.addEventListener("click", () => window.print()));
