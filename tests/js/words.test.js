import assert from "node:assert/strict";
import { test } from "node:test";

import { inWan, joined, monthAndDay, picked, turned, weight } from "../../static/js/words.js";

test("an amount is read back in 万 and 亿, to the yuan", () => {
  const told = {
    9999.99: "",
    10000: "1 万元",
    12345.6: "1.2346 万元",
    4098000: "409.8 万元",
    99999999: "9999.9999 万元",
    100000000: "1 亿元",
    120000000: "1 亿 2000 万元",
    1234500000000: "12,345 亿元",
  };
  for (const [yuan, words] of Object.entries(told)) assert.equal(inWan(Number(yuan)), words, yuan);
});

test("what is no amount, or none worth reading back, says nothing", () => {
  for (const typed of ["", "-", "一万", "-50000"]) assert.equal(inWan(Number(typed)), "", typed);
});

test("a file never weighs less than it does", () => {
  assert.deepEqual([0, 1, 1024, 1025, 104857, 104858, 3 * 1048576].map(weight), [
    "0 KB",
    "1 KB",
    "1 KB",
    "2 KB",
    "103 KB",
    "0.1 MB",
    "3.0 MB",
  ]);
});

test("a set phrase comes after what is written, with one mark between", () => {
  assert.equal(joined("  ", "已现场协调"), "已现场协调");
  assert.equal(joined("企业用电不稳。", "已现场协调"), "企业用电不稳；已现场协调");
  assert.equal(joined("企业用电不稳；", "已现场协调"), "企业用电不稳；已现场协调");
  assert.equal(joined("企业用电不稳", "已现场协调"), "企业用电不稳；已现场协调");
});

test("what is ticked is told by number, and which steps are for none of it", () => {
  assert.equal(picked(3, []), "选中 3 条");
  assert.equal(picked(3, ["没有您能受理的", "没有您能销号的"]), "选中 3 条：没有您能受理的、没有您能销号的");
});

test("a day is told by month and day, as the office's clock has it", () => {
  assert.equal(monthAndDay("2023-08-05"), "8月5日");
});

test("a group of the navigation is remembered once, beside the others", () => {
  assert.equal(turned("", "firms", false), "firms0");
  assert.equal(turned("firms0.mine1", "firms", true), "mine1.firms1");
  assert.equal(turned("minex1", "mine", false), "minex1.mine0");
});
