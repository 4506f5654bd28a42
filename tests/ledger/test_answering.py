"""本单位逾期 is one number wherever it is shown: what the unit and those below it answer for; its list has just that.

Three units: police with a station under it, and a court. Every entry is overdue; the police only support one of the
court's and only registered another, the court supports one of theirs.
"""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from accounts.units.trees import Viewer
from common.periods import SHANGHAI, Period
from jobs.runner import run_job
from ledger.models import Notice, NoticeKind, ProblemEntry, SupportingUnit
from ledger.services.supervising.ladder import climb
from ledger.states import Action, EntryState
from ledger.tasks import ask_for_due_work
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annexes import annexes
from reports.dashboard.wall import wall
from reports.weekly.page import week_page
from tests.factories import EntryFactory, UnitFactory, UserFactory, move

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture
def station(police):
    return UnitFactory(name="样例派出所", short_name="派出所", parent=police, kind=police.kind)


def late(unit, deadline, **fields):
    """An entry being handled, by the real moves, which give it fourteen days."""
    return EntryFactory(unit=unit, registered_on=deadline - timedelta(days=14), state=EntryState.HANDLING, **fields)


@pytest.fixture
def entries(police, station, court):
    """By who answers for them."""
    found = {
        "police": [late(police, date(2026, 11, 20)), late(court, date(2026, 11, 6), lead_unit=police)],
        "station": [
            late(station, date(2026, 11, 13)),
            late(police, date(2026, 11, 18), lead_unit=station),
            late(station, date(2026, 11, 19)),
        ],
        "court": [late(court, date(2026, 11, 17)), late(police, date(2026, 11, 12), lead_unit=court)],
    }
    SupportingUnit.objects.create(entry=found["court"][0], unit=police)
    SupportingUnit.objects.create(entry=found["police"][0], unit=court)
    SupportingUnit.objects.create(entry=found["station"][0], unit=police)
    late(police, date(2026, 11, 30))
    waiting = late(police, date(2026, 11, 2))
    move(waiting, Action.PAUSE, actor=waiting.handler, day=date(2026, 10, 30), note="等企业补交材料")
    return found


WHO = {  # whose units, and how many of the entries other units answer for they only support, only registered
    "police": (["police", "station"], 1, 1),
    "station": (["station"], 0, 0),
    "court": (["court"], 1, 1),
    "city": (["police", "station", "court"], 0, 0),
}


@pytest.fixture(params=WHO)
def who(request, police, station, court, entries):
    units = {"police": police, "station": station, "court": court, "city": police}
    answered = [entry for name in WHO[request.param][0] for entry in entries[name]]
    return units[request.param], request.param == "city", answered, WHO[request.param][1:]


def page(client, url):
    with time_machine.travel(NOW, tick=False):
        return client.get(url).context


def listed(client, url):
    return [entry.pk for entry in page(client, url)["page"].object_list]


def most_late_first(entries):
    return [entry.pk for entry in sorted(entries, key=lambda entry: entry.deadline)]


def test_a_leader_reads_one_number_on_dashboard_list_wall_weekly_and_briefing(client, who):
    unit, city, answered, (supported, registered) = who
    user = UserFactory(unit=unit, leader=True, city_wide=city)
    client.force_login(user)
    board = page(client, reverse("reports:dashboard"))["dashboard"]
    assert (board.overdue, board.late.supported) == (len(answered), supported)
    assert listed(client, board.late.url) == most_late_first(answered)
    assert len(listed(client, board.late.supported_url)) == supported
    assert len(listed(client, f"{reverse('ledger:entry-list')}?overdue=1&ours=registered")) == registered
    assert [entry.pk for entry in board.lights] == most_late_first(answered)[:5]
    with time_machine.travel(NOW, tick=False):
        shown = wall(Viewer(None if city else unit), TODAY, NOW)
        week = week_page(user, TODAY, TODAY)
        scope = Scope(Period.parse("2026H2"), TODAY, None if city else unit)
        lights = dict(annexes(scope, NOW).lights)
    assert shown.overdue == len(answered)
    assert (week.total.overdue, sum(line.overdue for line in week.lines)) == (len(answered), len(answered))
    assert lights["红灯"] == len(answered)


