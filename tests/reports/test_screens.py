import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from common.clock import today
from common.periods import Period
from ledger.states import EntryState
from reports.dashboard.first_screen import dashboard
from reports.dashboard.screens import NewScreen, make_screen, revoke_screen
from reports.models import Screen
from reports.views.screens import PER_MINUTE
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory

pytestmark = pytest.mark.django_db


def make(admin, unit=None, days=30):
    data = NewScreen("指挥大厅", unit, today() + timedelta(days=days))
    return make_screen(data=data, by=admin, now=timezone.now(), submission=None)


def show(client, key, **query):
    return client.get(reverse("reports:screen", args=[key]), query)


@pytest.fixture
def ledger(police, court):
    firm = EnterpriseFactory(name="津市样例机密有限公司")
    day = today() - timedelta(days=8)
    for unit, states in ((police, ["confirmed", "handling"]), (court, ["handling", "handling", "closed"])):
        for state in states:
            EntryFactory(
                unit=unit, enterprise=firm, title="老板张三被拖欠货款", state=EntryState(state), registered_on=day
            )
        ActivityFactory(unit=unit, enterprise=firm, happened_on=day, times=3)


def test_the_address_is_shown_once_and_only_its_hash_is_kept(client, admin):
    client.force_login(admin)
    form = {"name": "指挥大厅", "unit": "", "expires_on": today().isoformat(), "submission_key": str(uuid4())}
    page = client.post(reverse("reports:screen-create"), form).content.decode()
    key = re.search(r"/screen/([\w-]{43})/", page)[1]
    kept = Screen.objects.get()
    assert key not in repr(vars(kept))
    assert key not in client.get(reverse("reports:screen-list")).content.decode()
    again = client.post(reverse("reports:screen-create"), form).content.decode()
    assert "刚才已经建立" in again
    assert Screen.objects.count() == 1
    assert show(client, key).status_code == 200


@pytest.mark.parametrize(("days", "words"), [(-1, "有效期不能早于今天"), (800, "有效期最长两年，到期可以再建")])
def test_a_screen_ends_after_it_begins_and_not_too_late(client, admin, days, words):
    client.force_login(admin)
    form = {"name": "指挥大厅", "expires_on": (today() + timedelta(days=days)).isoformat()}
    answer = client.post(reverse("reports:screen-create"), form)
    assert answer.context["form"].errors == {"expires_on": [words]}


def test_a_wall_opens_without_a_session_and_leaves_none(client, admin, ledger):
    _, key = make(admin)
    answer = show(client, key)
    page = answer.content.decode()
    assert (answer.status_code, dict(client.cookies)) == (200, {})
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    assert "style=" not in page
    part = show(client, key, part=1).content.decode()
    assert "<html" not in part
    assert "data-wall" in part


def test_a_key_opens_nothing_else(client, admin, unit_leader, ledger):
    _, key = make(admin)
    show(client, key)
    for name in ("reports:dashboard", "reports:tally", "reports:screen-list", "ledger:entry-list"):
        answer = client.get(reverse(name), {"key": key, "token": key}, headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("accounts:login"))
    assert client.post(reverse("reports:screen", args=[key])).status_code == 405


@pytest.mark.parametrize("whole", [True, False])
def test_a_wall_shows_its_units_numbers_and_nobodys_name(client, admin, city_leader, unit_leader, ledger, whole):
    _, key = make(admin, None if whole else unit_leader.unit)
    answer = show(client, key)
    page, wall = answer.content.decode(), answer.context["wall"]
    board = dashboard(city_leader if whole else unit_leader, Period.half_of(today()), today(), timezone.now())
    told = [(card.value, card.change) for card in wall.cards]
    assert told == [(card.value, card.change) for card in board.cards]
    assert wall.rates == board.rates
    assert wall.burnup.chart == board.burnup.chart
    assert [line.share for line in wall.units] == board.units
    assert [one.rates.total for one in wall.matters] == [one.rates.total for one in board.matters]
    assert wall.overdue == board.overdue
    for secret in ("张三", "机密有限公司", "JS-"):
        assert secret not in page
    assert ("市人民法院" in page or "法院" in page) is whole


@pytest.mark.parametrize("how", ["revoked", "expired", "unknown"])
def test_a_wall_that_was_stopped_shows_nothing_any_more(client, admin, ledger, how):
    screen, key = make(admin)
    if how == "revoked":
        assert revoke_screen(screen=screen, by=admin, now=timezone.now())
        assert not revoke_screen(screen=screen, by=admin, now=timezone.now())
    elif how == "expired":
        Screen.objects.update(expires_on=today() - timedelta(days=1))
    answer = show(client, key if how != "unknown" else "x" * 43)
    assert answer.status_code == (404 if how == "unknown" else 410)
    assert "data-wall" not in answer.content.decode()


def test_the_list_tells_when_and_from_where_a_wall_was_last_open(client, admin):
    screen, key = make(admin)
    show(client, key)
    screen.refresh_from_db()
    assert (screen.seen_from, screen.seen_at <= timezone.now()) == ("127.0.0.1", True)
    before = screen.seen_at
    show(client, key, part=1)
    screen.refresh_from_db()
    assert screen.seen_at == before


def test_too_many_requests_from_one_address_are_refused(client, admin):
    for _ in range(PER_MINUTE):
        show(client, "wrong")
    assert show(client, make(admin)[1]).status_code == 429


@pytest.mark.parametrize("rows", [1, 3])
def test_wall_query_budget(client, admin, police, rows, django_assert_num_queries):
    EntryFactory.create_batch(rows, unit=police, state=EntryState.HANDLING, registered_on=today() - timedelta(days=40))
    _, key = make(admin)
    show(client, key)
    with django_assert_num_queries(8):
        show(client, key, part=1)


@pytest.mark.parametrize("rows", [1, 3])
def test_screen_list_query_budget(client, admin, rows, django_assert_num_queries):
    for _ in range(rows):
        make(admin)
    client.force_login(admin)
    client.get(reverse("reports:screen-list"))
    with django_assert_num_queries(4):
        client.get(reverse("reports:screen-list"))
