"""Supervision orders, call-backs, requests and re-checks on the first page: who sees which, counted as the lists do."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from desk.waiting import panels, waiting_number
from ledger.models import SupervisionOrder
from ledger.sampling import span_of
from ledger.services.checking.rechecks import draw
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory
from tests.factories.duty import shift
from tests.factories.ledger import at, move

pytestmark = pytest.mark.django_db
TODAY = date(2023, 6, 21)


def order(unit, deadline, **fields):
    entry = EntryFactory(unit=unit, state=EntryState.HANDLING)
    made = issue_order(entry=entry, actor=None, at=at(date(2023, 6, 1)), demand=Demand("限期办理", deadline))
    SupervisionOrder.objects.filter(pk=made.pk).update(**fields)
    return made


def asked(unit):
    entry = EntryFactory(unit=unit, state=EntryState.HANDLING)
    return move(entry, Action.ASK_EXTENSION, actor=entry.handler, until=date(2023, 7, 21), note="对方在外地")


def a_busy_month(unit):
    """Four orders, one of them overdue, one sent back; one call to make; one request; one re-check."""
    signed = date(2023, 6, 2)
    late = order(unit, date(2023, 6, 20))
    unsigned, open_one = order(unit, date(2023, 6, 23)), order(unit, date(2023, 6, 22), acknowledged_on=signed)
    order(unit, date(2023, 6, 2), acknowledged_on=signed, replied_on=signed, reply="已办")
    order(unit, date(2023, 6, 26), acknowledged_on=signed, returned_on=signed)
    silent = EntryFactory(unit=unit, state=EntryState.COMPLETED, contact_name="厂长", contact_phone="0736-4210000")
    request = asked(unit)
    set_aside = EntryFactory(unit=unit, state=EntryState.REJECTED)
    draw(span=span_of(date(2023, 5, 10), weekly=False), at=at(date(2023, 6, 1)))
    return late, open_one, unsigned, silent, request, set_aside


def shown(user):
    return {
        panel.name: ({number.label: number.count for number in panel.numbers}, [line.title for line in panel.lines])
        for panel in panels(user, TODAY)
    }


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("office", {"督办单", "电话回访", "值班", "撤单质检"}),
        ("coordinator", {"督办单", "电话回访", "值班"}),
        ("unit_leader", {"督办单", "电话回访", "待批申请"}),
        ("city_leader", {"督办单", "电话回访", "待批申请"}),
        ("admin", {"督办单", "电话回访", "待批申请", "值班", "撤单质检"}),
    ],
)
def test_each_sees_what_waits_by_what_is_due_and_counted(who, names, request, police, court):
    late, open_one, unsigned, silent, asked_for, set_aside = a_busy_month(police)
    returned = SupervisionOrder.objects.get(returned_on__isnull=False)
    gap = shift(UserFactory(unit=police, is_active=False), date(2023, 6, 30))
    user = request.getfixturevalue(who)
    found = shown(user)
    expected = {
        "督办单": (
            {
                "逾期未回复": 1,
                "待签收": 1,
                "待回复": 1,
                "退回重报": 1,
                **({"待认可": 1} if user.role == "leader" else {}),
            },
            [f"{one.number} {one.entry.title}" for one in (late, open_one, unsigned, returned)],
        ),
        "电话回访": ({"5 个工作日没有答复": 1}, [silent.title]),
        "待批申请": ({"延期、挂账": 1}, [asked_for.title]),
        "撤单质检": ({"等我复核": 1}, [set_aside.title]),
        "值班": ({"来不了、要另排的": 1}, [f"{gap.words} {gap.officer}"]),
    }
    assert found == {name: expected[name] for name in names}
    assert waiting_number(user, TODAY) == sum(sum(numbers.values()) for numbers, _ in found.values())


def test_each_number_opens_the_list_of_exactly_these(client, police, court, admin, monkeypatch):
    a_busy_month(police), order(court, date(2023, 6, 25))
    shift(UserFactory(unit=police, is_active=False), date(2023, 6, 30))
    monkeypatch.setattr("duty.views.week.today", lambda: TODAY)
    for module in ("ledger.filters.supervision", "ledger.filters.entries"):
        monkeypatch.setattr(f"{module}.today", lambda: TODAY)
    client.force_login(admin)
    for panel in panels(admin, TODAY):
        for number in panel.numbers:
            assert client.get(number.url).context["page"].paginator.count == number.count, number.label


def test_call_back_is_recorded_right_from_there(client, police, coordinator, unit_leader):
    silent = a_busy_month(police)[3]
    step = f"{reverse('ledger:entry-move', args=[silent.pk, 'confirm'])}?overdue=unanswered&queue=to_confirm"
    line = next(panel for panel in panels(coordinator, TODAY) if panel.name == "电话回访").lines[0]
    assert (line.step_url, "厂长 0736-4210000" in line.facts) == (step, True)
    client.force_login(coordinator)
    assert client.get(step).status_code == 200
    seen_by_leader = next(panel for panel in panels(unit_leader, TODAY) if panel.name == "电话回访").lines[0]
    assert (seen_by_leader.step_url, "0736" in seen_by_leader.facts) == ("", False)


def test_another_units_are_nobody_elses(police, court, coordinator):
    a_busy_month(court)
    assert all((panel.count, panel.lines) == (0, []) for panel in panels(coordinator, TODAY))


def test_nothing_waiting_says_what_would_come(client, city_leader):
    client.force_login(city_leader)
    page = client.get(reverse("desk:waiting")).content.decode()
    assert ("全市待办 · 0 件" in page, page.count("没有等")) == (True, 3)


@pytest.mark.parametrize("rows", [1, 3])
def test_waiting_page_and_its_number_cost_the_same(client, police, unit_leader, rows, django_assert_num_queries):
    today = date.today()  # noqa: DTZ011 -- the page's own day
    for _ in range(rows):
        order(police, today + timedelta(days=9)), asked(police)
    client.force_login(unit_leader)
    client.get(reverse("desk:waiting"))
    with django_assert_num_queries(10):
        assert client.get(reverse("desk:waiting")).content.decode().count("line-title") == 2 * rows
    with django_assert_num_queries(7):
        assert f">{2 * rows}<" in client.get(reverse("desk:waiting-count")).content.decode()
