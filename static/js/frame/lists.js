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

// In the phone's sheet several are chosen before anybody looks at the rows: its own button sends them.
behave("form[data-auto]", (form) =>
  form.addEventListener("change", (event) => {
    if (!event.target.closest("[aria-modal]")) form.requestSubmit();
  }),
);

// A table larger than its box is moved by the arrow keys too, where nothing in it takes the focus.
behave(".table-responsive", (box, gone) => {
  const sized = new ResizeObserver(() => {
    const isLarger = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (isLarger && !box.querySelector("a, button, input, select, textarea")) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  sized.observe(box);
  gone.addEventListener("abort", () => sized.disconnect());
});
