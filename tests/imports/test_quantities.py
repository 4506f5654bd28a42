"""What the quantity of an activity counts: its unit decides; what does not fit is asked, never counted as sessions."""

import itertools

import pytest

from imports.models import RowOutcome
from ledger.models import ServiceActivity
from tests.factories import EnterpriseFactory
from tests.imports.books import xlsx
from tests.imports.test_adjusting import bring, press_row  # noqa: F401 -- the fixture
from tests.imports.test_pages import desk, work  # noqa: F401 -- the fixture
from tests.imports.test_writing import path, plan, write  # noqa: F401 -- the fixture

pytestmark = pytest.mark.django_db
HEADINGS = ["日期", "活动类型", "单位", "服务对象", "数量", "计量单位", "发放资料", "咨询人次", "内容摘要"]
# kind, quantity, unit, summary → times, outputs
CERTAIN = [
    ("普法宣传", 3, "场次", "", 3, {}),
    ("普法宣传", 3, "场（次）", "", 3, {}),
    ("普法宣传", 3, "", "", 3, {}),
    ("普法宣传", 2000, "份", "发放普法资料", 1, {"leaflets": 2000}),
    ("走访企业", 50, "本", "", 1, {"leaflets": 50}),
    ("普法宣传", "2000余份", "", "", 1, {"leaflets": 2000}),
    ("普法宣传", 2, "千份", "", 1, {"leaflets": 2000}),
    ("普法宣传", 300, "人次", "现场解答咨询", 1, {"advice": 300}),
    ("送法进企", 300, "人 次", "受教育职工", 1, {"participants": 300}),
    ("动员部署会", 120, "人", "", 1, {"participants": 120}),
    ("走访企业", 1, "家", "", 1, {}),
    ("驻点坐班", 4, "人次", "", 1, {"attendance": 4}),
    ("驻点坐班", 4, "名", "", 1, {"attendance": 4}),
    ("法律咨询", 4, "次", "", 1, {"consultations": 4}),
    ("隐患排查", 4, "个", "", 1, {"hazards": 4}),
    ("柔性执法", 4, "辆", "", 1, {"vehicles": 4}),
]  # fmt: skip
ASKED = [
    ("走访企业", 5, "家"), ("走访企业", 12, "人次"), ("驻点坐班", 2, "天"), ("驻点坐班", 1, "次"),
    ("隐患排查", 1, "次"), ("普法宣传", 300, "人次"), ("法律咨询", 5, "人次"), ("法律咨询", 200, "份"),
    ("柔性执法", 3, "次"), ("领导调研督导", 9, "万元"), ("法治体检", 3, "处"),
]  # fmt: skip


def book(path, *rows):  # noqa: F811
    days = itertools.count(1)
    full = [
        [f"2023-05-{next(days):02}", kind, "市公安局", "甲厂", number, unit, *rest]
        for kind, number, unit, *rest in rows
    ]
    return xlsx(path, {"表": [HEADINGS, *full]})


def stored():
    activities = ServiceActivity.objects.order_by("happened_on")
    return [(made.times, dict(made.outputs.values_list("measure", "quantity"))) for made in activities]


@pytest.fixture(autouse=True)
def _known():
    EnterpriseFactory(name="甲厂")


def test_a_unit_puts_the_quantity_where_it_belongs(path):  # noqa: F811
    book(path, *((kind, number, unit, "", "", summary) for kind, number, unit, summary, _, _ in CERTAIN))
    write(path, "activities")
    assert stored() == [(times, outputs) for *_, times, outputs in CERTAIN]


def test_what_was_put_elsewhere_is_said(path):  # noqa: F811
    made = plan(book(path, ("普法宣传", 2000, "份"), ("普法宣传", 3, "场次")), "activities")
    assert [row.notes for row in made.rows] == [["数量“2,000 份”记作发放资料 2,000 份，活动按 1 次计"], []]


def test_a_unit_that_does_not_fit_is_asked_and_not_written(path):  # noqa: F811
    made = plan(book(path, *ASKED), "activities")
    assert [(row.outcome, len(row.questions)) for row in made.rows] == [(RowOutcome.DECIDE, 1)] * len(ASKED)
    (asked,) = made.rows[0].questions
    assert (asked.reason, [option["name"] for option in asked.options]) == (
        "走访企业按“次、场次”计，表中写的是“5 家”",
        ["就是活动的次数", "活动只记 1 次"],
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("普法宣传", "2000份", "场次"), "数量里写的是“份”，计量单位写的是“场次”"),
        (("普法宣传", 2000, "份", 500), "数量“2000 份”与这一栏的 500 不同"),
        (("普法宣传", 3, "场次", "300人次"), "“300人次”的单位不是份"),
        (("普法宣传", 50_000, "场次"), "数量 50,000 超出范围"),
    ],
)
def test_a_quantity_that_contradicts_another_cell_is_an_error(path, row, reason):  # noqa: F811
    (made,) = plan(book(path, row), "activities").rows
    assert made.outcome == RowOutcome.ERROR
    assert reason in made.problems[0].reason


def test_a_unit_in_the_heading_counts_like_one_in_the_row(path):  # noqa: F811
    rows = [["日期", "活动类型", "单位", "数量（份）"], ["2023-05-01", "普法宣传", "市公安局", 2000]]
    write(xlsx(path, {"表": rows}), "activities")
    assert stored() == [(1, {"leaflets": 2000})]


@pytest.mark.parametrize(
    ("to", "told"),
    [("own", [(1, {"attendance": 2}), (1, {"attendance": 3})]), ("once", [(1, {}), (1, {})])],
)
def test_one_answer_serves_all_rows_of_the_kind_and_unit(desk, bring, to, told):  # noqa: F811
    rows = [
        ["2023-05-01", "驻点坐班", "市公安局", "甲厂", 2, "天"],
        ["2023-05-02", "驻点坐班", "市公安局", "甲厂", 3, "天"],
    ]
    batch = bring("activities", "表", [HEADINGS, *rows])
    press_row(desk, "choose", batch, 2, "表", key="measure:duty:天", to=to, all="1")
    work()
    desk.post(f"/imports/{batch.pk}/confirm/", {})
    work()
    assert stored() == told


def test_whatever_the_unit_a_count_of_something_else_never_becomes_sessions(path):  # noqa: F811
    kinds = ["走访企业", "普法宣传", "法治体检", "法律咨询", "驻点坐班", "隐患排查"]
    units = ["份", "册", "人次", "人", "家", "天", "台", "处", "万元", "小时", "条", "人·次", "份/次"]
    rows = list(itertools.product(kinds, units))
    for part in (rows[at : at + 28] for at in range(0, len(rows), 28)):
        made = plan(book(path, *((kind, 77, unit) for kind, unit in part)), "activities")
        for (kind, unit), row in zip(part, made.rows, strict=True):
            fits = kind in ("驻点坐班", "隐患排查") and row.made and row.made.times == 1
            assert row.outcome == RowOutcome.DECIDE or row.notes or fits, (kind, unit)
            assert row.made is None or row.made.times == 1
