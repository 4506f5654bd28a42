import { behave, retire } from "../behaviours.js";

const SHUT = 100; // ms, within which Tom Select has asked whether to open

function focus(control, preventScroll) {
  const chooser = control.tomselect;
  if (!chooser) {
    control.focus({ preventScroll });
    return;
  }
  const opens = chooser.settings.openOnFocus;
  chooser.settings.openOnFocus = false; // an open list would hide the fields below
  chooser.focus();
  setTimeout(() => (chooser.settings.openOnFocus = opens), SHUT);
}

function isEmpty(field) {
  const controls = [...field.querySelectorAll("input, select, textarea")];
  return !controls.some((one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value));
}

// Where to begin: the number to ring; what must be filled in and is not; going through a queue, the button, else the
// first field. Never at a choice: one answer of several in a frame looks as if it were given.
function beginning(form) {
  const call = form.querySelector("a[href^='tel:']");
  if (call) return call;
  const fields = [...form.querySelectorAll("[data-field]")].filter((field) => !field.querySelector("[type=radio]"));
  const lacking = fields.find((field) => field.querySelector(".required") && isEmpty(field));
  const first = lacking ?? ("inRound" in form.dataset ? null : fields[0]);
  return first?.querySelector("select, textarea, input") ?? form.querySelector("[type=submit]");
}

// The buttons of the page while the form of one of them is open: one main button at a time.
function standBack(form, gone) {
  const buttons = [...document.querySelectorAll("[data-action]")];
  const main = buttons.find((button) => button.classList.contains("btn-primary"));
  main?.classList.remove("btn-primary");
  for (const button of buttons) button.hidden = button.dataset.action === form.dataset.move;
  gone.addEventListener("abort", () => {
    main?.classList.add("btn-primary");
    for (const button of buttons) button.hidden = false;
  });
}

// A step's form opened on the entry's page: it takes the focus, and 取消 puts it away again.
behave("#move form[data-move]", (form, gone) => {
  standBack(form, gone);
  const begin = beginning(form);
  if (begin && !form.querySelector("[autofocus]")) focus(begin, "inRound" in form.dataset);
  form.querySelector("[data-move-cancel]")?.addEventListener("click", (event) => {
    event.preventDefault();
    retire(form);
    form.remove();
    document.querySelector(`[data-action="${form.dataset.move}"]`)?.focus();
  });
});

// A form that is a page of its own begins where there is something to fill in.
behave("form[data-begin]", (form) => {
  const begin = beginning(form);
  if (begin && !form.querySelector("[autofocus]")) focus(begin, false);
});

// Ctrl+Enter sends from any field. A key held down sends one step, not those of the entries that follow.
behave("form[data-move], form[data-begin]", (form) =>
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.repeat && event.target.tagName !== "TEXTAREA") event.preventDefault();
    else if (event.ctrlKey && !event.repeat) form.requestSubmit();
  }),
);
