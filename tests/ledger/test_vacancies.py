"""What has nobody of its own is found, told once, shown with who receives it, and gone as soon as it is mended."""

from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.management import call_command
from django.db.models import Q
from django.urls import reverse, reverse_lazy

from accounts.models import Unit, User
from common.periods import SHANGHAI
from ledger.models import Notice, ProblemEntry, SupervisionOrder, SupportingUnit, Vacancy
from ledger.services.vacancies import VACANCIES, check_vacancies
from ledger.states import EntryState
from ledger.tasks import ask_for_due_work
from tests.factories import CaseFactory, EntryFactory, PairingFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
PAGE = reverse_lazy("ledger:vacancy-list")


def leave(person: User) -> User:
    """Somebody who left while nothing asked for their work."""
    User.objects.filter(pk=person.pk).update(is_active=False)
    return person


def handled(unit: Unit, **person) -> ProblemEntry:
    handler = UserFactory(unit=unit, **person)
    return EntryFactory(unit=unit, lead_unit=unit, handler=handler, state=EntryState.HANDLING)


@pytest.fixture(autouse=True)
def manned(police, court, office, coordinator, admin):
    """Everybody has a coordinator, but for what a test takes away."""
    UserFactory(unit=court, coordinator=True)
    Unit.objects.exclude(pk__in=[police.pk, court.pk, office.unit_id]).update(is_active=False)


def kinds() -> list[str]:
    check_vacancies(at=MONDAY)
    return sorted(Vacancy.objects.values_list("kind", flat=True))


def test_where_everybody_is_there_nothing_is_listed(police, court):
    entry = handled(police)
    SupportingUnit.objects.create(entry=entry, unit=court, handler=UserFactory(unit=court))
    EntryFactory(unit=police, state=EntryState.COMPLETED, registered_by=UserFactory(unit=police))
    CaseFactory(unit=police, officer=UserFactory(unit=police), state="open", closed_on=None)
    PairingFactory(officer=UserFactory(unit=police))
    leave(EntryFactory(unit=police, state=EntryState.CLOSED).handler)  # done with
    leave(PairingFactory(officer=UserFactory(unit=police), ends_on=date(2026, 1, 1)).officer)
    assert kinds() == []


def test_each_kind_is_found_and_gone_when_it_has_somebody(police, court, city_leader):
    """The table of what may be left behind: how it comes about, and what mends it."""
    entry, asked, pressed = handled(police), handled(police), handled(police)
    callback = EntryFactory(unit=police, state=EntryState.COMPLETED, registered_by=UserFactory(unit=police))
    case = CaseFactory(unit=police, officer=UserFactory(unit=police), state="open", closed_on=None)
    pairing = PairingFactory(officer=UserFactory(unit=police))
    helper = UserFactory(unit=court)
    part = SupportingUnit.objects.create(entry=handled(police), unit=court, handler=helper)
    asker, signer = UserFactory(unit=police), UserFactory(unit=police)
    ProblemEntry.objects.filter(pk=asked.pk).update(asked="extension", asked_by=asker, asked_until=date(2026, 12, 1))
    order = SupervisionOrder.objects.create(
        number="督〔2026〕901号", entry=pressed, unit=police, issued_by=city_leader, issued_on=date(2026, 11, 1),
        deadline=date(2026, 12, 1), demand="限期", acknowledged_by=signer, acknowledged_on=date(2026, 11, 2),
    )  # fmt: skip
    assert kinds() == []
    for person in (entry.handler, callback.registered_by, case.officer, pairing.officer, helper, asker, signer):
        leave(person)
    assert kinds() == ["callback", "case", "entry", "order", "pairing", "part", "request"]
    User.objects.filter(pk=entry.handler_id).update(is_active=True, role="auditor", unit=None)
    User.objects.filter(pk=case.officer_id).update(is_active=True, unit=court)
    assert kinds() == ["callback", "case", "entry", "order", "pairing", "part", "request"]
    why = dict(Vacancy.objects.values_list("kind", "why"))
    assert "已改为审计员" in why["entry"]
    assert "在市人民法院" in why["case"]
    order.ended_on, order.ended_because = date(2026, 11, 3), "样例"
    order.save()
    part.result = "done"
    part.save()
    User.objects.filter(pk=entry.handler_id).update(role="staff", unit=police)
    assert kinds() == ["callback", "case", "pairing", "request"]


def test_a_unit_without_coordinator_and_one_switched_off_with_work_are_found(client, police, office, coordinator):
    """A station below has its people told above; one that was switched off keeps what it had."""
    station = UnitFactory(name="样例派出所", parent=police)
    gone = UnitFactory(name="样例大队", parent=police)
    UserFactory(unit=station)
    EntryFactory(unit=police)
    EntryFactory(unit=gone, state=EntryState.ACCEPTED)
    UserFactory(unit=gone, coordinator=True)
    check_vacancies(at=MONDAY)
    found = Vacancy.objects.get()
    assert (found.kind, found.row, found.unit, found.why) == (
        "no_clerk", station.pk, station, "没有自己的联络员，眼下没有未了的事",
    )  # fmt: skip
    Unit.objects.filter(pk=gone.pk).update(is_active=False)
    UnitFactory(name="空单位")  # neither people nor work
    check_vacancies(at=MONDAY)
    assert list(Vacancy.objects.filter(kind="unit_off").values_list("what", "why")) == [
        ("样例大队", "单位已停用，还有负责的未销号问题 1 件")
    ]
    UserFactory(unit=station, coordinator=True)
    assert kinds() == ["unit_off"]
    client.force_login(office)
    (line,) = client.get(PAGE).context["lines"]
    assert [entry.unit for entry in client.get(line.step_url).context["page"]] == [gone]  # and none of the others


