import { behave } from "../behaviours.js";

const phone = window.matchMedia("(max-width: 767.98px)");

// A list of which only the other shape was written (the screen was turned, or another window is narrower) is asked for
// again; not while rows are ticked, which would be lost. Until then the shape that is there is shown (lists.css).
behave("[data-rows]", (rows, gone) => {
  const look = () => {
    const isThere = rows.querySelector(phone.matches ? ".cards-on-phone" : ".table-on-desk");
    if (isThere || rows.querySelector(".pick:checked")) return;
    window.htmx.ajax("GET", window.location.href, { target: rows, select: "#rows", swap: "outerHTML" });
  };
  phone.addEventListener("change", look, { signal: gone });
  look();
});
