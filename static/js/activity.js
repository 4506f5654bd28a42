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
  form.addEventListener("change", arrange);
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
