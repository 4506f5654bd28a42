"""Every write of a service that can move a figure of a closed half-year: refused without a reason, or telling its own.

Afterwards the figures are to the byte what was signed, and the adjustments, each with its reason, make a fresh count.
That no service is missing here is kept by `test_closed_everywhere`; what imports write and undo is in
`test_closed_imports`. The same table for people is docs/closing.md.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.services import edit_user
from cases.models import CaseKind
from cases.services import CaseError, change_officer, create_case, edit_case, save_recommendation, save_typical_case
from common.closing import PeriodClosed
from enterprises.models import Enterprise, EnterpriseMerge, Pairing
from enterprises.services.errors import RegisterPeriodClosedError
from enterprises.services.merging import MergeData, merge_enterprises
from enterprises.services.pairings import end_pairing, start_pairing
from enterprises.services.register import create_enterprise, create_project, update_enterprise, update_project
from enterprises.services.unmerging import undo_merge
from ledger.models import (
    ActionPlan,
    ActivityKind,
    Correction,
    EntryEvent,
    KeyTask,
    ProblemCategory,
    ProblemEntry,
    Recovery,
    ServiceActivity,
    SurveyForm,
)
from ledger.moves.data import MoveData
from ledger.services.activities import ActivityData, delete_activity, log_activity, update_activity
from ledger.services.entries.moving import advance_entry
from ledger.services.entries.registering import correct_entry, create_entry
from ledger.services.handover import Change, hand_over
from ledger.services.money.recoveries import RecoveryData, delete_recovery, record_recovery, update_recovery
from ledger.services.plans import PlanData, TaskData, add_task, create_plan, report_progress
from ledger.services.surveys import SurveyData, record_survey, update_survey
from ledger.services.surveys.typed import COLUMNS as SURVEYED
from ledger.states import Action
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    PairingFactory,
    RecoveryFactory,
    UserFactory,
)
from tests.factories.ledger import at
from tests.reports.closed_office import BEFORE, DAY, KEPT, OPEN, TODAY, WHY, Closed, Office, refused

pytestmark = pytest.mark.django_db
ERRORS = (PeriodClosed, CaseError, RegisterPeriodClosedError)
Write = Callable[[Office, str], Any]


def activity_data(quantity: int = 3, **columns: Any) -> ActivityData:
    known = {"kind": ActivityKind.DUTY, "happened_on": DAY, "times": 1, "summary": "坐班"}
    return ActivityData(columns={**known, **columns}, outputs={"attendance": quantity})


def log(o: Office, why: str) -> None:
    log_activity(actor=o.officer, at=o.now, data=activity_data(), reason=why)


def change_activity(o: Office, why: str, quantity: int = 3, **columns: Any) -> None:
    columns = {"enterprise": o.enterprise, "workstream": o.park} | columns
    data = activity_data(quantity, **columns)
    update_activity(activity=o.activity, actor=o.officer, at=o.now, data=data, version=1, reason=why)


def change_late_activity(o: Office, why: str, **columns: Any) -> None:
    """Made in an open half-year: a problem heard there was resolved in the closed one, and money came in in it."""
    known = {"kind": ActivityKind.VISIT, "happened_on": OPEN, "enterprise": o.enterprise, "workstream": o.park}
    data = ActivityData({**known, "times": 1, "summary": "督导", **columns})
    update_activity(activity=o.late_activity, actor=o.officer, at=o.now, data=data, version=1, reason=why)


def drop_activity(o: Office, why: str) -> None:
    delete_activity(activity=o.activity, actor=o.officer, reason=why)


def drop_activity_moved_meanwhile(o: Office, why: str) -> None:
    """The page was loaded when its day still lay in an open half-year."""
    loaded = ServiceActivity.objects.get(pk=o.activity.pk)
    loaded.happened_on = OPEN
    delete_activity(activity=loaded, actor=o.officer, reason=why)


def correct(entry: str, **fields: Any) -> Write:
    def write(o: Office, why: str) -> None:
        named = {name: getattr(o, value[1:]) if str(value).startswith("@") else value for name, value in fields.items()}
        row = ProblemEntry.objects.get(pk=getattr(o, entry).pk)
        correct_entry(entry=row, actor=o.officer, at=o.now, version=row.version, fields=named, reason=why)

    return write


def pay(o: Office, why: str) -> None:
    data = RecoveryData("recovered", Decimal(5000), "样例", DAY, is_other_money=True)
    record_recovery(actor=o.officer, at=o.now, subject=o.late_case, data=data, reason=why)


def change_sum(o: Office, why: str) -> None:
    data = RecoveryData("recovered", Decimal(700), "样例", DAY)
    update_recovery(recovery=o.recovery, actor=o.clerk, at=o.now, data=data, version=1, reason=why)


def move_money_out(o: Office, why: str) -> None:
    data = RecoveryData("recovered", o.recovery.amount, "样例", OPEN)
    update_recovery(recovery=o.recovery, actor=o.clerk, at=o.now, data=data, version=1, reason=why)


def drop_money(o: Office, why: str) -> None:
    delete_recovery(recovery=o.recovery, actor=o.clerk, reason=why)


def drop_money_moved_meanwhile(o: Office, why: str) -> None:
    loaded = Recovery.objects.get(pk=o.recovery.pk)
    loaded.happened_on = OPEN
    delete_recovery(recovery=loaded, actor=o.clerk, reason=why)


def file_case(o: Office, why: str) -> None:
    data = {"number": "（2023）湘0781刑初1号", "kind": CaseKind.THEFT, "unit": o.unit, "filed_on": DAY}
    data |= {"state": "closed", "closed_on": DAY, "result": "solved"}
    create_case(by=o.officer, today=TODAY, data=data, submission=None, reason=why)


def edit(case: str, **fields: Any) -> Write:
    def write(o: Office, why: str) -> None:
        named = {name: getattr(o, value[1:]) if str(value).startswith("@") else value for name, value in fields.items()}
        edit_case(case=getattr(o, case), by=o.admin, today=TODAY, data=named, version=1, reason=why)

    return write


def advise(o: Office, why: str) -> None:
    data = {"number": "样例建议一号", "unit": o.unit, "issued_on": DAY}
    save_recommendation(pk=None, by=o.officer, today=TODAY, data=data, reason=why)


def change_advice(**fields: Any) -> Write:
    def write(o: Office, why: str) -> None:
        named = {name: getattr(o, value[1:]) if str(value).startswith("@") else value for name, value in fields.items()}
        save_recommendation(pk=o.advice.pk, by=o.officer, today=TODAY, data=named, version=1, reason=why)

    return write


def publish(o: Office, why: str) -> None:
    data = {"title": "样例", "unit": o.unit, "published_on": DAY, "channel": "频道"}
    save_typical_case(pk=None, by=o.officer, today=TODAY, data=data, reason=why)


def change_story(**fields: Any) -> Write:
    def write(o: Office, why: str) -> None:
        named = {name: getattr(o, value[1:]) if str(value).startswith("@") else value for name, value in fields.items()}
        save_typical_case(pk=o.story.pk, by=o.officer, today=TODAY, data=named, version=1, reason=why)

    return write


def pair_late(o: Office, why: str) -> None:
    """From a day before the closed half-year: in force on its last."""
    firm = EnterpriseFactory(is_above_scale=True)
    pairing = Pairing(officer=o.officer, enterprise=firm, starts_on=date(2022, 12, 5))
    start_pairing(pairing=pairing, actor=o.admin, today=TODAY, reason=why)


def end_pairing_back_then(o: Office, why: str) -> None:
    end_pairing(pairing=o.pairing, ends_on=DAY, notes="调离", today=TODAY, actor=o.admin, reason=why)


def survey_data(o: Office, **columns: Any) -> SurveyData:
    names = ("officer", "category", "amount", "industry", "workstream")
    known: dict[str, Any] = {**dict.fromkeys(SURVEYED, ""), **dict.fromkeys(names)}
    return SurveyData({**known, "enterprise": o.enterprise, "unit": o.unit, "visited_on": DAY, **columns})


def survey(o: Office, why: str) -> None:
    record_survey(actor=o.officer, at=o.now, data=survey_data(o), is_another=True, reason=why)


def survey_with_requests(o: Office, why: str) -> None:
    data = survey_data(o, visited_on=BEFORE, appeal="货款被拖欠", category=ProblemCategory.objects.first())
    data = replace(data, requests=["货款被拖欠"])
    record_survey(actor=o.officer, at=o.now, data=data, is_another=True, reason=why)


def move_survey_out(o: Office, why: str) -> None:
    form = SurveyForm.objects.get(visited_on=DAY)
    columns = {name: getattr(form, name) for name in SURVEYED}
    data = SurveyData({**columns, "visited_on": OPEN})
    update_survey(form=form, actor=o.clerk, at=o.now, data=data, version=form.version, reason=why)


LEADERS = {"kind": ActivityKind.LEADER_VISIT, "led_by": "副市长"}
ASKED: dict[str, tuple[Callable[..., Any], Write]] = {
    "log an activity": (log_activity, log),
    "move an activity out": (update_activity, lambda o, why: change_activity(o, why, happened_on=OPEN)),
    "count an activity twice": (update_activity, lambda o, why: change_activity(o, why, times=2)),
    "change an output": (update_activity, lambda o, why: change_activity(o, why, quantity=30)),
    "take the firm off": (update_activity, lambda o, why: change_activity(o, why, enterprise=None, target_name="门店")),
    "give an activity another matter": (update_activity, lambda o, why: change_activity(o, why, workstream=o.port)),
    "make it a leader's visit": (update_activity, lambda o, why: change_late_activity(o, why, **LEADERS)),
    "move an activity's money": (update_activity, lambda o, why: change_late_activity(o, why, workstream=o.port)),
    "delete an activity": (delete_activity, drop_activity),
    "delete an activity moved in meanwhile": (delete_activity, drop_activity_moved_meanwhile),
    "give an open entry another matter": (correct_entry, correct("entry", workstream="@park")),
    "give a reopened entry another matter": (correct_entry, correct("reopened", workstream="@port")),
    "say a leader led it": (correct_entry, correct("reopened", led_by="副市长")),
    "say a leader's visit raised it": (correct_entry, correct("reopened", source="inspection")),
    "type a survey form": (record_survey, survey),
    "type a survey form whose request stands open since": (record_survey, survey_with_requests),
    "move a survey form out": (update_survey, move_survey_out),
    "record money": (record_recovery, pay),
    "change a sum": (update_recovery, change_sum),
    "move money out": (update_recovery, move_money_out),
    "delete money": (delete_recovery, drop_money),
    "delete money moved in meanwhile": (delete_recovery, drop_money_moved_meanwhile),
    "file a case": (create_case, file_case),
    "move a case's filing": (edit_case, edit("filed_case", filed_on=BEFORE)),
    "move a case's end": (edit_case, edit("case", closed_on=OPEN)),
    "change a case's result": (edit_case, edit("case", result="judged")),
    "detain somebody else": (edit_case, edit("late_case", detained_persons=2)),
    "detain somebody later": (edit_case, edit("late_case", detained_on=OPEN)),
    "take a case out of its campaign": (edit_case, edit("late_case", campaign=None)),
    "give a case a campaign": (edit_case, edit("plain_case", campaign="@campaign")),
    "change the kind of a case with money": (edit_case, edit("late_case", kind=CaseKind.OTHER_CRIMINAL)),
    "give a case with money to another unit": (edit_case, edit("plain_case", unit="@other_unit")),
    "give a case with money another matter": (edit_case, edit("plain_case", workstream="@port")),
    "issue a recommendation": (save_recommendation, advise),
    "move a recommendation": (save_recommendation, change_advice(issued_on=OPEN)),
    "give a recommendation another matter": (save_recommendation, change_advice(workstream="@port")),
    "publish a case": (save_typical_case, publish),
    "move a published case": (save_typical_case, change_story(published_on=OPEN)),
    "give a published case another matter": (save_typical_case, change_story(workstream="@port")),
    "pair a firm": (start_pairing, pair_late),
    "end a pairing": (end_pairing, end_pairing_back_then),
}


def reclassify(o: Office) -> str:
    o.enterprise.is_above_scale = False
    update_enterprise(enterprise=o.enterprise, version=o.enterprise.version, today=TODAY, by=o.admin)
    return f"企业“{o.enterprise}”变更：规模以上：是 → 否"


def call_it_an_association(o: Office) -> str:
    o.enterprise.kind = "association"
    update_enterprise(enterprise=o.enterprise, version=o.enterprise.version, today=TODAY, by=o.admin)
    return f"企业“{o.enterprise}”变更：市场主体类型：企业 → 协会"


def transfer_officer(o: Office) -> str:
    edit_user(pk=o.officer.pk, data={"unit": o.other_unit}, version=o.officer.version, by=o.admin)
    return f"人员“{o.officer}”变更：单位：样例市公安局 → 样例市司法局"


def plan_late(o: Office) -> str:
    KeyTask.objects.all().delete()
    ActionPlan.objects.all().delete()
    create_plan(data=PlanData(2023, "方案", 85, date(2023, 10, 31), date(2023, 5, 9)), by=o.admin)
    return "工作方案“方案”变更：2023-05-09 起集中化解"


def add_task_late(o: Office) -> str:
    data = TaskData(o.task.goal, "又一项任务", "", o.unit, DAY, date(2023, 6, 1))
    add_task(plan=o.task.plan, data=data, by=o.admin)
    return "重点工作“2. 又一项任务”变更：新增重点工作"


def twice_entered(o: Office) -> Enterprise:
    """The office's firm once more, visited and paired in the half-year under another name."""
    twin = EnterpriseFactory(name="样例甲公司", is_above_scale=True, workstream=o.port)
    ActivityFactory(enterprise=twin, happened_on=DAY, unit=o.unit, workstream=o.park)
    PairingFactory(officer=o.officer, enterprise=twin, starts_on=BEFORE)
    return twin


