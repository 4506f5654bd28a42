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
