import { behave } from "../behaviours.js";

function from(url) {
  const ask = (words) =>
    fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(words)}`, {
      headers: { Accept: "application/json" },
    });
  return {
    valueField: "value",
    labelField: "text",
    load: (words, done) =>
      ask(words)
        .then((answer) => answer.json())
        .then((answer) => done(answer.results))
        .catch(() => done()),
  };
}

// Choosing among many: Tom Select, searched by words or pinyin.
behave("select[data-choose]", (select, gone) => {
  const chooser = new TomSelect(select, {
    plugins: select.multiple ? ["remove_button"] : [],
    maxOptions: 200,
    // At once: what was still waited for after a choice would open the list again, over what is clicked next.
    refreshThrottle: 0,
    searchField: ["text", "pinyin"],
    render: {
      no_results: () => '<div class="no-results">没有找到，换个词试试</div>',
      loading: () => '<div class="spinner-line"></div>',
    },
    ...(select.dataset.url && from(select.dataset.url)),
  });
  // What is heard and reached is Tom Select's own field; the select behind it only carries the value.
  select.setAttribute("aria-hidden", "true");
  if (select.ariaLabel) chooser.control_input.setAttribute("aria-label", select.ariaLabel);
  gone.addEventListener("abort", () => chooser.destroy());
});
