// What all charts share. Tooltips are drawn on the canvas: HTML ones need inline styles, which the content security
// policy refuses.

export function legend({ colour, px }, more) {
  return { top: 0, left: 0, itemGap: px(14), textStyle: { color: colour.quiet, fontSize: px(12) }, ...more };
}

export function tooltip({ colour, px }, headline, valueOf) {
  return {
    trigger: "axis",
    renderMode: "richText",
    backgroundColor: colour.ground,
    borderColor: colour.line,
    textStyle: { color: colour.words, fontSize: px(12) },
    formatter: (items) =>
      [headline(items[0]), ...items.map((item) => `${item.seriesName}\u3000${valueOf(item)} 件`)].join("\n"),
  };
}

export function countAxis({ colour, px }, more) {
  return {
    type: "value",
    minInterval: 1,
    axisLabel: { color: colour.quiet, fontSize: px(12) },
    splitLine: { lineStyle: { color: colour.line } },
    ...more,
  };
}