def merge_firms(o: Office, twin: Enterprise) -> EnterpriseMerge:
    data = MergeData(frozenset(), (o.enterprise.version, twin.version), WHY)
    told = {"actor": o.admin, "at": o.now, "submission": None}
    return merge_enterprises(survivor=o.enterprise, merged=twin, data=data, **told)


def take_two_for_one(o: Office) -> str:
    merge_firms(o, o.twin)
    return f"“样例甲公司”并入“{o.enterprise}”：{WHY}"


def take_them_apart(o: Office) -> str:
    undo_merge(merge=o.merge, actor=o.admin, at=o.now, reason=WHY)
    return f"撤销“样例甲公司”并入“{o.enterprise}”：{WHY}"


TELLING: dict[Callable[[Office], str], Callable[..., Any]] = {
    take_two_for_one: merge_enterprises,
    take_them_apart: undo_merge,
    reclassify: update_enterprise,
    call_it_an_association: update_enterprise,
    transfer_officer: edit_user,
    plan_late: create_plan,
    add_task_late: add_task,
}


def put_words_right(o: Office) -> None:
    """Text, people and what else no figure reads."""
    change_activity(o, "", summary="改过的摘要", place="园区", met_with="厂长")
    correct("reopened", title="改过的题目", contact_name="厂长")(o, "")
    edit("late_case", title="案由", notes="备注", officer=o.officer)(o, "")
    change_advice(subject="事由")(o, "")
    change_story(summary="摘要")(o, "")
    o.enterprise.contact_name = "厂长"
    update_enterprise(enterprise=o.enterprise, version=o.enterprise.version, today=TODAY, by=o.admin)


