"""Units, days, telephone numbers and 规上 in the short forms people write: understood where they are sure, else
refused with the words to write."""

import random
from datetime import date
from types import SimpleNamespace

import pytest

from enterprises.models import Enterprise
from imports.cells import clean_date, clean_phone
from imports.errors import CellError
from imports.known.register import take_small_tables
from imports.known.units import meant_unit
from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from tests.factories import UnitFactory
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.whole import find_table, make_plan

TODAY = date(2026, 11, 30)
NAMES = ["市委政法委", "市人民法院", "市人民检察院", "市公安局", "市司法局", "市交警大队"]
SHORT = {
    "公安": "市公安局", "津市公安": "市公安局", "津市市公安局": "市公安局", "公安局": "市公安局",
    "本市公安局": "市公安局",
    "市法院": "市人民法院", "法院": "市人民法院", "津市市法院": "市人民法院", "人民法院": "市人民法院",
    "检察院": "市人民检察院", "市检察院": "市人民检察院", "检察": "市人民检察院",
    "司法": "市司法局", "市司法": "市司法局", "交警": "市交警大队", "交警队": "市交警大队", "市交警": "市交警大队",
    "市公安交警大队": "市交警大队", "交通警察大队": "市交警大队", "政法委": "市委政法委", "市政法委": "市委政法委",
    "市委政法委员会": "市委政法委",
}  # fmt: skip
OTHERS = [
    "县公安局",
    "常德市公安局",
    "澧县法院",
    "省公安厅",
    "城关派出所",
    "市税务局",
    "公司",
    "市",
    "安",
    "法",
    "检",
    "市公安局城关派出所",
]


def units(names):
    return [SimpleNamespace(pk=pk, name=name, short_name="", is_active=True) for pk, name in enumerate(names)]


def test_a_short_name_means_the_one_unit_it_can_mean_and_no_other_body():
    known = units(NAMES)
    assert {words: meant_unit(words, known).name for words in SHORT} == SHORT
    assert [words for words in OTHERS if meant_unit(words, known)] == []


def test_what_may_be_several_is_refused_with_their_names():
    for words in ("市局", "局", "津市市局"):
        with pytest.raises(CellError, match="可能是：市公安局、市司法局；请写全称"):
            meant_unit(words, units(NAMES))
    with pytest.raises(CellError, match="公安局、市公安大队"):
        meant_unit("公安", units(["市公安局", "市公安大队"]))


def test_no_random_cut_of_a_name_becomes_another_unit():
    rng, known = random.Random(3), units(NAMES)
    for _ in range(200):
        name = rng.choice(NAMES)
        first, last = sorted(rng.sample(range(len(name) + 1), 2))
        try:
            found = meant_unit(rng.choice(["", "津市", "市"]) + name[first:last], known)
        except CellError:
            continue
        assert found is None or found.name == name, name[first:last]


@pytest.mark.django_db
def test_the_preview_says_which_unit_a_short_name_was_taken_for(tmp_path):
    rows = [form_row(n, 走访单位=words) for n, words in enumerate(["公安", "市公安局", "市局", "县公安局"], 1)]
    path = surveys(tmp_path / "样例.xlsx", rows)
    plan = make_plan(path, path.name, "surveys", today=TODAY)
    assert [row.outcome for row in plan.rows] == ["create", "create", "error", "error"]
    assert [row.understood.get("走访单位") for row in plan.rows[:2]] == ["市公安局", None]
    assert plan.rows[2].problems[0].reason.endswith("请写全称")


@pytest.mark.django_db
def test_a_unit_out_of_use_is_not_what_a_short_name_means():
    UnitFactory(name="市公安大队", is_active=False)
    register = take_small_tables("surveys")
    assert register.one("units", "公安", "单位").name == "市公安局"


@pytest.mark.parametrize(
    "cell",
    ["2026年3月", "2026年3月份", "2026.3", "2026-03", "2026/3", "2026年03月", "202603", 202603, 2026.3, "2026 年 3 月",
     "2026年3月中旬", "２０２６年３月", "2026年3月初"],
)  # fmt: skip
def test_a_month_is_no_day(cell):
    with pytest.raises(CellError, match="只写到月，请补上是哪一天，如 2026-03-15"):
        clean_date(cell, today=TODAY)


@pytest.mark.parametrize("cell", ["2026年", "2026", 2026, "2026年度", "2026年上半年"])
def test_a_year_is_no_day(cell):
    with pytest.raises(CellError, match="只写到年，请补上是哪一天"):
        clean_date(cell, today=TODAY)


@pytest.mark.parametrize(
    "cell",
    ["13800000000、13900000000", "13800000000/0736-4212345", "13800000000 13900000000", "0736-4212345,13800000000",
     "138-0000-0000；139-0000-0000", "13800000000\n13900000000", "07364212345;07364212346", "4212345 4212346",
     "13800000000（办公）13900000000（手机）"],
)  # fmt: skip
def test_two_telephone_numbers_are_never_made_one(cell):
    with pytest.raises(CellError, match=r"单元格里有 2 个电话.*请只留一个"):
        clean_phone(cell)


@pytest.mark.parametrize("text", ["45000", " 45000 ", "４５０００", 45000, 45000.0])
def test_a_day_number_since_1904_kept_as_text_is_the_same_day(text):
    sheet = Sheet("表", rows=[["企业名称", "走访单位", "走访日期"], ["津市样例厂", "市公安局", text]], since_1904=True)
    row = find_table(sheet, RESOURCES["surveys"].names()).rows[0]
    assert clean_date(row.cells["visited_on"], today=date(2030, 1, 1)) == date(2027, 3, 16)


@pytest.mark.django_db
def test_above_scale_is_understood_in_its_own_words(tmp_path):
    words = {"规上": True, "规模以上": True, "规上企业": True, "规下": False, "规模以下": False, "非规上": False}
    head = ["企业名称", "是否规上"]
    rows = [[f"津市样例{n}厂", cell] for n, cell in enumerate([*words, "部分"])]
    path = xlsx(tmp_path / "样例.xlsx", {"名录": [head, *rows]})
    plan = make_plan(path, path.name, "enterprises", today=TODAY)
    assert [one.is_above_scale for one in plan.new[Enterprise]] == list(words.values())
    assert plan.rows[-1].outcome == "error"
