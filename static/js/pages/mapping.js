// While headings are explained: which required columns have one by now, or a value for all rows, and what is asked about
// a sheet left out.
import { behave } from "../behaviours.js";

function tellRequired(layout) {
  const chosen = new Set([...layout.querySelectorAll("[data-column]")].map((select) => select.value));
  const given = new Set();
  layout.querySelectorAll("[data-shared]").forEach((shared) => {
    shared.hidden = chosen.has(shared.dataset.shared);
    if (shared.querySelector("select, input").value) given.add(shared.dataset.shared);
  });
  layout.querySelectorAll("[data-required]").forEach((chip) => {
    const name = chip.dataset.required;
    const has = "above" in chip.dataset || chosen.has(name) || given.has(name);
    chip.classList.toggle("chip-on", has);
    chip.querySelector(".ti").hidden = !has;
  });
}

behave("[data-layout]", (layout) =>
  layout.addEventListener("change", (event) => {
    layout.querySelector("[data-lines]").hidden = layout.querySelector("[data-out]").checked;
    tellRequired(layout);
    const always = event.target.parentElement.querySelector("[data-always]");
    if (event.target.matches("[data-column]") && always) always.hidden = !event.target.value;
  }),
);
