import { behave } from "../behaviours.js";
import { picked } from "../words.js";

// What is ticked in a list, by value: the desk's table and the phone's cards hold the same entry each.
const chosen = (boxes) => new Map([...document.querySelectorAll(boxes)].map((box) => [box.value, box.dataset.picks]));

// Steps for many: how many are ticked, for how many of them each step is, and which steps are for none.
behave("form[data-pick-form]", (form, gone) => {
  const told = form.querySelector("[data-picks-told]");
  const buttons = [...form.querySelectorAll("[data-pick-for]")];
  const tell = () => {
    const open = [...chosen(`${form.dataset.pickForm}:checked`).values()].map((steps) => steps.split(" "));
    for (const button of buttons) {
      const number = open.filter((steps) => steps.includes(button.dataset.pickFor)).length;
      button.hidden = !number;
      button.querySelector("[data-picks-number]").textContent = `\u00a0${number} 条`;
    }
    const missing = buttons.filter((button) => button.hidden).map((button) => button.dataset.missing);
    told.textContent = picked(open.length, missing);
  };
  document.addEventListener("change", tell, { signal: gone });
  window.addEventListener("pageshow", tell, { signal: gone }); // ticks come back with 返回
  tell();
});
