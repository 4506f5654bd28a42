import { behave } from "../behaviours.js";

behave("tr[data-href]", (row) =>
  row.addEventListener("click", (event) => {
    if (!event.target.closest("a,button,input,label")) window.location.assign(row.dataset.href);
  }),
);

behave("[data-check-all]", (box) =>
  box.addEventListener("change", () =>
    document.querySelectorAll(box.dataset.checkAll).forEach((one) => {
      one.checked = box.checked;
    }),
  ),
);

behave("form[data-auto]", (form) => form.addEventListener("change", () => form.requestSubmit()));

// A table wider than the screen is moved by the arrow keys too, where nothing in it takes the focus.
behave(".table-responsive", (box, gone) => {
  const sized = new ResizeObserver(() => {
    const isStuck = box.scrollWidth > box.clientWidth && !box.querySelector("a, button, input, select, textarea");
    if (isStuck) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  sized.observe(box);
  gone.addEventListener("abort", () => sized.disconnect());
});
