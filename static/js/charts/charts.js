// Draws the charts of the page from its own JSON (json_script); each chart has the same numbers in a table below it.
import { behave } from "../behaviours.js";
import { burnup, dayAt } from "./burnup.js";
import { lookOf } from "./look.js";
import { stacked } from "./stacked.js";

const kinds = { burnup, stacked };
const root = document.documentElement;

// Every mark opens its records: a bar its part of the category, the curve both rates of the day clicked.
const opens = {
  stacked(chart, data) {
    chart.on("click", (item) => {
      const url = data.parts[item.seriesIndex]?.urls[item.dataIndex];
      if (url) window.location.assign(url);
    });
  },
  burnup(chart, data) {
    chart.getZr().on("click", (event) => {
      const at = [event.offsetX, event.offsetY];
      if (!chart.containPixel("grid", at)) return;
      const [moment] = chart.convertFromPixel({ gridIndex: 0 }, at);
      window.location.assign(data.day.replace("DAY", dayAt(data.points, moment)));
    });
  },
};

function start(box, data) {
  const chart = echarts.init(box);
  if (!box.closest("[data-wall]")) opens[box.dataset.chart](chart, data); // nothing opens from a wall
  return chart;
}

behave("[data-chart]", (box, gone) => {
  const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
  let chart = null; // until the box is seen: one in a hidden panel has no size to draw in
  const paint = () => chart?.setOption(kinds[box.dataset.chart](data, lookOf(box)), true);
  const sized = new ResizeObserver(() => {
    if (!box.clientWidth) return;
    chart ??= start(box, data);
    chart.resize();
    paint();
  });
  sized.observe(box);
  document.addEventListener("themechange", paint, { signal: gone });
  gone.addEventListener("abort", () => {
    sized.disconnect();
    chart?.dispose();
  });
});

// On paper: light, as wide as the sheet, with every table open.
let before = null;
window.addEventListener("beforeprint", () => {
  before = { theme: root.dataset.bsTheme, closed: [...document.querySelectorAll("details:not([open])")] };
  root.dataset.bsTheme = "light";
  before.closed.forEach((one) => (one.open = true));
  document.dispatchEvent(new Event("themechange"));
});
window.addEventListener("afterprint", () => {
  if (!before) return;
  root.dataset.bsTheme = before.theme;
  before.closed.forEach((one) => (one.open = false));
  before = null;
  document.dispatchEvent(new Event("themechange"));
});
