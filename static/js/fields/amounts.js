import { behave } from "../behaviours.js";
import { inWan } from "../words.js";

// An amount in yuan is read back in 万元, so that a missing or extra zero shows at once.
behave("[data-wan]", (input) => {
  const hint = document.createElement("small");
  hint.className = "form-hint";
  hint.setAttribute("aria-live", "polite");
  (input.closest(".input-group") || input).after(hint);
  const tell = () => {
    const words = inWan(Number(input.value));
    hint.textContent = words && `即 ${words}`;
  };
  input.addEventListener("input", tell);
  tell();
});