def add_to_the_register(o: Office) -> None:
    other = create_enterprise(enterprise=EnterpriseFactory.build(), actor=o.admin, today=TODAY, confirmed=True)
    other.is_above_scale = True
    update_enterprise(enterprise=other, version=other.version, today=TODAY, by=o.admin)
    edit_user(pk=UserFactory(unit=o.unit).pk, data={"unit": o.other_unit}, version=1, by=o.admin)
    project = create_project(project=KeyProjectFactory.build(enterprise=o.enterprise), actor=o.admin, confirmed=True)
    project.workstream = o.port
    update_project(project=project, version=project.version)


def give_everything_on(o: Office) -> None:
    change = Change(to=UserFactory(unit=o.unit), reason="调离", actor=o.clerk, at=o.now)
    assert hand_over(person=o.officer, picked=[f"pairing-{o.pairing.pk}"], change=change).done == 1
    change_officer(case=o.plain_case, officer=change.to, by=o.clerk)


def go_on_with_the_ledger(o: Office) -> None:
    create_entry(actor=o.officer, at=o.now, title="新问题", category=o.entry.category, unit=o.unit)
    advance_entry(entry=o.entry, action=Action.ACCEPT, actor=o.clerk, at=o.now)
    advance_entry(entry=o.reopened, action=Action.REJECT, actor=o.clerk, at=o.now, data=MoveData(note="不归我们管"))


