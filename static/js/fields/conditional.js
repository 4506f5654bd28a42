import { behave } from "../behaviours.js";

// A field that only some choices need: data-show-for="visit,duty" beside data-shown-by="kind".
behave("form[method=post]", (form) => {
  const parts = form.querySelectorAll("[data-shown-by]");
  const refresh = () =>
    parts.forEach((part) => {
      const value = form.elements[part.dataset.shownBy]?.value ?? "";
      part.hidden = !part.dataset.showFor.split(",").includes(value);
    });
  if (!parts.length) return;
  form.addEventListener("change", refresh);
  refresh();
});
