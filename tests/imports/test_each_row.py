"""An amount that several rows have in common: of the first, or of each where somebody says so."""

import pytest

from imports.models import ImportBatch
from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from tests.imports.books import xlsx
from tests.imports.test_adjusting import choose
from tests.imports.test_pages import page, upload, work
from tests.imports.whole import find_table

SURVEYS = RESOURCES["surveys"].names()
HEAD = ["企业名称", "走访日期", "走访单位", "问题诉求"]
FIRM = ["津市样例甲有限公司", "2026-05-12", "市公安局", "用地"]


def table(*amounts, heading="涉及金额（万元）", merges=()):
    rows = [[*HEAD, heading], *([*FIRM, amount] for amount in amounts)]
    return find_table(Sheet("表", rows=rows, merges=list(merges)), SURVEYS)


def offered(found):
    return [[(asked.key.partition(":")[0], asked.settled) for asked in row.asks] for row in found.rows]


def test_rows_that_have_an_amount_in_common_offer_to_count_each_and_tell_both_sums():
    found = table(90, "", "", 5, "同上", merges=[(1, 4, 3, 4)])
    assert [row.cells["amount"] for row in found.rows] == [90, "", "", 5, ""]
    assert offered(found) == [[], [("each", "once")], [("each", "once")], [], [("each", "once")]]
    merged, ditto = found.rows[1].asks[0], found.rows[4].asks[0]
    assert [option["note"] for option in merged.options] == [
        "这一列合计 950,000.00 元（95万元）", "这一列合计 2,750,000.00 元（275万元）",
    ]  # fmt: skip
    assert ditto.options[1]["note"] == "这一列合计 1,000,000.00 元（100万元）"
    assert merged.key != ditto.key


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def bring(desk, path, heading, *amounts, merges=()):
    rows = [[f"津市样例第{number}企业有限公司", *FIRM[1:], amount] for number, amount in enumerate(amounts)]
    places = [(*place, amounts[place[0] - 1]) for place in merges]
    upload(desk, xlsx(path, {"表": [[*HEAD, heading], *rows]}, {"表": places}))
    work()
    return ImportBatch.objects.latest("pk")


def yuan(batch):
    batch.refresh_from_db()
    return [str(row.outcome) for row in batch.rows.order_by("id")], batch.figures["amount_yuan"]


@pytest.mark.django_db
def test_it_counts_once_until_somebody_says_each_and_again_when_that_is_taken_back(desk, tmp_path):
    batch = bring(desk, tmp_path / "a.xlsx", "涉及金额（万元）", 90, "", "", merges=[(1, 4, 3, 4)])
    assert yuan(batch) == (["create"] * 3, 900_000)
    shown = " ".join(page(desk, batch, outcome="create").split())
    assert "每行各有一笔？改为每行各算" in shown
    assert "其余 1 行这一列同样的也用这个选择" in shown
    second = batch.rows.get(row_no=3)
    (asked,) = second.values["offers"]
    choose(desk, batch, 3, asked["key"], "each", all="1")
    work()
    assert yuan(batch) == (["create"] * 3, 2_700_000)
    shown = " ".join(page(desk, batch, outcome="create").split())
    assert "已选每行各算，这一行也计入" in shown
    assert "“涉及金额（万元）”，每行各有一笔？改为每行各算 </span><strong>每行各有一笔</strong>" in shown
    desk.post(f"/imports/{batch.pk}/rows/take-back/", {"sheet": "表", "row": 3})
    work()
    assert yuan(batch) == (["create"] * 3, 900_000)


@pytest.mark.django_db
def test_each_amount_asks_for_the_unit_that_the_first_one_asks_for(desk, tmp_path):
    batch = bring(desk, tmp_path / "a.xlsx", "涉及金额", 500_000, "同上")
    assert yuan(batch)[0] == ["decide", "create"]
    (asked,) = batch.rows.get(row_no=3).values["offers"]
    choose(desk, batch, 3, asked["key"], "each", all="1")
    work()
    assert yuan(batch)[0] == ["decide", "decide"]
    (unit,) = batch.rows.get(row_no=3).values["questions"]
    choose(desk, batch, 3, unit["key"], "1", all="1")
    work()
    assert yuan(batch) == (["create"] * 2, 1_000_000)