def test_the_day_asks_for_it_once_and_the_office_is_told_once_of_what_is_new(client, police, office, admin):
    entry = handled(police)
    leave(entry.handler)
    with time_machine.travel(MONDAY, tick=False):
        assert f"{VACANCIES}:2026-11-23" in ask_for_due_work()
        assert f"{VACANCIES}:2026-11-23" not in ask_for_due_work()
        check_vacancies(at=MONDAY)
    told = Notice.objects.filter(link=str(PAGE))
    receivers = list(User.objects.filter(Q(city_wide=True, role="coordinator") | Q(role="admin"), is_active=True))
    assert sorted(one.recipient_id for one in told) == sorted(one.pk for one in receivers)
    mine = told.filter(recipient=office)
    assert mine.get().words == f"1 项事没有专人负责：{entry}，请逐项落实"
    second = handled(police)
    leave(second.handler)
    check_vacancies(at=MONDAY + timedelta(hours=2))  # by hand, or a second worker: nobody is told twice a day
    assert mine.count() == 1
    check_vacancies(at=MONDAY + timedelta(days=1))
    assert mine.filter(words=f"1 项事没有专人负责：{second}；连同以前的共 2 项，请逐项落实").count() == 1
    check_vacancies(at=MONDAY + timedelta(days=2))
    assert (mine.count(), Vacancy.objects.get(row=entry.pk).found_on) == (2, date(2026, 11, 23))
    client.force_login(office)
    assert client.post(reverse("ledger:notice-open", args=[mine.first().pk])).url == str(PAGE)


def test_the_page_says_who_receives_it_and_loses_what_is_handed_over(client, police, coordinator, office):
    entry, successor = handled(police), UserFactory(unit=police)
    leave(entry.handler)
    check_vacancies(at=MONDAY)
    client.force_login(office)
    assert "1 项事没有专人负责" in client.get("/").content.decode()
    page = client.get(PAGE).content.decode()
    handing = reverse("ledger:handover", args=[entry.handler_id])
    for words in (entry.title, f"{entry.handler.name} 的账号已停用", f"{coordinator.name}（市公安局）", handing):
        assert words in page, words
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"{PAGE}export/").content)).active
    assert [cell.value for cell in sheet[2]][:5] == [
        "经办的问题", str(entry), "市公安局", f"{entry.handler.name} 的账号已停用", f"{coordinator.name}（市公安局）",
    ]  # fmt: skip
    client.post(handing, {"picked": [f"entry-{entry.pk}"], "to": successor.pk, "reason": "已调离"})
    assert "每件事都有专人负责" in client.get(PAGE).content.decode()  # before the next check already
    assert "没有专人负责" not in client.get("/").content.decode()
    assert Vacancy.objects.count() == 1
    client.post(f"{PAGE}check/")
    assert Vacancy.objects.count() == 0


def test_a_unit_sees_its_own_only_and_cannot_be_led_where_it_may_not_go(client, police, court, coordinator, admin):
    mine, theirs = handled(police), handled(court)
    leave(mine.handler), leave(theirs.handler)
    User.objects.filter(pk=mine.handler_id).update(is_active=True, unit=court)  # moved to the court
    UserFactory(unit=UnitFactory(name="样例派出所", parent=police))
    check_vacancies(at=MONDAY)
    client.force_login(coordinator)
    answer = client.get(PAGE)
    page = answer.content.decode()
    assert (mine.title in page, theirs.title in page, theirs.handler.name in page) == (True, False, False)
    assert "请管理员设联络员" in page
    for line in answer.context["lines"]:
        for url in filter(None, (line.url, line.step_url)):
            assert client.get(url).status_code == 200, url
    client.force_login(admin)
    for line in client.get(PAGE).context["lines"]:
        assert client.get(line.url).status_code == client.get(line.step_url).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_and_its_export_cost_the_same_for_many(client, police, court, office, rows, django_assert_num_queries):
    for _ in range(rows):
        leave(handled(police).handler)
        leave(PairingFactory(officer=UserFactory(unit=police)).officer)
        UserFactory(unit=UnitFactory(parent=police))
    check_vacancies(at=MONDAY)
    client.force_login(office)
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)
    with django_assert_num_queries(7):
        client.get(f"{PAGE}export/")


def test_the_command_lists_the_same(police, coordinator, capsys):
    entry = handled(police)
    leave(entry.handler)
    call_command("vacancies")
    told = capsys.readouterr().out
    assert (
        f"经办的问题 {entry}（市公安局）：{entry.handler.name} 的账号已停用，现由 {coordinator.name}（市公安局） 接手"
        in told
    )
    assert Vacancy.objects.count() == 0  # looking stores nothing
    User.objects.filter(pk=entry.handler_id).update(is_active=True)
    call_command("vacancies")
    assert "每件事都有专人负责" in capsys.readouterr().out