def report_on_a_task(o: Office) -> None:
    report_progress(task=o.task, actor=o.admin, progress=50, note="过半", version=1)


STILL: dict[Callable[[Office], None], tuple[Callable[..., Any], ...]] = {
    put_words_right: (update_activity, correct_entry, edit_case, save_recommendation, save_typical_case),
    add_to_the_register: (create_enterprise, create_project, update_project),
    give_everything_on: (hand_over, change_officer),
    go_on_with_the_ledger: (create_entry, advance_entry),
    report_on_a_task: (report_progress,),
}


@pytest.mark.parametrize("name", ASKED)
def test_asks_why_and_becomes_an_adjustment(name):
    o, (_, write) = Office(), ASKED[name]
    closed = Closed(o.admin)
    words = refused(lambda: write(o, ""), ERRORS)
    assert "2023年上半年" in words
    assert words.endswith("确需更正的，写明更正原因再保存")
    write(o, WHY)
    assert closed.recounted() == (*KEPT, {WHY})
    assert list(Correction.objects.values_list("period", "reason")) == [("2023H1", WHY)]


@pytest.mark.parametrize("write", TELLING, ids=lambda write: write.__name__)
def test_of_the_register_tells_its_own_reason(write):
    o = Office()
    if write in (take_two_for_one, take_them_apart):
        o.twin = twice_entered(o)
        o.merge = merge_firms(o, o.twin) if write is take_them_apart else None
    closed = Closed(o.admin)
    reason = write(o)
    assert closed.recounted() == (*KEPT, {reason})
    assert Correction.objects.get().made_by == o.admin


