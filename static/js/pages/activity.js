// The screen for logging an activity: one-tap choices, outputs by kind, problem blocks. Without it every field is shown.
import { behave, wake } from "../behaviours.js";
import { joined } from "../words.js";

const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
const reveal = (form, selector) => form.querySelectorAll(selector).forEach((part) => (part.hidden = false));
const kinds = (names) => (names ? names.split(" ") : []);
const kindOf = (form) => form.elements.kind.value;

function put(field, value) {
  if (field.tomselect) field.tomselect.setValue(value, true);
  else field.value = value;
}

// My enterprise, my project: one tap.
behave("form[data-activity]", (form) => {
  reveal(form, "[data-picks]");
  form.querySelectorAll("[data-pick]").forEach((chip) =>
    chip.addEventListener("click", () => {
      const select = form.elements.target;
      select.tomselect?.addOption({ value: chip.dataset.pick, text: chip.dataset.text });
      if (select.tomselect) select.tomselect.setValue(chip.dataset.pick);
      else select.value = chip.dataset.pick;
      changed(select);
    }),
  );
});

// What the new kind has not is cleared, and comes back with the kind it was written for.
function keeper() {
  const kept = new Map();
  const clearOrBring = (field, has) => {
    if (!has && field.value) {
      kept.set(field, field.value);
      put(field, "");
    } else if (has && !field.value && kept.has(field)) {
      put(field, kept.get(field));
      kept.delete(field);
    }
  };
  return { kept, clearOrBring };
}

function gatedFields(form) {
  const belongs = (part, kind) =>
    part.dataset.only ? kinds(part.dataset.only).includes(kind) : !kinds(part.dataset.notAt).includes(kind);
  return [...form.querySelectorAll("[data-only], [data-not-at]")].flatMap((part) =>
    [...part.querySelectorAll("input[name], select[name]")].map((field) => ({
      field,
      has: (kind) => belongs(part, kind),
    })),
  );
}

// The outputs a kind usually has; the rest behind a button.
function outputsOf(form) {
  const outputs = [...form.querySelectorAll("[data-output]")];
  const more = form.querySelector("[data-more-outputs]");
  const shown = { outputs, all: false };
  shown.arrange = () => {
    outputs.forEach((part) => {
      const usual = kinds(part.dataset.kinds).includes(kindOf(form));
      const needed = part.querySelector("input").value !== "" || part.querySelector(".field-error");
      part.hidden = !(shown.all || usual || needed);
    });
    more.hidden = outputs.every((part) => !part.hidden);
  };
  more.addEventListener("click", () => {
    shown.all = true;
    shown.arrange();
  });
  return shown;
}

behave("form[data-activity]", (form) => {
  const { kept, clearOrBring } = keeper();
  const gated = gatedFields(form);
  const shown = outputsOf(form);
  let before = kindOf(form);
  const switchKind = () => {
    const kind = kindOf(form);
    if (kind === before) return;
    before = kind;
    gated.forEach(({ field, has }) => clearOrBring(field, has(kind)));
    // The firm that a visit was begun from is not the one of a consultation: that is for the person to say.
    const { target } = form.elements;
    const begun = form.dataset.begunFrom;
    if (begun && [target.value, kept.get(target)].includes(begun))
      clearOrBring(target, kinds(form.dataset.served).includes(kind));
    if (shown.all) return;
    shown.outputs.forEach((part) =>
      clearOrBring(part.querySelector("input"), kinds(part.dataset.kinds).includes(kind)),
    );
  };
  const arrangeFields = () =>
    form.querySelectorAll("[data-not-at]").forEach((part) => {
      const stored = [...part.querySelectorAll("select, input")].some((field) => field.value);
      part.hidden = kinds(part.dataset.notAt).includes(kindOf(form)) && !stored;
    });
  const arrange = () => {
    arrangeFields();
    shown.arrange();
  };
  form.addEventListener("change", () => {
    switchKind();
    arrange();
  });
  arrange();
});

// Words often used.
behave("form[data-activity]", (form) => {
  reveal(form, "[data-phrases]");
  form.querySelectorAll("[data-phrase]").forEach((chip) =>
    chip.addEventListener("click", () => {
      const text = form.elements.summary;
      text.value = joined(text.value, chip.dataset.phrase);
      changed(text);
    }),
  );
});

function numbered(template, index) {
  const block = template.content.cloneNode(true).firstElementChild;
  [block, ...block.querySelectorAll("*")].forEach((part) =>
    [...part.attributes].forEach((one) => {
      one.value = one.value.replaceAll("__prefix__", index);
    }),
  );
  return block;
}

// Problems heard: as many blocks as needed.
behave("form[data-activity] [data-problems]", (problems) => {
  const blocks = problems.querySelector("[data-blocks]");
  const total = problems.closest("form").elements["problems-TOTAL_FORMS"];
  const isEmpty = () => [...blocks.children].every((one) => one.hidden);
  const wire = (block) => {
    const remove = block.querySelector("[data-remove-block]");
    remove.hidden = false;
    remove.addEventListener("click", () => {
      // The block's number stays taken: an empty block is no problem.
      block.querySelectorAll("input, textarea, select").forEach((field) => (field.value = ""));
      block.hidden = true;
      if (isEmpty()) problems.open = false;
      changed(total);
    });
  };
  const add = () => {
    const block = numbered(problems.querySelector("[data-block-template]"), total.value);
    blocks.append(block);
    total.value = Number(total.value) + 1;
    wire(block);
    wake(block);
    block.querySelector("input").focus();
  };
  [...blocks.children].forEach(wire);
  const addButton = problems.querySelector("[data-add-block]");
  addButton.hidden = false;
  addButton.addEventListener("click", add);
  problems.addEventListener("toggle", () => {
    if (problems.open && isEmpty()) add();
  });
});

// A fault inside something folded must be seen.
behave("form[data-activity] details .field-error", (fault) => (fault.closest("details").open = true));