def test_a_coordinator_reads_the_same_number_on_the_first_page_in_the_list_and_in_the_mail(client, who):
    unit, city, answered, (supported, _) = who
    user = UserFactory(unit=unit, coordinator=True, city_wide=city, email="clerk@example.org")
    client.force_login(user)
    home = page(client, reverse("desk:home"))["home"]
    queue = next(queue for queue in home.queues if queue.name == "逾期")
    assert (home.overdue, queue.count) == (len(answered), len(answered))
    assert [entry.pk for entry in queue.rows] == most_late_first(answered)[:5]
    assert listed(client, f"{reverse('ledger:entry-list')}?{queue.query}") == most_late_first(answered)
    if supported:
        assert home.supported.words == f"另有协办 {supported} 件"
        assert len(listed(client, f"{reverse('ledger:entry-list')}?{home.supported.query}")) == supported
    else:
        assert home.supported is None
    with time_machine.travel(NOW, tick=False):
        ask_for_due_work()
        while run_job():
            pass
    [message] = [one for one in mail.outbox if one.to == [user.email]]
    assert f"逾期 {len(answered)} 件" in message.subject


def test_a_notice_tells_what_is_overdue_in_all_beside_what_climbed_today(police, station, court, entries):
    leaders = {unit: UserFactory(unit=unit, leader=True) for unit in (police, station, court)}
    for day in (17, 18, 19, 20, 23):
        climb(at=datetime(2026, 11, day, 9, tzinfo=SHANGHAI))
    Notice.objects.all().delete()
    climb(at=NOW)  # three working days after 18 November
    late(station, date(2026, 11, 19))
    late(station, date(2026, 11, 19))
    climb(at=datetime(2026, 11, 25, 9, tzinfo=SHANGHAI))
    told = Notice.objects.filter(recipient=leaders[station], kind=NoticeKind.OVERDUE).order_by("pk")
    words = list(told.values_list("words", flat=True))
    assert words[-1].startswith("3 件问题逾期，请督促办理：")
    assert words[-1].endswith("；连同以前告知的，本单位现逾期 5 件")


def test_a_unit_filter_means_the_tree_and_its_own_level_where_asked(client, police, entries, city_leader):
    client.force_login(city_leader)
    url = reverse("ledger:entry-list")
    both = most_late_first([*entries["police"], *entries["station"]])
    assert listed(client, f"{url}?overdue=1&answerable={police.pk}") == both
    assert listed(client, f"{url}?overdue=1&answerable={police.pk}&only=1") == most_late_first(entries["police"])
    assert listed(client, f"{url}?overdue=1&lead_unit={police.pk}") == both
    assert listed(client, f"{url}?overdue=1&answerable={police.pk}&sort=-deadline") == both[::-1]
    filters = page(client, f"{url}?answerable={police.pk}&only=1")["filter"]
    assert filters.words == "责任单位：市公安局；所选单位含下级：仅本级"


def test_before_an_entry_is_assigned_the_unit_that_received_it_answers(client, police, court):
    entry = late(police, date(2026, 11, 20))
    clerk = UserFactory(unit=police, coordinator=True)
    move(entry, Action.RETURN, actor=clerk, day=date(2026, 11, 23), note="不属本单位职责")
    ProblemEntry.objects.filter(pk=entry.pk).update(lead_unit=None)
    for unit, number in ((police, 1), (court, 0)):
        client.force_login(UserFactory(unit=unit, leader=True))
        assert page(client, reverse("reports:dashboard"))["dashboard"].overdue == number


def test_what_is_only_supported_is_told_where_nothing_of_ones_own_presses(client, police, court):
    SupportingUnit.objects.create(entry=late(court, date(2026, 11, 20)), unit=police)
    client.force_login(UserFactory(unit=police, leader=True))
    board = page(client, reverse("reports:dashboard"))["dashboard"]
    assert (board.overdue, board.late.supported, board.lights) == (0, 1, [])
