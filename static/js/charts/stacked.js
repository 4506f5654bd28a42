// Bars of parts, one bar a name: ECharts' options from the page's data.
import { countAxis, legend, tooltip } from "./parts.js";

// Filled shapes carry a pattern of their own besides the colour; lines differ in width and dashes instead.
const PATTERNS = { enabled: true, label: { enabled: false }, decal: { show: true } };

function bar(part, fill, { colour, px }) {
  return {
    type: "bar",
    stack: "all",
    name: part.name,
    data: part.values,
    animation: false,
    barMaxWidth: px(22),
    itemStyle: { color: fill, borderColor: colour.ground, borderWidth: 1 },
    label: {
      show: true,
      color: colour.words,
      backgroundColor: colour.ground,
      padding: [1, 3],
      borderRadius: 2,
      fontSize: px(11),
      formatter: (item) => item.value || "",
    },
  };
}

function names(data, { colour, px }) {
  return {
    type: "category",
    inverse: true,
    data: data.names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colour.line } },
    axisLabel: { color: colour.words, fontSize: px(12), width: px(120), overflow: "truncate" },
  };
}

export function stacked(data, look) {
  const { colour, px } = look;
  const fills = [colour.resolved, colour.waiting, colour.registered];
  const told = tooltip(
    look,
    (item) => item.name,
    (item) => item.value,
  );
  return {
    aria: PATTERNS,
    textStyle: { fontFamily: look.font },
    grid: { left: 4, right: px(20), top: px(34), bottom: 4, containLabel: true },
    legend: legend(look, { itemWidth: px(18), itemHeight: px(10) }),
    tooltip: { ...told, axisPointer: { type: "shadow" } },
    xAxis: countAxis(look),
    yAxis: names(data, look),
    series: data.parts.map((part, at) => bar(part, fills[at], look)),
  };
}
