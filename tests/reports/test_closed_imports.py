"""What an import writes, and what undoing one takes back, against a closed half-year; each kind of workbook, made and
changed, with records whose own dates lie outside while something that hangs on them lies inside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from imports.errors import ImportRefusedError, StalePlanError
from imports.models import BatchState, ImportBatch
from imports.resources.kinds import RESOURCES
from imports.writing.at_once import check_file, import_file
from imports.writing.undo import ask_undo, undo_batch
from imports.writing.undo_plan import plan_undo
from jinshi_zf.verification import money_ties
from ledger.models import Correction
from ledger.selectors.entries.exports import ACTIVITY_PREFIX, SURVEY_PREFIX
from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory, RecoveryFactory
from tests.imports.books import HEADINGS, form_row, xlsx
from tests.imports.whole import make_plan, write_plan
from tests.reports.closed_office import BEFORE, DAY, KEPT, OPEN, TODAY, WHY, Closed, Office, stored

pytestmark = pytest.mark.django_db
MISTAKE = "导错了"
Sheet = list[list[Any]]


def form(o: Office, **words: Any) -> Sheet:
    return [HEADINGS, form_row(1, 走访单位=o.unit.name, 走访干警="", 走访日期=DAY, **words)]


def changed_form(o: Office) -> Sheet:
    told = {"企业名称": o.enterprise.name, "走访单位": o.unit.name, "走访日期": DAY, "所属大事": o.port.name}
    return table({"系统编号": f"{SURVEY_PREFIX}-{o.form.pk:05d}", **told})


def table(*rows: dict[str, Any]) -> Sheet:
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def visit(o: Office) -> Sheet:
    return table({"日期": DAY, "活动类型": "走访企业", "单位": o.unit.name, "服务对象": o.enterprise.name})


def changed(activity: str, **words: Any) -> Callable[[Office], Sheet]:
    """A row of the exported list with some cells put right."""

    def rows(o: Office) -> Sheet:
        one = getattr(o, activity)
        known = {"系统编号": f"{ACTIVITY_PREFIX}-{one.pk:05d}", "日期": one.happened_on, "单位": o.unit.name}
        return table({**known, "活动类型": one.get_kind_display(), "服务对象": one.target, **words})

    return rows


def case(name: str = "", **words: Any) -> Callable[[Office], Sheet]:
    """A new case, or the known one with some cells put right."""

    def rows(o: Office) -> Sheet:
        known: dict[str, Any] = {"案号": "（2023）湘0781刑初9号", "案件类型": "法律援助代理", "立案日期": DAY}
        if name:
            one = getattr(o, name)
            known = {"案号": one.number, "案件类型": one.get_kind_display(), "立案日期": one.filed_on}
            known |= {"结案日期": one.closed_on or "", "状态": one.get_state_display()}
        return table({**known, "承办单位": o.unit.name, **words})

    return rows


def pairing(o: Office) -> Sheet:
    firm = EnterpriseFactory(name="津市样例乙有限公司", is_above_scale=True)
    return table({"结对干警": o.officer.name, "企业或项目": firm.name, "开始日期": BEFORE})


def ended_pairing(o: Office) -> Sheet:
    told = {"结对干警": o.officer.name, "企业或项目": o.enterprise.name, "开始日期": BEFORE}
    return table({**told, "结束日期": DAY, "备注": "调离"})


def advice(o: Office) -> Sheet:
    return table({"文号": "津检建〔2023〕9号", "制发单位": o.unit.name, "制发日期": DAY})


def moved_advice(o: Office) -> Sheet:
    return table({"文号": o.advice.number, "制发单位": o.unit.name, "制发日期": OPEN})


ASKED: dict[str, tuple[str, Callable[[Office], Sheet]]] = {
    "a form without a request": ("surveys", lambda o: form(o, 问题诉求="无")),
    "a form with requests": ("surveys", lambda o: form(o, 问题诉求="1、货款被拖欠；2、电缆被盗")),
    "a form's matter": ("surveys", changed_form),
    "an activity": ("activities", visit),
    "an activity's day": ("activities", changed("activity", 日期=OPEN)),
    "an activity brought in": ("activities", changed("late_activity", 日期=DAY)),
    "an activity's times": ("activities", changed("visited", 数量=3)),
    "an activity's firm": ("activities", changed("visited", 服务对象="不在册的门店")),
    "a quantity": ("activities", changed("activity", 数量=30)),
    "a quantity that was not there": ("activities", changed("activity", **{"发放资料(份)": 500})),
    "a case": ("cases", case()),
    "a case's filing": ("cases", case("filed_case", 立案日期=BEFORE)),
    "a case's end": ("cases", case("case", 结案日期=OPEN)),
    "a case's result": ("cases", case("case", 结果="判决")),
    "money of a case that ended then": ("cases", case("case", **{"挽回损失(元)": 5000})),
    "the campaign of a case with money": ("cases", case("plain_case", 专项行动="湘执利剑")),
    "the kind of a case with money": ("cases", case("late_case", 案件类型="盗窃")),
    "the matter of a case with money": ("cases", case("plain_case", 所属大事="津市港")),
    "the unit of a case with money": ("cases", case("plain_case", 承办单位="样例市司法局")),
    "a recommendation": ("recommendations", advice),
    "a recommendation's day": ("recommendations", moved_advice),
    "a pairing": ("pairings", pairing),
    "a pairing's end": ("pairings", ended_pairing),
}


def firm(**words: Any) -> Callable[[Office], Sheet]:
    return lambda o: table({"企业名称": o.enterprise.name, "统一社会信用代码": o.enterprise.uscc, **words})


def roster(o: Office) -> Sheet:
    known = {"工号": o.officer.username, "姓名": o.officer.name, "角色": o.officer.get_role_display()}
    return table({**known, "单位": o.other_unit.name})


TELLING: dict[str, tuple[str, Callable[[Office], Sheet], str]] = {
    "a firm's scale": ("enterprises", firm(规模以上="否"), "企业变更：{what}更新企业 1 条"),
    "a firm's kind": ("enterprises", firm(市场主体类型="协会"), "企业变更：{what}更新企业 1 条"),
    "a firm's matter": ("enterprises", firm(所属大事="津市港"), "企业变更：{what}更新企业 1 条"),
    "an officer's unit": ("roster", roster, "人员变更：{what}更新人员 1 条"),
}


class Desk:
    """One workbook, read again for each import."""

    def __init__(self, o: Office, path: Path, kind: str, rows: Callable[[Office], Sheet]) -> None:
        self.o, self.kind, self.path = o, kind, xlsx(path / "样例.xlsx", {"表": rows(o)})

    def bring(self, reason: str = "") -> tuple[ImportBatch | None, list[str]]:
        made = import_file(self.kind, self.path, actor=self.o.admin, at=timezone.now(), today=TODAY, reason=reason)
        return made.batch, [error["reason"] for error in made.told["errors"]]

    def undo(self, batch: ImportBatch, reason: str = "") -> None:
        undo_batch(batch, actor=self.o.admin, at=timezone.now(), guard=lambda: None, reason=reason)


@pytest.fixture
def o() -> Office:
    made = Office()
    made.visited = ActivityFactory(
        kind="visit", happened_on=DAY, unit=made.unit, enterprise=made.enterprise, workstream=made.park, times=2
    )
    return made


def refuses_undo(batch: ImportBatch, o: Office) -> None:
    """Without a reason nothing of it can go back, and the page says why."""
    plan, before = plan_undo(batch), stored()
    closed = {words for words in plan.kept.values() if words.endswith("已结账")}
    assert (plan.is_empty, closed) == (True, {"计着它的 2023年上半年已结账"})
    with pytest.raises(ImportRefusedError):
        ask_undo(batch, actor=o.admin)
    assert stored() == before


@pytest.mark.parametrize("name", ASKED)
def test_an_import_asks_why_and_so_does_its_undo(name, o, tmp_path):
    desk = Desk(o, tmp_path, *ASKED[name])
    closed, before = Closed(o.admin), stored()
    batch, errors = desk.bring()
    assert (batch, len(errors), stored()) == (None, 1, before)
    assert errors[0].startswith("2023年上半年已结账，")
    assert errors[0].endswith("的，在预览页写明补录原因")
    batch, errors = desk.bring(WHY)
    assert (batch.state, errors) == (BatchState.APPLIED, [])
    assert closed.recounted() == (*KEPT, {WHY})
    refuses_undo(batch, o)
    desk.undo(batch, MISTAKE)
    assert closed.recounted() == (*KEPT, {WHY, MISTAKE})
    assert list(money_ties()) == []


@pytest.mark.parametrize("name", ASKED)
def test_an_import_from_before_the_close_is_undone_with_a_reason_only(name, o, tmp_path):
    desk = Desk(o, tmp_path, *ASKED[name])
    batch, errors = desk.bring()
    assert errors == []
    closed = Closed(o.admin)
    refuses_undo(batch, o)
    desk.undo(batch, MISTAKE)
    assert closed.recounted() == (*KEPT, {MISTAKE})
    assert list(money_ties()) == []


@pytest.mark.parametrize("name", TELLING)
def test_an_import_of_a_register_tells_its_own_reason_and_so_does_its_undo(name, o, tmp_path):
    kind, rows, reason = TELLING[name]
    desk, closed = Desk(o, tmp_path, kind, rows), Closed(o.admin)
    batch, errors = desk.bring()
    assert errors == []
    assert closed.recounted() == (*KEPT, {reason.format(what="导入")})
    desk.undo(batch)
    assert closed.recounted() == (*KEPT, {reason.format(what="导入"), reason.format(what="撤销导入")})


def test_every_kind_of_workbook_is_tried():
    """A project's row moves no figure: none reads a project's own fields."""
    tried = {kind for kind, _ in ASKED.values()} | {kind for kind, _, _ in TELLING.values()}
    assert set(RESOURCES) - tried == {"projects"}


def test_words_of_a_closed_half_year_are_put_right_without_a_reason(o, tmp_path):
    desk, closed = Desk(o, tmp_path, "activities", changed("activity", 内容摘要="改过的摘要")), Closed(o.admin)
    batch, errors = desk.bring()
    assert errors == []
    desk.undo(batch)
    assert (closed.recounted(), Correction.objects.count()) == ((*KEPT, set()), 0)


def test_money_goes_along_with_its_case_there_and_back_also_what_was_recorded_since(o, tmp_path):
    desk = Desk(o, tmp_path, *ASKED["the unit of a case with money"])
    batch, _ = desk.bring()
    since = RecoveryFactory(case=o.plain_case, happened_on=DAY, unit=o.other_unit, workstream=o.park)
    assert list(money_ties()) == []
    desk.undo(batch)
    assert list(money_ties()) == []
    since.refresh_from_db()
    assert (since.unit, since.version) == (o.unit, 2)


@pytest.mark.parametrize("rows", [1, 3])
def test_what_hangs_on_records_is_asked_for_all_rows_together(rows, o, tmp_path, django_assert_max_num_queries):
    cases = [CaseFactory(kind="enforcement", filed_on=BEFORE, unit=o.unit, workstream=o.park) for _ in range(rows)]
    for one in cases:
        RecoveryFactory(case=one, happened_on=DAY, workstream=o.park)
    Closed(o.admin)
    told = [{"案号": one.number, "案件类型": "执行案件", "承办单位": o.unit.name, "立案日期": BEFORE} for one in cases]
    path = xlsx(tmp_path / "案件.xlsx", {"表": table(*({**row, "专项行动": "湘执利剑"} for row in told))})
    with django_assert_max_num_queries(17):  # one of them for former names
        checked = check_file("cases", path, today=TODAY)
    assert len(checked.told["errors"]) == rows


def test_money_that_comes_in_between_the_preview_and_the_write_stops_the_write(o, tmp_path):
    later = CaseFactory(kind="enforcement", filed_on=BEFORE, unit=o.unit, workstream=o.park)
    o.plain_case = later
    desk = Desk(o, tmp_path, *ASKED["the campaign of a case with money"])
    Closed(o.admin)
    plan = make_plan(desk.path, "样例.xlsx", "cases", today=TODAY)
    RecoveryFactory(case=later, happened_on=DAY, workstream=o.park)
    before = stored()
    with pytest.raises(StalePlanError, match="刚有了计在已结账期间里的内容"):
        write_plan(plan, o.admin)
    assert stored() == before
