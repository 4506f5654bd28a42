"""What the auditor reads: every change in words, every sign-in, every export; and nobody else does."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import ExportLog
from accounts.trail.history import Change, lines
from ledger.models import EntryPause, PlanGoal, PlanPhase
from ledger.services.plans import PlanData, create_plan
from ledger.states import Action, EntryState
from reports.briefing.word.templates import edit_template
from reports.models import BriefingTemplate
from tests.factories import CaseFactory, EnterpriseFactory, EntryFactory, RecoveryFactory, UserFactory, move
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db


def newest(model):
    return lines(LogEntry.objects.get_for_model(model).order_by("-pk")[:1])[0]


def edit_case(client, case, **changes):
    form = client.get(reverse("cases:case-edit", args=[case.pk])).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [])}
    return client.post(reverse("cases:case-edit", args=[case.pk]), {**data, **changes}, REMOTE_ADDR="10.1.2.3")


def test_a_change_is_told_in_labels_choices_and_names(client, officer, auditor):
    case = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    edit_case(client, case, kind="theft", title="盗窃", state="closed", closed_on="2023-05-20")
    line = newest(type(case))
    assert (line.person, line.address, line.action, line.kind, line.what) == (
        officer.name,
        "10.1.2.3",
        "修改",
        "涉企案件",
        case.number,
    )
    assert set(line.changes) == {
        Change("案件类型", "买卖合同纠纷", "盗窃"),
        Change("案由", "（空）", "盗窃"),
        Change("状态", "在办", "已结"),
        Change("结案日期", "（空）", "2023-05-20"),
    }
    client.force_login(auditor)
    page = client.get(reverse("accounts:audit-list")).content.decode()
    assert [words in page for words in (case.number, "买卖合同纠纷", "10.1.2.3", officer.username)] == [True] * 4


def test_a_changed_unit_is_told_by_name(officer, court):
    case = CaseFactory(unit=officer.unit)
    case.unit = court
    case.save()
    assert newest(type(case)).changes == [Change("承办单位", "市公安局", "市人民法院")]


def test_added_enterprises_are_told_by_name(officer):
    case, firm = CaseFactory(unit=officer.unit), EnterpriseFactory()
    case.enterprises.add(firm)
    assert newest(type(case)).changes == [Change("涉案企业", "（空）", firm.name)]


def test_phones_never_show_in_the_trail(client, officer, auditor):
    officer.phone = "13812345678"
    officer.post = "值班电话13987654321"
    officer.save()
    client.force_login(auditor)
    page = client.get(reverse("accounts:audit-list")).content.decode()
    assert ["138****5678" in page, "139****4321" in page] == [True, True]
    assert ["13812345678" in page, "13987654321" in page] == [False, False]


def test_a_reset_password_leaves_a_line_without_the_password(client, admin, officer):
    client.force_login(admin)
    client.post(reverse("accounts:user-reset", args=[officer.pk]))
    told = [change for line in lines(LogEntry.objects.get_for_object(officer)) for change in line.changes]
    assert Change("密码", "***", "已重置") in told
    assert "md5$" not in str(told)


def test_nobody_writes_another_address_into_the_trail(client, officer):
    case = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    client.post(
        reverse("cases:recommendation-create"),
        {"number": "津检建1号", "unit": officer.unit.pk, "issued_on": "2023-05-04", "case": case.pk},
        headers={"X-Forwarded-For": "1.2.3.4"},
    )
    assert LogEntry.objects.order_by("-pk").first().remote_addr == "127.0.0.1"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "甲案"}, ["甲案"]),
        ({"person": "干警8001"}, ["甲案"]),
        ({"kind": "cases.legalcase", "action": "0"}, ["乙案", "甲案"]),
        ({"kind": "enterprises.enterprise"}, []),
        ({"since": "2000-01-01", "until": "2000-01-02"}, []),
    ],
)
def test_the_trail_is_searched(client, auditor, police, query, found):
    actor = UserFactory(unit=police, name="干警8001")
    LogEntry.objects.all().delete()
    CaseFactory(unit=police, number="甲案")
    CaseFactory(unit=police, number="乙案")
    LogEntry.objects.filter(object_repr="甲案").update(actor=actor)
    LogEntry.objects.exclude(content_type__model="legalcase").delete()
    client.force_login(auditor)
    told = client.get(reverse("accounts:audit-list"), query).context["lines"]
    assert [line.what for line in told] == found


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "budget"), [("accounts:audit-list", 5), ("accounts:audit-export", 5)])
def test_the_trail_costs_the_same_for_one_and_three(
    client, auditor, police, django_assert_num_queries, name, budget, rows
):
    CaseFactory.create_batch(rows, unit=police)
    LogEntry.objects.exclude(content_type__model="legalcase").delete()
    client.force_login(auditor)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(budget):
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "budget"), [("accounts:signin-list", 4), ("accounts:signin-failures", 4), ("accounts:export-list", 4)]
)
def test_sign_ins_and_exports_cost_the_same_for_one_and_three(
    client, auditor, officer, django_assert_num_queries, name, budget, rows
):
    for _ in range(rows):
        client.post("/accounts/login/", {"username": officer.username, "password": "Wrong-2026-pass"})
        client.post("/accounts/login/", {"username": officer.username, "password": PASSWORD})
        client.post("/accounts/logout/")
        ExportLog.objects.create(user=officer, what="涉企案件", rows=3)
    client.force_login(auditor)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(budget):
        answer = client.get(reverse(name), {"q": officer.username})
    assert len(answer.context["page"].object_list) == rows
    assert officer.username in answer.content.decode()


def test_the_trail_is_exported_in_words_and_that_is_logged(client, auditor, officer):
    LogEntry.objects.all().delete()
    case = CaseFactory(unit=officer.unit)
    client.force_login(auditor)
    answer = client.get(reverse("accounts:audit-export"), {"kind": "cases.legalcase"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    log = ExportLog.objects.get()
    assert (rows[1][4:7], "案件类型：（空） → 买卖合同纠纷" in rows[1][7]) == (["新增", "涉企案件", case.number], True)
    assert (log.user, log.what, log.query, log.rows) == (auditor, "修改记录", "kind=cases.legalcase", 1)


def test_money_in_the_trail_has_thousands_and_two_decimals(auditor, officer):
    LogEntry.objects.all().delete()
    made = RecoveryFactory(amount=Decimal("170000"))
    made.amount = Decimal("170000.5")
    made.save()
    told = lines(LogEntry.objects.filter(content_type__model="recovery").order_by("pk"))
    assert [change.new for change in told[0].changes if change.label == "金额（元）"] == ["170,000.00"]
    assert [(change.old, change.new) for change in told[1].changes] == [("170,000.00", "170,000.50")]
    assert told[1].what == "追回 170,000.50 元"


# Models of ours without audit rows of their own, and why.
HISTORY = "is itself what was done: never changed, or only to say that it was sent or read"
WORKED_OUT = "is worked out from other rows, and can be again"
TYPED = "was typed and not saved yet, its owner's alone"
WITH_ANOTHER = "comes and goes with a record that has an audit row"
UNTRACKED = {
    "accounts.Draft": TYPED, "accounts.DraftFile": TYPED, "accounts.ExportLog": HISTORY,
    "enterprises.LikelyDouble": WORKED_OUT, "enterprises.MergedRow": HISTORY, "imports.ImportRow": WITH_ANOTHER,
    "ledger.EntryEvent": HISTORY, "ledger.CalendarVersion": HISTORY, "ledger.RuleChange": HISTORY,
    "ledger.DeadlineShift": HISTORY, "ledger.Correction": HISTORY, "ledger.BulkRun": HISTORY,
    "ledger.Escalation": HISTORY, "ledger.Notice": HISTORY, "ledger.Digest": HISTORY, "ledger.RobotMessage": HISTORY,
    "ledger.NumberSequence": WITH_ANOTHER, "ledger.Vacancy": WORKED_OUT,
    "reports.IssuedBriefing": HISTORY, "reports.PeriodBook": HISTORY, "reports.UnitSignoff": HISTORY,
    "reports.PeriodClose": HISTORY, "reports.PeriodReopening": HISTORY, "reports.FrozenFigure": HISTORY,
    "reports.FrozenDefinition": HISTORY, "reports.Recount": HISTORY, "reports.Adjustment": HISTORY,
    "reports.TargetResult": HISTORY, "reports.TargetLine": HISTORY, "reports.TargetEntry": HISTORY,
    "reports.WeeklyTable": HISTORY, "reports.WeeklyLine": HISTORY, "reports.FiguresMail": HISTORY,
    "reports.LedgerMonth": WORKED_OUT, "reports.LedgerDay": WORKED_OUT, "reports.LedgerSteps": WORKED_OUT,
    "reports.Tally": WORKED_OUT, "reports.Sequel": WORKED_OUT, "reports.Share": WORKED_OUT,
}  # fmt: skip


def test_every_model_leaves_audit_rows_or_is_listed_with_the_reason():
    ours = [model for app in ("accounts", "enterprises", "cases", "ledger", "imports", "reports", "duty")
            for model in apps.get_app_config(app).get_models()]  # fmt: skip
    assert {model._meta.label for model in ours if not auditlog.contains(model)} == UNTRACKED.keys()


def test_pauses_plans_draws_and_templates_leave_audit_rows(police, office, admin):
    """What used to change without one."""
    entry = EntryFactory(unit=police, state=EntryState.HANDLING)
    move(entry, Action.PAUSE, actor=entry.handler, note="等企业")
    move(entry, Action.RESUME, actor=entry.handler)
    told = LogEntry.objects.get_for_model(EntryPause).order_by("pk")
    assert [(row.action, sorted(row.changes_dict)) for row in told][1:] == [(LogEntry.Action.UPDATE, ["ended_on"])]
    june, october = date(2026, 6, 1), date(2026, 10, 31)
    create_plan(data=PlanData(2026, "样例方案", 85, october, june), by=admin)
    assert LogEntry.objects.get_for_model(PlanGoal).count() == PlanGoal.objects.count() > 0
    assert LogEntry.objects.get_for_model(PlanPhase).count() == PlanPhase.objects.count() > 0
    kept = BriefingTemplate.objects.create(name="甲", content=b"x", size=1, sha256="0" * 64, uploaded_at=timezone.now())
    other = BriefingTemplate.objects.create(
        name="乙", content=b"y", size=1, sha256="1" * 64, is_default=True, uploaded_at=timezone.now()
    )
    edit_template(template=kept, name="丙", is_default=True)
    rows = LogEntry.objects.get_for_model(BriefingTemplate).filter(action=LogEntry.Action.UPDATE)
    changed = {row.object_pk: sorted(row.changes_dict) for row in rows}
    assert changed == {str(kept.pk): ["is_default", "name"], str(other.pk): ["is_default"]}
