import { behave } from "../behaviours.js";
import { unreached } from "./unreached.js";

const PATIENCE = 15000;

// A form is sent once; the button says so until the page changes.
behave("form[method=post]", (form) =>
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      unreached(form);
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    event.submitter?.classList.add("btn-loading");
    setTimeout(() => delete form.dataset.sent, PATIENCE);
  }),
);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
