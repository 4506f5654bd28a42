"""Every write that can move a figure of a closed half-year: refused without a reason, or telling its own.

Afterwards the figures are to the byte what was signed, and the adjustments, each with its reason, make a fresh count.

The same table for people is docs/closing.md.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.services import edit_user
from cases.models import CaseKind
from cases.services import CaseError, create_case, edit_case, save_recommendation, save_typical_case
from common.closing import PeriodClosed
from enterprises.models import Pairing, Workstream
from enterprises.services.errors import RegisterPeriodClosedError
from enterprises.services.pairings import end_pairing, start_pairing
from enterprises.services.register import update_enterprise
from imports.models import ImportBatch
from jobs.runner import run_job
from ledger.models import ActionPlan, ActivityKind, Correction
from ledger.services.activities import ActivityData, delete_activity, log_activity, update_activity
from ledger.services.entries import correct_entry
from ledger.services.plans import PlanData, TaskData, add_task, create_plan
from ledger.services.recoveries import RecoveryData, delete_recovery, record_recovery, update_recovery
from reports.closing.adjusting import recount_closed
from reports.models import Adjustment
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    PairingFactory,
    RecommendationFactory,
    RecoveryFactory,
    TypicalCaseFactory,
    UserFactory,
)
from tests.imports.books import HEADINGS, form_row, xlsx
from tests.reports.test_closing import H1, close, fresh, frozen_bytes, told

pytestmark = pytest.mark.django_db
DAY, OPEN = date(2023, 5, 8), date(2024, 3, 1)
TODAY = date(2026, 11, 2)
WHY = "样例原因"


def activity_data(**columns: Any) -> ActivityData:
    known = {"kind": ActivityKind.DUTY, "happened_on": DAY, "times": 1, "summary": "坐班"}
    return ActivityData(columns={**known, **columns}, outputs={"attendance": 1})


class Office:
    """Something of everything in a half-year that is then closed."""

    def __init__(self) -> None:
        self.officer = UserFactory(unit__name="样例市公安局")
        self.unit, self.admin = self.officer.unit, UserFactory(admin=True)
        self.clerk = UserFactory(unit=self.unit, coordinator=True)
        self.park = Workstream.objects.get(slug="park")
        self.enterprise = EnterpriseFactory(is_above_scale=True)
        served = {"unit": self.unit, "officer": self.officer, "enterprise": self.enterprise, "happened_on": DAY}
        self.activity = ActivityFactory(kind=ActivityKind.DUTY, **served)
        self.heard = ActivityFactory(kind=ActivityKind.VISIT, **(served | {"happened_on": OPEN}))
        EntryFactory(unit=self.unit, source_activity=self.heard, state="closed", registered_on=DAY, moved_on=DAY)
        self.entry = EntryFactory(unit=self.unit, registered_by=self.officer, registered_on=date(2022, 12, 20))
        campaign = CampaignFactory()
        self.case = CaseFactory(
            unit=self.unit, kind=CaseKind.ENFORCEMENT, filed_on=date(2022, 12, 1), campaign=campaign
        )
        self.recovery = RecoveryFactory(case=self.case, happened_on=DAY)
        self.advice = RecommendationFactory(unit=self.unit)
        self.story = TypicalCaseFactory(unit=self.unit)
        self.pairing = PairingFactory(officer=self.officer, enterprise=self.enterprise, starts_on=date(2022, 12, 1))
        self.now = timezone.now()


def log(o: Office, why: str) -> None:
    log_activity(actor=o.officer, at=o.now, data=activity_data(), reason=why)


def move_activity(o: Office, why: str) -> None:
    data = activity_data(happened_on=OPEN)
    update_activity(activity=o.activity, actor=o.officer, at=o.now, data=data, version=1, reason=why)


def make_it_a_leaders_visit(o: Office, why: str) -> None:
    """Made in an open half-year: the problem heard there was resolved in the closed one."""
    columns = {"kind": ActivityKind.LEADER_VISIT, "happened_on": OPEN, "led_by": "副市长", "enterprise": o.enterprise}
    data = ActivityData({**columns, "times": 1, "summary": "督导"})
    update_activity(activity=o.heard, actor=o.officer, at=o.now, data=data, version=1, reason=why)


def drop_activity(o: Office, why: str) -> None:
    delete_activity(activity=o.activity, actor=o.officer, reason=why)


def move_entry_to_a_matter(o: Office, why: str) -> None:
    """Registered before the closed half-year, unresolved at its beginning and its end."""
    correct_entry(entry=o.entry, actor=o.officer, at=o.now, version=1, fields={"workstream": o.park}, reason=why)


def pay(o: Office, why: str) -> None:
    data = RecoveryData("recovered", Decimal(5000), "样例", DAY, is_other_money=True)
    record_recovery(actor=o.officer, at=o.now, subject=o.case, data=data, reason=why)


def change_sum(o: Office, why: str) -> None:
    data = RecoveryData("recovered", Decimal(700), "样例", DAY)
    update_recovery(recovery=o.recovery, actor=o.clerk, at=o.now, data=data, version=1, reason=why)


def drop_money(o: Office, why: str) -> None:
    delete_recovery(recovery=o.recovery, actor=o.clerk, reason=why)


def file_case(o: Office, why: str) -> None:
    data = {
        "number": "（2023）湘0781刑初1号",
        "kind": CaseKind.THEFT,
        "unit": o.unit,
        "filed_on": DAY,
        "state": "closed",
    }
    data |= {"closed_on": DAY, "result": "solved"}
    create_case(by=o.officer, today=TODAY, data=data, submission=None, reason=why)


def take_case_out_of_campaign(o: Office, why: str) -> None:
    """The case lies outside; what was collected for it does not."""
    edit_case(case=o.case, by=o.officer, today=TODAY, data={"campaign": None}, version=1, reason=why)


def redate_advice(o: Office, why: str) -> None:
    data = {"issued_on": OPEN}
    save_recommendation(pk=o.advice.pk, by=o.officer, today=TODAY, data=data, version=1, reason=why)


def redate_story(o: Office, why: str) -> None:
    data = {"published_on": OPEN}
    save_typical_case(pk=o.story.pk, by=o.officer, today=TODAY, data=data, version=1, reason=why)


def pair_late(o: Office, why: str) -> None:
    """From a day before the closed half-year: in force on its last."""
    firm = EnterpriseFactory(is_above_scale=True)
    pairing = Pairing(officer=o.officer, enterprise=firm, starts_on=date(2022, 12, 5))
    start_pairing(pairing=pairing, actor=o.admin, today=TODAY, reason=why)


def end_pairing_back_then(o: Office, why: str) -> None:
    end_pairing(pairing=o.pairing, ends_on=DAY, notes="调离", today=TODAY, actor=o.admin, reason=why)


ASKED: list[Callable[[Office, str], None]] = [
    log,
    move_activity,
    make_it_a_leaders_visit,
    drop_activity,
    move_entry_to_a_matter,
    pay,
    change_sum,
    drop_money,
    file_case,
    take_case_out_of_campaign,
    redate_advice,
    redate_story,
    pair_late,
    end_pairing_back_then,
]


def reclassify(o: Office) -> str:
    o.enterprise.is_above_scale = False
    update_enterprise(enterprise=o.enterprise, version=o.enterprise.version, today=TODAY, by=o.admin)
    return f"企业“{o.enterprise}”变更：规模以上：是 → 否"


def transfer_officer(o: Office) -> str:
    there = UserFactory(unit__name="样例市司法局").unit
    edit_user(pk=o.officer.pk, data={"unit": there}, version=o.officer.version, by=o.admin)
    return f"人员“{o.officer}”变更：单位：样例市公安局 → 样例市司法局"


def plan_late(o: Office) -> str:
    ActionPlan.objects.all().delete()
    create_plan(data=PlanData(2023, "方案", 85, date(2023, 10, 31), date(2023, 5, 1)), by=o.admin)
    return "工作方案“方案”变更：2023-05-01 起集中化解"


def add_task_late(o: Office) -> str:
    plan = ActionPlan.objects.create(year=2023, title="方案", target_on=date(2023, 10, 31), concentrated_from=OPEN)
    goal = plan.goals.create(order=1, name="目标")
    add_task(plan=plan, data=TaskData(goal, "任务", "", o.unit, DAY, date(2023, 6, 1)), by=o.admin)
    return "重点工作“1. 任务”变更：新增重点工作"


TELLING: list[Callable[[Office], str]] = [reclassify, transfer_officer, plan_late, add_task_late]


def explained() -> set[str]:
    """The reasons of every adjustment there is; one without any is told as such."""
    rows = Adjustment.objects.select_related("recount").prefetch_related("recount__corrections")
    return {one.reason for row in rows for one in row.recount.corrections.all()} if rows else {"没有调整"}


@pytest.mark.parametrize("write", ASKED, ids=lambda write: write.__name__)
def test_asks_why_and_becomes_an_adjustment(write):
    o = Office()
    made, before = close(o.admin), frozen_bytes()
    with pytest.raises((PeriodClosed, CaseError, RegisterPeriodClosedError), match=r"已结账.*确需更正的，写明更正原因"):
        write(o, "")
    write(o, WHY)
    recount_closed(H1, timezone.now())
    assert (frozen_bytes(), told(made), explained()) == (before, fresh(), {WHY})


@pytest.mark.parametrize("write", TELLING, ids=lambda write: write.__name__)
def test_of_the_register_tells_its_own_reason(write):
    o = Office()
    made, before = close(o.admin), frozen_bytes()
    reason = write(o)
    recount_closed(H1, timezone.now())
    assert (frozen_bytes(), told(made), explained()) == (before, fresh(), {reason})
    assert Correction.objects.get().made_by == o.admin


@pytest.mark.parametrize(
    ("kind", "sheet"),
    [
        ("surveys", lambda: [HEADINGS, form_row(1), form_row(2, 走访日期=date(2023, 8, 1), 问题诉求="无")]),
        ("pairings", lambda: [["结对干警", "企业或项目", "开始日期"], ["样例导入干警", "津市样例导入有限公司", DAY]]),
    ],
    ids=["surveys", "pairings"],
)
def test_an_import_brings_them_in_with_one_reason_and_its_undo_takes_them_out_with_another(
    client, tmp_path, kind, sheet
):
    o = Office()
    EnterpriseFactory(name="津市样例导入有限公司", is_above_scale=True)
    UserFactory(name="样例导入干警", unit=o.unit)
    made, before = close(o.admin), frozen_bytes()
    client.force_login(o.admin)
    path = xlsx(tmp_path / "样例.xlsx", {"表": sheet()})
    client.post(reverse("imports:upload"), {"kind": kind, "files": [SimpleUploadedFile(path.name, path.read_bytes())]})
    batch = worked()
    assert (batch.figures["wrong"], batch.summary["closed"]) == (1, 1)
    assert (
        "2023年上半年已结账，不能再导入这一期的记录；确需补录的" in batch.rows.get(outcome="error").errors[0]["reason"]
    )
    address = reverse("imports:batch-detail", args=[batch.pk])
    assert "有 1 行的日期在已结账的期间内：补录原因" in unescape(client.get(address).content.decode())
    client.post(reverse("imports:rows-explain", args=[batch.pk]), {"reason": WHY})
    assert worked().figures["wrong"] == 0
    client.post(reverse("imports:batch-confirm", args=[batch.pk]))
    assert worked().state == "applied"
    recount_closed(H1, timezone.now())
    assert (frozen_bytes(), told(made), explained()) == (before, fresh(), {WHY})
    undo = reverse("imports:batch-undo", args=[batch.pk])
    assert "条计在已结账的期间里：更正原因" in unescape(client.get(undo).content.decode())
    client.post(undo, {"reason": "导错了"})
    assert worked().result["undone"]["kept"] == []
    recount_closed(H1, timezone.now())
    assert (frozen_bytes(), told(made), explained()) == (before, fresh(), {WHY, "导错了"})
    assert Correction.objects.filter(label__startswith="撤销导入“样例.xlsx”").exists()


def worked() -> ImportBatch:
    """The batch after the worker has done what waits."""
    while run_job():
        pass
    return ImportBatch.objects.get()


def test_of_the_register_that_moves_nothing_signed_says_nothing():
    o = Office()
    close(o.admin)
    o.enterprise.contact_name = "厂长"
    update_enterprise(enterprise=o.enterprise, version=o.enterprise.version, today=TODAY, by=o.admin)
    other = EnterpriseFactory()
    other.is_above_scale = True
    update_enterprise(enterprise=other, version=other.version, today=TODAY, by=o.admin)
    edit_user(pk=UserFactory(unit=o.unit).pk, data={"unit": UserFactory().unit}, version=1, by=o.admin)
    assert Correction.objects.count() == 0
