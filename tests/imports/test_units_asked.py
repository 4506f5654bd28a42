"""Amounts and their units in odd cells, once asked about, corrected by hand, or handed out again."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imports.cells import clean_money
from imports.cells.units import heading_units, noted_units
from imports.errors import CellError
from imports.models import ImportBatch
from imports.pages.workbooks import with_unit
from imports.reading.parent import Sheet
from ledger.models import SurveyForm
from ledger.services.money.rule import change_money_rule
from tests.imports.books import xlsx
from tests.imports.test_adjusting import bring, choose, correct, row  # noqa: F401 -- the fixture
from tests.imports.test_pages import desk, page, work  # noqa: F401 -- the fixture
from tests.imports.test_units import FIRM, HEAD, SURVEYS, read, yuan
from tests.imports.whole import find_table, make_plan


@pytest.mark.parametrize(
    ("words", "units"),
    [("", []), ("涉及金额（一）", []), ("涉及金额（人民币）", []), ("金额（含外币折算）", []), ("金额（元/月）", [1])],
)
def test_brackets_that_name_no_size_name_no_unit(words, units):
    assert heading_units(words) == units


def test_a_currency_named_beside_its_size_is_one_unit():
    assert noted_units("币种：美元　单位：万元") == [("万美元", "")]


@pytest.mark.parametrize(
    "cell",
    [
        "50\n120",
        "50\n120万",
        "50万\n120万",
        "50 120",
        "50、120",
        "50/120",
        "50;120",
        "5 000",
        "1 980\n000",
        "50元\n120元",
        "50，120",
        "50\t120",
        "50\u2028120",
        "50\x0b120",
        "50\r120",
    ],
)
def test_two_amounts_in_a_cell_are_never_one(cell):
    with pytest.raises(CellError):
        clean_money(cell)


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("82万人民币元", 820_000),
        ("50万元/人民币", 500_000),
        ("5百万元", 5_000_000),
        ("RMB 50万", 500_000),
        ("2仟元", 2_000),
    ],
)
def test_more_cells_that_carry_their_own_unit(cell, want):
    assert clean_money(cell).amount == want


def merged(*amounts, merges=(), heading="涉及金额（万元）", extra=()):
    rows = [[*HEAD, heading], *([*FIRM, amount] for amount in amounts)]
    for at, row_ in extra:
        rows.insert(at, row_)
    return find_table(Sheet("表", rows=rows, merges=list(merges)), SURVEYS)


def test_a_merged_amount_counts_in_its_first_record_and_each_row_says_so():
    table = merged(90, "", "", 5, merges=[(1, 4, 3, 4), (1, 0, 3, 0)])
    assert [row.cells["amount"] for row in table.rows] == [90, "", "", 5]
    assert [row.cells["name"] for row in table.rows[:3]] == ["津市样例甲有限公司"] * 3
    assert [len(row.notes) for row in table.rows] == [1, 1, 1, 0]
    assert "第 2～4 行" in table.rows[0].notes[0]
    assert "只算在第 2 行" in table.rows[2].notes[0]


def test_a_merged_amount_whose_first_row_is_no_record_is_not_lost():
    total = ["合计", "", "", "", 90]
    table = merged("", "", merges=[(1, 4, 3, 4)], extra=[(1, total)])
    assert [row.cells["amount"] for row in table.rows] == [90, ""]


@pytest.mark.parametrize("words", ["同上", "〃", "同 上", "同上行", "同左", "同第2行", '"', "同前"])
def test_ditto_instead_of_an_amount_counts_nothing_again_and_says_so(words):
    table = merged(90, words, 5)
    assert [row.cells["amount"] for row in table.rows] == [90, "", 5]
    assert ["同一笔" in note for note in table.rows[1].notes] == [True]


@pytest.mark.django_db
def test_the_answer_is_given_once_for_the_column_and_the_amounts_are_written_so(bring, desk):  # noqa: F811
    rows = [
        [f"津市样例企业{number:04d}有限公司", *FIRM[1:], amount]
        for number, amount in enumerate([500_000, "￥300", "5万元"])
    ]
    batch = bring("surveys", "表", [[*HEAD, "涉及金额"], *rows])
    assert [str(row.outcome) for row in batch.rows.order_by("id")] == ["decide", "decide", "create"]
    (question,) = row(batch, 2).values["questions"]
    choose(desk, batch, 2, question["key"], "1", all="1")
    work()
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert [str(row.outcome) for row in batch.rows.order_by("id")] == ["create"] * 3
    assert batch.summary["figures"]["amount_yuan"] == 550_300
    shown = " ".join(page(desk, batch, outcome="create").split())
    assert "“涉及金额”，这些数字是什么单位？ </span><strong>元</strong>" in shown
    assert "（表第 2 行，这一列的都这样）" in shown
    assert "“涉及金额”对应" not in shown
    assert not SurveyForm.objects.exists()


def plan_of(tmp_path, head, *amounts):
    rows = [[f"津市样例企业{number:04d}有限公司", *FIRM[1:], amount] for number, amount in enumerate(amounts)]
    path = xlsx(tmp_path / "a.xlsx", {"表": [[*HEAD, head], *rows]})
    return make_plan(path, "a.xlsx", "surveys", today=date(2026, 11, 30))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("head", "amounts", "words"),
    [
        ("涉及金额（万元）", [50, 20_000], ["", "涉及金额 200,000,000 元，达到或超过 1亿元"]),
        ("涉及金额（元）", [50_000, 80_000, 9_000_000], ["", "", "是本文件一般金额（80,000 元）的 100 倍以上"]),
        ("涉及金额（元）", [500_000, 900_000, 300], ["", "", "不到本文件一般金额（500,000 元）的千分之一"]),
        ("涉及金额（元）", [50], ["涉及金额 50 元，不到 100 元"]),
        ("涉及金额（万元）", [50, 80, 300, "0", ""], ["", "", "", "", ""]),
    ],
)  # fmt: skip
def test_an_amount_far_from_the_rest_is_pointed_out_and_written_all_the_same(tmp_path, head, amounts, words):
    plan = plan_of(tmp_path, head, *amounts)
    told = ["".join(note for note in row.notes if "请核对金额" in note) for row in plan.rows]
    assert [bool(note) for note in told] == [bool(word) for word in words]
    assert all(word in note for word, note in zip(words, told, strict=True))
    assert {str(row.outcome) for row in plan.rows} == {"create"}


@pytest.mark.django_db
def test_an_import_asks_by_the_rule_of_the_office_read_once(tmp_path):
    change_money_rule(version=1, ask_from=Decimal(400_000))
    with CaptureQueriesContext(connection) as asked:
        plan = plan_of(tmp_path, "涉及金额（元）", 500_000, 300_000, 600_000)
    told = ["达到或超过 40万元" in "".join(row.notes) for row in plan.rows]
    assert told == [True, False, True]
    assert sum("ledger_moneyrule" in one["sql"] for one in asked) == 1


@pytest.mark.django_db
def test_an_amount_corrected_by_hand_asks_no_more_unless_it_is_a_bare_number_again(bring, desk):  # noqa: F811
    rows = [
        [f"津市样例企业{number:04d}有限公司", *FIRM[1:], amount] for number, amount in enumerate([500_000, 700_000])
    ]
    batch = bring("surveys", "表", [[*HEAD, "涉及金额"], *rows])
    correct(desk, batch, 2, "表", amount=("500000", "50万元"))
    correct(desk, batch, 3, "表", amount=("700000", "60"))
    work()
    assert [str(row.outcome) for row in batch.rows.order_by("id")] == ["create", "decide"]
    assert row(batch, 2).values["understood"]["涉及金额"].startswith("500,000 元")


@pytest.mark.django_db
def test_wrong_rows_handed_out_keep_the_unit_open_or_say_it(bring, desk):  # noqa: F811
    rows = [["津市样例甲有限公司", "2026-13-12", "市公安局", "无", amount] for amount in [500_000, "3万", "￥5"]]
    asked = bring("surveys", "表", [[*HEAD, "涉及金额"], *rows])
    assert [with_unit(row_, "amount") for row_ in asked.rows.order_by("id")] == [
        "500000（单位未定）",
        "3万",
        "￥5（单位未定）",
    ]
    foreign = bring("surveys", "表", [[*HEAD, "涉及金额（万美元）"], *rows[:2]])
    assert [with_unit(row_, "amount") for row_ in foreign.rows.order_by("id")] == ["500000万美元", "3万美元"]
    for written in ("500000（单位未定）", "￥5（单位未定）"):
        with pytest.raises(CellError):
            clean_money(written)


@pytest.mark.parametrize(("sign", "want"), [("$", "外币"), ("美元", "外币"), ("元", 50), ("", 500_000)])
def test_a_sign_before_an_amount_in_a_cell_of_its_own_counts(sign, want):
    table = find_table(Sheet("表", rows=[[*HEAD, "", "涉及金额"], [*FIRM, sign, 50]]), SURVEYS)
    assert yuan(table) == want


@pytest.mark.parametrize("foot", [["合计（元）", "", "", "", 50], ["填表人：干警0001", "", "", "", "单位：元"]])
def test_a_total_or_a_signature_below_says_the_unit_too(foot):
    table = read(50, below=[foot])
    assert (yuan(table), len(table.rows)) == (50, 1)


def test_a_row_of_hints_under_the_heading_says_the_unit_though_it_is_read_as_a_wrong_row():
    table = find_table(
        Sheet("表", rows=[[*HEAD, "涉及金额"], ["必填", "年-月-日", "选填", "选填", "单位：元"], [*FIRM, 93]]), SURVEYS
    )
    assert yuan(table, len(table.rows) - 1) == 93
