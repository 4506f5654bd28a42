"""Marks that only keep a spreadsheet from making numbers of long digits are no part of what a cell says."""

import csv
import io
import random

import pytest

from imports.reading.parent import read_workbook
from tests.imports.books import xlsx

MARKS = [
    ('="91430781MA4L00019M"', "91430781MA4L00019M"),
    ('="0736-4212345"', "0736-4212345"),
    (' = "000123" ', "000123"),
    ('="津市""样例""厂"', '津市"样例"厂'),
    ('=""', ""),
    ("'13800000000", "13800000000"),
    ("'13800000000'", "13800000000"),
    ("‘000123’", "000123"),
    ("`000123", "000123"),
    ("'津市样例厂", "津市样例厂"),
    # these stand as they are
    ("''", "''"),
    ("'十三五'期间", "'十三五'期间"),
    ("‘津市样例’厂", "‘津市样例’厂"),
    ("5'", "5'"),
    ("====", "===="),
    ("甲=乙", "甲=乙"),
]
PHONE_BEFORE = ["电话 13800000000", "见附件"]


def read(tmp_path, name, rows):
    path = tmp_path / name
    if name.endswith(".csv"):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path.write_bytes(text.getvalue().encode())
    else:
        xlsx(path, {"表": rows})
    return read_workbook(path, path.name).sheets[0]


@pytest.mark.parametrize("name", ["样例.csv", "样例.xlsx"])
def test_a_mark_is_taken_off_and_everything_else_stands(tmp_path, name):
    sheet = read(tmp_path, name, [["标题", "编号"], *([f"第{n}", cell] for n, (cell, _) in enumerate(MARKS))])
    assert [str(row[1]) if len(row) > 1 else "" for row in sheet.rows[1:]] == [meant for _, meant in MARKS]
    assert not sheet.uncalculated


def test_a_formula_in_a_text_file_has_no_result_and_says_so(tmp_path):
    """In a workbook such a text was typed as text; in a .csv it is what a spreadsheet would have calculated."""
    rows = [["标题", "金额"], ["甲", "=B1*2"], ["乙", "=SUM(A1:A3)"], ["丙", '="A"&"B"'], ["丁", "==="]]
    sheet = read(tmp_path, "样例.csv", rows)
    assert ([row[1] for row in sheet.rows[1:]], sheet.uncalculated) == (["", "", "", "==="], {"B2", "B3", "B4"})
    assert [row[1] for row in read(tmp_path, "样例.xlsx", rows).rows[1:3]] == ["=B1*2", "=SUM(A1:A3)"]


def test_every_formula_without_a_result_is_told_not_only_the_first_thousand(tmp_path):
    sheet = read(tmp_path, "样例.csv", [["标题", "金额"], *([f"第{n}", "=B1*2"] for n in range(3000))])
    assert len(sheet.uncalculated) == 3000


@pytest.mark.parametrize("name", ["样例.csv", "样例.xlsx"])
def test_digits_come_through_whatever_they_are_dressed_in(tmp_path, name):
    rng = random.Random(11)
    wanted, rows = [], [["标题", "编号"]]
    for n in range(200):
        digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 18)))
        dress = rng.choice(['="{}"', "'{}", "'{}'", "‘{}’", "`{}", ' ="{}"', '="{}" '])
        wanted.append(digits)
        rows.append([f"第{n}", dress.format(digits)])
    assert [row[1] for row in read(tmp_path, name, rows).rows[1:]] == wanted
