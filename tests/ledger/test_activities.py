"""Logging what was done on site, through the service."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from common.forms.conflicts import StaleVersionError
from common.periods import SHANGHAI
from ledger.models import (
    ActivityKind,
    ClosedPeriod,
    EntrySource,
    ProblemCategory,
    ProblemEntry,
    ServiceActivity,
)
from ledger.services.activities import (
    ActivityData,
    ProblemData,
    delete_activity,
    log_activity,
    update_activity,
)
from ledger.services.errors import FieldsRefusedError, LedgerError
from ledger.services.periods import PeriodClosedError
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory, RecoveryFactory, UserFactory
from tests.factories.enterprises import workstream
from tests.factories.ledger import evidence

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 14, 32, tzinfo=SHANGHAI)


def data(outputs=None, problems=(), files=(), participants=(), **columns):
    given = {"kind": ActivityKind.VISIT, "happened_on": date(2026, 11, 20), "times": 1, "target_name": "样例门店"}
    return ActivityData({**given, **columns}, outputs or {}, participants, problems, files)


def problem(**fields):
    return ProblemData(title="厂区门口道路破损", category=ProblemCategory.objects.first(), **fields)


def test_everything_of_one_screen_is_recorded_together(officer):
    colleague = UserFactory(unit=officer.unit)
    enterprise = EnterpriseFactory(workstream=workstream("五好园区"))
    logged = log_activity(
        actor=officer,
        at=NOW,
        data=data(
            enterprise=enterprise,
            outputs={"leaflets": 30, "advice": 0},
            participants=[colleague],
            problems=[problem(amount=Decimal("120000"))],
            files=[evidence("现场.pdf")],
            met_with="厂长",
        ),
    )
    activity = ServiceActivity.objects.get()
    assert (activity.officer, activity.unit, activity.created_by) == (officer, officer.unit, officer)
    assert activity.workstream.name == "五好园区"
    assert [str(output) for output in activity.outputs.all()] == ["发放资料30份"]
    assert list(activity.participants.all()) == [colleague]
    assert [file.name for file in activity.attachments.all()] == ["现场.pdf"]
    entry = logged.entries[0]
    assert (entry.source_activity, entry.source, entry.enterprise, entry.unit, entry.amount) == (
        activity,
        EntrySource.VISIT,
        enterprise,
        officer.unit,
        Decimal("120000.00"),
    )
    assert (entry.registered_by, entry.registered_on, entry.contact_name) == (officer, date(2026, 11, 22), "厂长")


def test_a_problem_heard_on_a_leaders_visit_is_led_by_that_leader(officer):
    visit = data(kind=ActivityKind.LEADER_VISIT, led_by="市委政法委书记", problems=[problem()])
    entry = log_activity(actor=officer, at=NOW, data=visit).entries[0]
    assert (entry.source, entry.led_by) == (EntrySource.INSPECTION, "市委政法委书记")


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"kind": ""}, {"kind": "请选择做了什么，例如走访企业"}),
        ({"happened_on": date(2033, 5, 1)}, {"happened_on": "走访日期 2033-05-01 晚于今天，请改正"}),
        ({"happened_on": date(1999, 12, 31)}, {"happened_on": "走访日期 1999-12-31 早于 2000 年，请改正"}),
        ({"happened_on": None}, {"happened_on": "请填写走访日期"}),
        ({"target_name": ""}, {"target": "请选择走访企业的企业或项目；不在册的，写下名称"}),
        ({"times": 0}, {"times": "次数至少是 1"}),
        ({"kind": "leader_visit"}, {"led_by": "请写明带队领导，例如市委政法委主要领导"}),
        ({"kind": "duty"}, {"output_attendance": "请填写坐班多少人次，没有就填 0"}),
        ({"outputs": {"leaflets": -1}}, {"output_leaflets": "发放资料不能小于 0"}),
    ],
)
def test_what_cannot_be_so_is_named_field_by_field(officer, changes, faults):
    with pytest.raises(FieldsRefusedError) as refused:
        log_activity(actor=officer, at=NOW, data=data(problems=[problem()], **changes))
    assert refused.value.faults == faults
    assert (ServiceActivity.objects.count(), ProblemEntry.objects.count()) == (0, 0)


def test_no_hazard_found_is_a_result_worth_keeping(officer):
    check = data(kind=ActivityKind.HAZARD, outputs={"hazards": 0})
    activity = log_activity(actor=officer, at=NOW, data=check).activity
    assert [str(output) for output in activity.outputs.all()] == ["摸排隐患0处"]


def test_the_same_form_sent_twice_is_recorded_once(officer):
    key = "7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0001"
    first, second = (
        log_activity(actor=officer, at=NOW, data=data(problems=[problem()]), submission=key) for _ in range(2)
    )
    assert (first.activity, [entry.number for entry in first.entries]) == (
        second.activity,
        [entry.number for entry in second.entries],
    )
    assert (ServiceActivity.objects.count(), ProblemEntry.objects.count()) == (1, 1)


def test_nothing_is_kept_when_one_part_fails(officer):
    with pytest.raises(ValueError, match="amount"):
        log_activity(actor=officer, at=NOW, data=data(problems=[problem(amount="amount")]))
    assert (ServiceActivity.objects.count(), ProblemEntry.objects.count()) == (0, 0)


def test_someone_without_a_unit_is_told_what_to_do(db):
    with pytest.raises(LedgerError, match="请联系管理员"):
        log_activity(actor=UserFactory(unit=None), at=NOW, data=data())


def close(day_from, day_to):
    ClosedPeriod.objects.create(code="2026H1", starts_on=day_from, ends_on=day_to, closed_at=NOW, closed_by="管理员")


def test_a_closed_half_year_takes_no_activity_and_gives_none_up(officer):
    close(date(2026, 1, 1), date(2026, 6, 30))
    inside = ActivityFactory(unit=officer.unit, officer=officer, happened_on=date(2026, 6, 30))
    outside = ActivityFactory(unit=officer.unit, officer=officer, happened_on=date(2026, 7, 1))
    with pytest.raises(PeriodClosedError):
        log_activity(actor=officer, at=NOW, data=data(happened_on=date(2026, 6, 30)))
    with pytest.raises(PeriodClosedError):
        delete_activity(activity=inside, actor=officer)
    for activity, day in [(inside, date(2026, 7, 1)), (outside, date(2026, 6, 30))]:
        with pytest.raises(PeriodClosedError):
            update_activity(activity=activity, actor=officer, at=NOW, data=data(happened_on=day), version=1)


def test_an_edit_replaces_outputs_and_counts_the_version(officer):
    logged = log_activity(actor=officer, at=NOW, data=data(outputs={"leaflets": 30, "advice": 2}))
    changed = data(outputs={"leaflets": 40, "participants": 5}, summary="补记")
    update_activity(activity=logged.activity, actor=officer, at=NOW, data=changed, version=1)
    activity = ServiceActivity.objects.get()
    assert (activity.summary, activity.version) == ("补记", 2)
    assert {output.measure: output.quantity for output in activity.outputs.all()} == {"leaflets": 40, "participants": 5}


def test_the_second_of_two_editors_overwrites_nothing(officer):
    activity = log_activity(actor=officer, at=NOW, data=data()).activity
    update_activity(activity=activity, actor=officer, at=NOW, data=data(summary="先存的"), version=1)
    with pytest.raises(StaleVersionError):
        update_activity(activity=activity, actor=officer, at=NOW, data=data(summary="后存的"), version=1)
    assert ServiceActivity.objects.get().summary == "先存的"


def test_only_the_officer_and_the_units_clerks_change_it(officer, coordinator, office, admin, unit_leader):
    activity = log_activity(actor=officer, at=NOW, data=data()).activity
    for version, person in enumerate([officer, coordinator, office, admin], 1):
        update_activity(activity=activity, actor=person, at=NOW, data=data(), version=version)
    for stranger in [unit_leader, UserFactory(unit=officer.unit), UserFactory(coordinator=True)]:
        with pytest.raises(LedgerError, match="只有经办干警"):
            update_activity(activity=activity, actor=stranger, at=NOW, data=data(), version=5)
        with pytest.raises(LedgerError, match="只有经办干警"):
            delete_activity(activity=activity, actor=stranger)


def test_a_clerks_correction_leaves_the_officer_and_unit(officer, coordinator):
    activity = log_activity(actor=officer, at=NOW, data=data()).activity
    update_activity(activity=activity, actor=coordinator, at=NOW, data=data(summary="更正"), version=1)
    activity.refresh_from_db()
    assert (activity.officer, activity.created_by, activity.summary) == (officer, officer, "更正")


def test_an_activity_with_problems_or_money_stays(officer):
    heard, paid = (ActivityFactory(unit=officer.unit, officer=officer) for _ in range(2))
    entry = EntryFactory(unit=officer.unit, source_activity=heard)
    RecoveryFactory(case=None, activity=paid, unit=officer.unit)
    with pytest.raises(LedgerError, match=f"从这次活动登记了问题 {entry.number}，不能删除"):
        delete_activity(activity=heard, actor=officer)
    with pytest.raises(LedgerError, match="登记了挽回损失，不能删除"):
        delete_activity(activity=paid, actor=officer)


def test_deleting_takes_outputs_and_files_along(officer, django_capture_on_commit_callbacks):
    logged = log_activity(actor=officer, at=NOW, data=data(outputs={"advice": 1}, files=[evidence()]))
    attachment = logged.activity.attachments.get()
    storage, path = attachment.file.storage, attachment.file.name
    with django_capture_on_commit_callbacks(execute=True):
        delete_activity(activity=logged.activity, actor=officer)
    assert (ServiceActivity.objects.count(), storage.exists(path)) == (0, False)


def test_money_follows_its_activity_to_another_matter(officer):
    activity = ActivityFactory(officer=officer, unit=officer.unit, workstream=workstream("五好园区"))
    recovery = RecoveryFactory(case=None, activity=activity, unit=officer.unit, workstream=activity.workstream)
    moved = data(workstream=workstream("津市港"))
    update_activity(activity=activity, actor=officer, at=NOW, data=moved, version=1)
    recovery.refresh_from_db()
    assert (recovery.workstream.name, recovery.version) == ("津市港", 2)


def test_money_of_a_closed_period_holds_its_activity_to_its_matter(officer):
    activity = ActivityFactory(
        officer=officer, unit=officer.unit, workstream=workstream("五好园区"), happened_on=date(2026, 7, 1)
    )
    RecoveryFactory(case=None, activity=activity, unit=officer.unit, happened_on=date(2026, 6, 30))
    close(date(2026, 1, 1), date(2026, 6, 30))
    moved = data(workstream=workstream("津市港"))
    with pytest.raises(PeriodClosedError):
        update_activity(activity=activity, actor=officer, at=NOW, data=moved, version=1)
    activity.refresh_from_db()
    assert (activity.workstream.name, activity.version) == ("五好园区", 1)
