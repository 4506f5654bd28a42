import assert from "node:assert/strict";
import { test } from "node:test";

import { burnup, dayAt, targetsOf } from "../../static/js/charts/burnup.js";
import { stacked } from "../../static/js/charts/stacked.js";

const look = {
  colour: { resolved: "a", waiting: "b", registered: "c" },
  px: (size) => size * 2,
  font: "",
  narrow: false,
};
const points = [
  ["2023-01-31", 10, 6, 5], // day, registered, completed, resolved
  ["2023-02-28", 13, 9, 8],
];
const data = { points, target: 85, endsOn: "2023-06-30", targetOn: "2023-05-31", expected: 12, day: "/rates/?on=DAY" };

test("the target is of what is registered, rounded up, and stays to the end", () => {
  assert.deepEqual(targetsOf(data), [
    ["2023-01-31", 9],
    ["2023-02-28", 12],
    ["2023-06-30", 12],
  ]);
  assert.equal(targetsOf({ ...data, endsOn: "2023-02-28" }).length, 2);
});

test("each line shows its own column, and the pace goes from today to what is expected", () => {
  const shown = Object.fromEntries(
    burnup(data, look).series.map((one) => [one.name, one.data.map(([, value]) => value)]),
  );
  assert.deepEqual(shown, {
    计入: [10, 13],
    "85% 目标": [9, 12, 12],
    办结: [6, 9],
    化解: [5, 8],
    按近四周进度: [8, 12],
  });
});

test("without a forecast there is no line of the pace, and nothing to explain it", () => {
  const { series, legend } = burnup({ ...data, expected: null }, look);
  assert.equal(series.length, 4);
  assert.deepEqual(legend.data, ["计入", "85% 目标", "办结", "化解"]);
  assert.ok(!burnup(data, look).legend.data.includes("按近四周进度"));
});

test("a wall's screen draws text and lines larger, a phone leaves out the words at the ends", () => {
  const plain = burnup(data, { ...look, px: (size) => size }).series[3].lineStyle.width;
  assert.equal(burnup(data, look).series[3].lineStyle.width, plain * 2);
  assert.equal(burnup(data, { ...look, narrow: true }).series[0].endLabel.show, false);
});

test("a click on the curve means the last day that had come", () => {
  assert.equal(dayAt(points, new Date("2023-02-27T20:00:00Z").getTime()), "2023-01-31");
  assert.equal(dayAt(points, new Date("2023-03-15").getTime()), "2023-02-28");
  assert.equal(dayAt(points, new Date("2022-12-01").getTime()), "2023-01-31");
});

test("a tooltip names the day and each line's number", () => {
  const told = burnup(data, look).tooltip.formatter([{ seriesName: "化解", value: ["2023-02-28", 8] }]);
  assert.equal(told, "2月28日\n化解\u30008 件");
});

test("parts of a bar keep their order and colour, and nought is not written on them", () => {
  const parts = ["化解", "待确认", "未办结"].map((name, at) => ({ name, values: [at, 0] }));
  const { series } = stacked({ names: ["公安局", "法院"], parts }, look);
  assert.deepEqual(
    series.map((one) => [one.name, one.itemStyle.color]),
    [
      ["化解", "a"],
      ["待确认", "b"],
      ["未办结", "c"],
    ],
  );
  assert.deepEqual(
    [0, 3].map((value) => series[0].label.formatter({ value })),
    ["", 3],
  );
});
