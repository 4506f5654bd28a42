"""Money recovered, avoided or saved: recorded once, on one subject."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import ClosedPeriod, Recovery, RecoveryKind
from tests.factories import ActivityFactory, CaseFactory, EntryFactory, RecoveryFactory, UserFactory
from tests.factories.enterprises import workstream

pytestmark = pytest.mark.django_db
CREATE = "ledger:recovery-create"


def typed(**changes):
    form = {
        "kind": "recovered",
        "amount": "128000",
        "happened_on": "2026-05-20",
        "basis": "（2026）湘0781民初12号调解书",
        "submission_key": "7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0002",
    }
    return {**form, **changes}


def post(client, subject, key, **changes):
    return client.post(f"{reverse(CREATE)}?{subject}={key}", typed(**changes))


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("name", ["case", "entry", "activity"])
def test_money_takes_unit_and_matter_from_its_one_subject(client, officer, name):
    factory = {"case": CaseFactory, "entry": EntryFactory, "activity": ActivityFactory}[name]
    subject = factory(unit=officer.unit, workstream=workstream("津市港"))
    client.force_login(officer)
    answer = post(client, name, subject.pk)
    recovery = Recovery.objects.get()
    assert (recovery.subject, recovery.unit, recovery.workstream.name) == (subject, officer.unit, "津市港")
    assert (recovery.amount, recovery.kind, recovery.created_by) == (Decimal("128000.00"), "recovered", officer)
    assert answer.status_code == 302


def test_money_on_a_problem_is_the_lead_units(client, officer, court):
    entry = EntryFactory(unit=officer.unit, lead_unit=court)
    client.force_login(officer)
    post(client, "entry", entry.pk)
    recovery = Recovery.objects.get()
    assert recovery.unit == court
    assert list(Recovery.objects.visible_to(officer)) == [recovery]


def test_what_was_recorded_is_named(client, officer):
    activity = ActivityFactory(unit=officer.unit)
    client.force_login(officer)
    answer = client.post(f"{reverse(CREATE)}?activity={activity.pk}", typed(), follow=True)
    assert "已登记追回 ¥128,000.00" in text(answer)


def test_the_same_form_sent_twice_records_once(client, officer):
    case = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    assert [post(client, "case", case.pk).status_code for _ in range(2)] == [302, 302]
    assert Recovery.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": ""}, "kind", "请选择是追回、避免还是减免"),
        ({"amount": ""}, "amount", "请填写金额（元）"),
        ({"amount": "NaN"}, "amount", "金额要填数字，例如 128000"),
        ({"amount": "-5"}, "amount", "金额要大于 0"),
        ({"amount": "0"}, "amount", "金额要大于 0"),
        ({"amount": "1.234"}, "amount", "金额最多两位小数"),
        ({"amount": "1" * 17}, "amount", "金额过大，请核对单位是元还是万元"),
        ({"basis": " "}, "basis", "请写明依据，例如判决书文号、调解协议、返还清单"),
        ({"happened_on": "2033-05-01"}, "happened_on", "日期 2033-05-01 晚于今天，请改正"),
        ({"happened_on": "1999-05-01"}, "happened_on", "日期 1999-05-01 早于 2000 年，请改正"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_at_the_top(client, officer, changes, field, words):
    case = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    answer = post(client, "case", case.pk, **changes)
    assert list(answer.context["form"].errors) == [field]
    assert text(answer).count(words) == 2
    assert Recovery.objects.count() == 0


def linked_problem(unit, how):
    """A problem, and the money already recorded on what it is linked with."""
    activity, case = ActivityFactory(unit=unit), CaseFactory(unit=unit)
    entry = EntryFactory(unit=unit, source_activity=activity, case=case)
    place = {"case": case, "activity": activity, "entry": entry}[how]
    fields = {"case": None, "entry": None, "activity": None, how: place}
    RecoveryFactory(unit=unit, amount="128000", kind=RecoveryKind.RECOVERED, **fields)
    return entry


@pytest.mark.parametrize("how", ["case", "activity", "entry"])
def test_the_same_money_on_a_linked_record_is_asked_about_first(client, officer, how):
    entry = linked_problem(officer.unit, how)
    client.force_login(officer)
    asked = post(client, "entry", entry.pk)
    assert "同一笔钱只计一次" in text(asked)
    assert "这是另一笔钱" in text(asked)
    assert Recovery.objects.count() == 1
    post(client, "entry", entry.pk, is_other_money="on")
    assert Recovery.objects.count() == 2


def test_other_kinds_and_amounts_are_other_money(client, officer):
    entry = linked_problem(officer.unit, "case")
    client.force_login(officer)
    post(client, "entry", entry.pk, amount="128000.01")
    post(client, "entry", entry.pk, kind="saved", submission_key="7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0003")
    assert Recovery.objects.count() == 3


@pytest.mark.parametrize("query", ["case={case}", "case=0", "case=x", "case={mine}&activity={mine}"])
def test_a_subject_that_is_not_there_for_me_is_not_found(client, officer, query):
    mine, foreign = CaseFactory(unit=officer.unit), CaseFactory()
    client.force_login(officer)
    url = f"{reverse(CREATE)}?{query.format(case=foreign.pk, mine=mine.pk)}"
    assert client.get(url).status_code == 404
    assert client.post(url, typed()).status_code == 404
    assert Recovery.objects.count() == 0


def test_without_a_subject_the_page_says_where_to_begin(client, officer):
    client.force_login(officer)
    assert "这笔钱属于哪一件" in text(client.get(reverse(CREATE)))


def recorded(officer, **fields):
    case = CaseFactory(unit=officer.unit)
    return RecoveryFactory(case=case, unit=officer.unit, created_by=officer, **fields)


def test_one_edits_and_deletes_ones_own(client, officer):
    recovery = recorded(officer)
    client.force_login(officer)
    client.post(reverse("ledger:recovery-edit", args=[recovery.pk]), typed(amount="5000", version="1"))
    recovery.refresh_from_db()
    assert (recovery.amount, recovery.version) == (Decimal("5000.00"), 2)
    answer = client.post(reverse("ledger:recovery-delete", args=[recovery.pk]), follow=True)
    assert "已删除：追回 5,000.00 元" in text(answer)
    assert Recovery.objects.count() == 0


def test_the_second_editor_sees_both_amounts(client, officer):
    recovery = recorded(officer)
    url = reverse("ledger:recovery-edit", args=[recovery.pk])
    client.force_login(officer)
    client.post(url, typed(amount="5000", version="1"))
    page = text(client.post(url, typed(amount="6000", version="1")))
    assert "5,000.00" in page
    assert "6,000.00" in page
    assert Recovery.objects.get().amount == Decimal("5000.00")


def test_a_colleague_sees_it_and_changes_nothing(client, officer):
    recovery = recorded(officer)
    client.force_login(UserFactory(unit=officer.unit))
    assert client.get(reverse("ledger:recovery-edit", args=[recovery.pk])).status_code == 403
    answer = client.post(reverse("ledger:recovery-delete", args=[recovery.pk]), follow=True)
    assert "只有登记人和本单位联络员可以删除" in text(answer)
    assert Recovery.objects.get() == recovery


def test_a_closed_half_year_keeps_its_money(client, officer):
    recovery = recorded(officer, happened_on=date(2023, 5, 20))
    ClosedPeriod.objects.create(
        code="2023H1", starts_on="2023-01-01", ends_on="2023-06-30", closed_at=timezone.now(), closed_by="甲"
    )
    client.force_login(officer)
    answers = [
        post(client, "case", recovery.case_id, happened_on="2023-06-30", amount="90000"),
        client.post(reverse("ledger:recovery-edit", args=[recovery.pk]), typed(version="1", amount="90000")),
        client.post(reverse("ledger:recovery-delete", args=[recovery.pk]), follow=True),
    ]
    assert ["已结账" in text(answer) for answer in answers] == [True, True, True]
    assert [row.amount for row in Recovery.objects.all()] == [recovery.amount]


def rows_of(officer, rows):
    for name in ("case", "entry", "activity"):
        factory = {"case": CaseFactory, "entry": EntryFactory, "activity": ActivityFactory}[name]
        for _ in range(rows):
            fields = {"case": None, name: factory(unit=officer.unit)}
            RecoveryFactory(unit=officer.unit, amount="10000", **fields)
    return RecoveryFactory(basis="外单位的判决书", amount="777")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_budget(client, officer, rows, django_assert_num_queries):
    hidden = rows_of(officer, rows)
    client.force_login(officer)
    with django_assert_num_queries(11):
        page = text(client.get(reverse("ledger:recovery-list")))
    assert f"{rows * 3}万元" in page
    assert hidden.basis not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_export_holds_exactly_the_filtered_rows_and_their_total(client, officer, rows, django_assert_num_queries):
    hidden = rows_of(officer, rows)
    client.force_login(officer)
    with django_assert_num_queries(8):
        answer = client.get(reverse("ledger:recovery-export"), {"subject": "case"})
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows()]
    assert [row[2] for row in cells[1 : rows + 1]] == [10000] * rows
    assert cells[rows + 1][0] == "合计"
    assert hidden.basis not in str(cells)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "saved"}, [Decimal("2.00")]),
        ({"subject": "activity"}, [Decimal("2.00")]),
        ({"workstream": "津市港"}, [Decimal("1.00")]),
        ({"from": "2023-05-21"}, [Decimal("2.00")]),
        ({"to": "2023-05-20"}, [Decimal("1.00")]),
        ({"sort": "amount"}, [Decimal("1.00"), Decimal("2.00")]),
    ],
)
def test_filters_live_in_the_address(client, officer, query, found):
    port = workstream("津市港")
    recorded(officer, amount="1", workstream=port)
    RecoveryFactory(
        case=None,
        activity=ActivityFactory(unit=officer.unit),
        unit=officer.unit,
        amount="2",
        kind="saved",
        happened_on=date(2023, 5, 21),
    )
    query = query | ({"workstream": port.pk} if "workstream" in query else {})
    client.force_login(officer)
    page = client.get(reverse("ledger:recovery-list"), query).context["page"]
    assert [recovery.amount for recovery in page] == found
