import { behave } from "../behaviours.js";
import { turned } from "../words.js";

const YEAR = 365 * 24 * 3600;

// In a cookie, so that the next page comes with its groups open or closed: nothing jumps once it is there.
function remember(name, key, isOpen) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  const kept = turned(found?.slice(name.length + 1) ?? "", key, isOpen);
  document.cookie = `${name}=${kept}; path=/; max-age=${YEAR}; samesite=lax`;
}

behave("[data-nav-group]", (button) =>
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", isOpen);
    document.getElementById(button.getAttribute("aria-controls")).hidden = !isOpen;
    remember(button.closest("[data-navigation]").dataset.navigation, button.dataset.navGroup, isOpen);
  }),
);

// The page's own place is in sight, however far down the list it stands.
behave(".side-links [aria-current]", (link) => link.scrollIntoView({ block: "nearest" }));
