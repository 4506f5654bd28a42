// Registered, completed and resolved day by day, against the target: ECharts' options from the page's data.
import { monthAndDay } from "../words.js";
import { countAxis, legend, tooltip } from "./parts.js";

const PACE = "按近四周进度";
const MONTH = 27 * 24 * 3600 * 1000; // the shortest distance between two labels
const PLAIN = { type: "line", symbol: "none", animation: false };

/** [day, needed] of each point: what the target asks for, rounded up, and on to the end of the axis. */
export function targetsOf(data) {
  const targets = data.points.map(([day, counted]) => [day, Math.ceil((counted * data.target) / 100)]);
  const [lastDay, needed] = targets.at(-1);
  return data.endsOn > lastDay ? [...targets, [data.endsOn, needed]] : targets;
}

const column = (data, at) => data.points.map((point) => [point[0], point[at]]);

function stroke(colour, width, type) {
  return { lineStyle: { width, color: colour, ...(type && { type }) }, itemStyle: { color: colour } };
}

function endLabel({ narrow, px }, text, colour, offset) {
  return { show: !narrow, formatter: text, color: colour, fontSize: px(12), fontWeight: 600, distance: 6, offset };
}

function targetDay(data, { colour, px }) {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: colour.quiet, type: "solid", width: px(1) },
    label: { formatter: monthAndDay(data.targetOn), color: colour.quiet, position: "end", fontSize: px(12) },
    data: [{ xAxis: data.targetOn }],
  };
}

function registered(data, look) {
  const { colour, px } = look;
  const label = endLabel(look, `计入 ${data.points.at(-1)[1]}`, colour.quiet, [0, -7]);
  return { ...PLAIN, name: "计入", data: column(data, 1), ...stroke(colour.registered, px(1.5)), endLabel: label };
}

function resolved(data, look) {
  const { colour, px } = look;
  const below = data.expected === null ? 7 : 14; // clear of the line of the pace
  return {
    ...PLAIN,
    name: "化解",
    data: column(data, 3),
    ...stroke(colour.resolved, px(2.5)),
    areaStyle: { color: colour.fill },
    endLabel: endLabel(look, `化解 ${data.points.at(-1)[3]}`, colour.resolved, [0, below]),
    markLine: data.targetOn && targetDay(data, look),
  };
}

function pace(data, { colour, px }) {
  const [day, , , now] = data.points.at(-1);
  const line = [
    [day, now],
    [data.targetOn, data.expected],
  ];
  return { ...PLAIN, name: PACE, data: line, ...stroke(colour.resolved, px(2), [px(8), px(6)]) };
}

function seriesOf(data, look) {
  const { colour, px } = look;
  const target = { name: `${data.target}% 目标`, data: targetsOf(data), ...stroke(colour.target, px(1.5), "dashed") };
  const completed = { name: "办结", data: column(data, 2), ...stroke(colour.resolved, px(1.5), [px(2), px(3)]) };
  const lines = [registered(data, look), { ...PLAIN, ...target }, { ...PLAIN, ...completed }, resolved(data, look)];
  return data.expected !== null && data.targetOn ? [...lines, pace(data, look)] : lines;
}

function dayAxis(data, { colour, px }) {
  return {
    type: "time",
    min: data.points[0][0],
    max: data.endsOn,
    axisLine: { lineStyle: { color: colour.line } },
    axisTick: { show: false },
    axisLabel: {
      color: colour.quiet,
      fontSize: px(12),
      hideOverlap: true,
      formatter: (value) => `${new Date(value).getMonth() + 1}月`,
    },
    minInterval: MONTH,
    splitLine: { show: false },
  };
}

export function burnup(data, look) {
  const { px } = look;
  const series = seriesOf(data, look);
  return {
    textStyle: { fontFamily: look.font },
    grid: { left: 4, right: look.narrow ? 30 : px(64), top: px(34), bottom: 4, containLabel: true },
    legend: legend(look, {
      data: series.map((one) => one.name).filter((name) => name !== PACE),
      itemWidth: px(24),
      itemStyle: { opacity: 0 }, // the line alone, as it is drawn
    }),
    tooltip: tooltip(
      look,
      (item) => monthAndDay(item.value[0]),
      (item) => item.value[1],
    ),
    xAxis: dayAxis(data, look),
    yAxis: countAxis(look, { splitNumber: 4 }),
    series,
  };
}

/** The last day on or before a moment (the first day for earlier ones): what a click on the curve means. */
export function dayAt(points, moment) {
  const past = points.filter(([day]) => new Date(day) <= moment);
  return (past.at(-1) ?? points[0])[0];
}
