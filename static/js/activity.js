"use strict";
// The screen for logging an activity: one-tap choices, outputs by kind, problem blocks. Without it every field is shown.

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-activity]");
  if (!form) return;
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  const reveal = (selector) => form.querySelectorAll(selector).forEach((part) => (part.hidden = false));

  // My enterprise, my project: one tap.
  reveal("[data-picks]");
  form.querySelectorAll("[data-pick]").forEach((chip) =>
    chip.addEventListener("click", () => {
      const select = form.elements.target;
      const chooser = select.tomselect;
      if (chooser) {
        chooser.addOption({ value: chip.dataset.pick, text: chip.dataset.text });
        chooser.setValue(chip.dataset.pick);
      } else {
        select.value = chip.dataset.pick;
      }
      changed(select);
    }),
  );

  // What the new kind has not is cleared, and comes back with the kind it was written for.
  const kinds = (names) => (names ? names.split(" ") : []);
  const gated = [...form.querySelectorAll("[data-only], [data-not-at]")].flatMap((part) =>
    [...part.querySelectorAll("input[name], select[name]")].map((field) => ({
      field,
      has: (kind) => (part.dataset.only ? kinds(part.dataset.only).includes(kind) : !kinds(part.dataset.notAt).includes(kind)),
    })),
  );
  const put = (field, value) => (field.tomselect ? field.tomselect.setValue(value, true) : (field.value = value));
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
  let kindBefore = form.elements.kind.value;
  const switchKind = () => {
    const kind = form.elements.kind.value;
    if (kind === kindBefore) return;
    kindBefore = kind;
    gated.forEach(({ field, has }) => clearOrBring(field, has(kind)));
    // The firm that a visit was begun from is not the one of a consultation: that is for the person to say.
    const target = form.elements.target;
    const begun = form.dataset.begunFrom;
    if (begun && [target.value, kept.get(target)].includes(begun)) clearOrBring(target, kinds(form.dataset.served).includes(kind));
    if (!all) outputs.forEach((part) => clearOrBring(part.querySelector("input"), kinds(part.dataset.kinds).includes(kind)));
  };
  const arrangeFields = () =>
    form.querySelectorAll("[data-not-at]").forEach((part) => {
      const stored = [...part.querySelectorAll("select, input")].some((field) => field.value);
      part.hidden = kinds(part.dataset.notAt).includes(form.elements.kind.value) && !stored;
    });

  // The outputs this kind usually has; the rest behind a button.
  const outputs = [...form.querySelectorAll("[data-output]")];
  const moreOutputs = form.querySelector("[data-more-outputs]");
  let all = false;
  const arrange = () => {
    const kind = form.elements.kind.value;
    outputs.forEach((part) => {
      const usual = part.dataset.kinds.split(" ").includes(kind);
      const needed = part.querySelector("input").value !== "" || part.querySelector(".field-error");
      part.hidden = !(all || usual || needed);
    });
    moreOutputs.hidden = outputs.every((part) => !part.hidden);
  };
  moreOutputs.addEventListener("click", () => {
    all = true;
    arrange();
  });
  form.addEventListener("change", () => {
    switchKind();
    arrangeFields();
    arrange();
  });
  arrangeFields();
  arrange();

  // Words often used.
  reveal("[data-phrases]");
  form.querySelectorAll("[data-phrase]").forEach((chip) =>
    chip.addEventListener("click", () => {
      const text = form.elements.summary;
      const before = text.value.trim();
      text.value = before ? `${before.replace(/[。；]$/, "")}；${chip.dataset.phrase}` : chip.dataset.phrase;
      changed(text);
    }),
  );

  // Problems heard: as many blocks as needed.
  const problems = form.querySelector("[data-problems]");
  const blocks = problems.querySelector("[data-blocks]");
  const total = form.elements["problems-TOTAL_FORMS"];
  const template = problems.querySelector("[data-block-template]");
  const wire = (block) => {
    const remove = block.querySelector("[data-remove-block]");
    remove.hidden = false;
    remove.addEventListener("click", () => {
      // The block's number stays taken: an empty block is no problem.
      block.querySelectorAll("input, textarea, select").forEach((field) => (field.value = ""));
      block.hidden = true;
      if ([...blocks.children].every((one) => one.hidden)) problems.open = false;
      changed(total);
    });
  };
  const add = () => {
    const index = Number(total.value);
    const holder = document.createElement("div");
    holder.append(template.content.cloneNode(true));
    holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", index);
    const block = holder.firstElementChild;
    blocks.append(block);
    total.value = index + 1;
    wire(block);
    enhance(block);
    block.querySelector("input").focus();
  };
  [...blocks.children].forEach(wire);
  const addButton = problems.querySelector("[data-add-block]");
  addButton.hidden = false;
  addButton.addEventListener("click", add);
  problems.addEventListener("toggle", () => {
    if (problems.open && [...blocks.children].every((one) => one.hidden)) add();
  });

  // A fault inside something folded must be seen.
  form.querySelectorAll("details .field-error").forEach((fault) => (fault.closest("details").open = true));
});
