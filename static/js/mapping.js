"use strict";
// While headings are explained: which required columns have one by now, and what is asked about a sheet left out.

document.getElementById("mapping").addEventListener("change", (event) => {
  const layout = event.target.closest("[data-layout]");
  if (!layout) return;
  layout.querySelector("[data-lines]").hidden = layout.querySelector("[data-out]").checked;
  const chosen = new Set([...layout.querySelectorAll("[data-column]")].map((select) => select.value));
  layout.querySelectorAll("[data-required]").forEach((chip) => {
    const has = chosen.has(chip.dataset.required);
    chip.classList.toggle("chip-on", has);
    chip.querySelector(".ti").hidden = !has;
  });
  const always = event.target.parentElement.querySelector("[data-always]");
  if (event.target.matches("[data-column]") && always) always.hidden = !event.target.value;
});