@pytest.mark.parametrize("write", STILL, ids=lambda write: write.__name__)
def test_that_moves_nothing_signed_asks_nothing_and_says_nothing(write):
    o = Office()
    closed = Closed(o.admin)
    write(o)
    assert closed.recounted() == (*KEPT, set())
    assert Correction.objects.count() == 0


def test_nothing_new_is_registered_or_moved_on_a_day_that_a_closed_half_year_counts():
    o = Office()
    Closed(o.admin)
    for day in (DAY, BEFORE):  # on the earlier one it would stand in the closed half-year as well
        assert "已结账" in refused(lambda day=day: EntryFactory(unit=o.unit, registered_on=day), ERRORS)
    step = {"action": Action.ACCEPT, "actor": o.clerk, "at": at(date(2022, 12, 25))}
    assert "2023年上半年已结账" in refused(lambda: advance_entry(entry=o.entry, **step), ERRORS)
    assert EntryEvent.objects.filter(entry=o.entry).count() == 1


def test_money_left_behind_at_another_unit_is_counted_where_it_is_until_the_case_is_saved():
    """An import used to give a case to another unit without its money: to take it along moves a signed figure."""
    o = Office()
    RecoveryFactory(case=o.plain_case, happened_on=DAY, unit=o.other_unit, workstream=o.park)
    closed = Closed(o.admin)
    write = edit("plain_case", notes="备注")
    assert "2023-05-08 所在的 2023年上半年已结账" in refused(lambda: write(o, ""), ERRORS)
    write(o, WHY)
    assert closed.recounted() == (*KEPT, {WHY})
