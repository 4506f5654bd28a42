"""Going through a queue: each step leads to the next of the same list, until there is none."""

import pytest
from django.urls import reverse

from ledger.models import ProblemEntry
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory, move

pytestmark = pytest.mark.django_db
A, S = Action, EntryState
LIST, HOME = reverse("ledger:entry-list"), reverse("desk:home")
QUEUE = "?queue=to_accept&sort=deadline"


def page_of(entry: ProblemEntry) -> str:
    return reverse("ledger:entry-detail", args=[entry.pk])


def step(client, entry: ProblemEntry, action: Action, query: str = "", **given):
    entry.refresh_from_db()
    address = f"{reverse('ledger:entry-move', args=[entry.pk, action])}{query}"
    return client.post(address, {"version": entry.version, **given})


@pytest.fixture
def three(police):
    return [EntryFactory(unit=police, title=f"第{n}件") for n in "一二三"]


def test_each_step_leads_to_the_next_of_the_queue_and_the_last_one_back_to_the_list(client, coordinator, court, three):
    EntryFactory(unit=court, title="别的单位的")
    client.force_login(coordinator)
    first, second, third = three
    page = client.get(f"{page_of(first)}{QUEUE}")
    assert "待受理 · 还有 2 件" in page.content.decode()
    assert f'href="{page_of(second)}?queue=to_accept&amp;sort=deadline"' in page.content.decode()
    assert step(client, first, A.ACCEPT, QUEUE).url == f"{page_of(second)}{QUEUE}"
    assert step(client, second, A.REJECT, QUEUE, note="不属受理范围").url == f"{page_of(third)}{QUEUE}"
    end = step(client, third, A.ACCEPT, QUEUE)
    assert end.url == f"{LIST}{QUEUE}"
    told = client.get(end.url).content.decode()
    assert f"{third.number} 已受理" in told
    assert "“待受理”里没有要办的了" in told
    assert f'href="{LIST}?queue=to_assign"' in told


def test_what_was_passed_over_comes_at_the_end_and_what_another_took_is_left_out(client, coordinator, office, three):
    client.force_login(coordinator)
    first, second, third = three
    assert step(client, second, A.ACCEPT, QUEUE).url == f"{page_of(third)}{QUEUE}"
    assert step(client, third, A.ACCEPT, QUEUE).url == f"{page_of(first)}{QUEUE}"
    fourth, fifth = (EntryFactory(unit=first.unit) for _ in range(2))
    move(fourth, A.ACCEPT, actor=office)
    assert step(client, first, A.ACCEPT, QUEUE).url == f"{page_of(fifth)}{QUEUE}"


def test_the_order_and_the_other_filters_of_the_list_are_kept(client, coordinator, police, three):
    """Newest first, as the list has it unless asked otherwise; only those found by the words."""
    client.force_login(coordinator)
    EntryFactory(unit=police, title="别的事")
    query = "?q=件&state=registered"
    listed = client.get(f"{LIST}{query}")
    shown = [entry.pk for entry in listed.context["page"].object_list]
    assert shown == [entry.pk for entry in reversed(three)]
    entry = three[2]
    carried = listed.context["carried"]
    assert f'href="{page_of(entry)}{carried.replace("&", "&amp;")}"' in listed.content.decode()
    assert step(client, entry, A.ACCEPT, carried).url == f"{page_of(three[1])}{carried}"


def test_an_entry_that_stays_in_the_list_stays_on_the_screen(client, coordinator, three):
    client.force_login(coordinator)
    assert step(client, three[0], A.ACCEPT, "?q=第一件").url == f"{page_of(three[0])}?q=%E7%AC%AC%E4%B8%80%E4%BB%B6"
    assert step(client, three[1], A.ACCEPT).url == page_of(three[1])
    assert step(client, three[2], A.ACCEPT, "?queue=nonsense&sort=deadline").url == page_of(three[2])


def test_the_form_of_the_step_that_the_queue_waits_for_is_opened_with_the_page(client, coordinator, three):
    client.force_login(coordinator)
    form = f'hx-get="{reverse("ledger:entry-move", args=[three[0].pk, "accept"])}?queue=to_accept&amp;sort=deadline"'
    opened = client.get(f"{page_of(three[0])}{QUEUE}").content.decode()
    assert opened.count(form) == 2  # the button, and the place of the form itself
    for query in ("", "?q=第一件", "?queue=to_assign"):
        page = client.get(f"{page_of(three[0])}{query}").content.decode()
        assert page.count(f'hx-get="{reverse("ledger:entry-move", args=[three[0].pk, "accept"])}') == 1, query


def test_an_entry_handed_to_another_unit_is_told_of_and_the_next_one_follows(client, court, police):
    handler = UserFactory(unit=police, coordinator=True)
    first, second = (EntryFactory(unit=court, lead_unit=police, state=S.ASSIGNED) for _ in range(2))
    client.force_login(handler)
    query = "?queue=to_acknowledge&sort=number"
    gone = step(client, first, A.TRANSFER, query, lead_unit=court.pk, note="属法院职责")
    assert gone.url == f"{page_of(second)}{query}"
    assert f"{first.number} 已不归您的单位" in client.get(gone.url).content.decode()


def test_home_leads_into_the_round(client, coordinator, three):
    client.force_login(coordinator)
    assert f"{page_of(three[0])}?queue=to_accept&amp;sort=deadline" in client.get(HOME).content.decode()


def test_a_round_of_a_past_day_is_none(client, coordinator, three):
    client.force_login(coordinator)
    assert client.get(LIST, {"asof": "2023-06-01", "state": "registered"}).context["carried"] == ""
    page = client.get(f"{page_of(three[0])}?asof=2023-06-01&state=registered")
    assert "round-bar" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_page_in_a_round_takes_the_same_statements(client, coordinator, police, rows, django_assert_num_queries):
    entries = [EntryFactory(unit=police) for _ in range(rows + 1)]
    client.force_login(coordinator)
    client.get(f"{page_of(entries[0])}{QUEUE}")
    with django_assert_num_queries(17):
        client.get(f"{page_of(entries[0])}{QUEUE}")
