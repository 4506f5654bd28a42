from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import PRESSING, Colour, last_yellow_day, light_of, light_q
from ledger.models import ProblemEntry
from ledger.states import EntryState
from tests.factories import EntryFactory


def lit(state, deadline, today):
    return light_of(ProblemEntry(state=state, deadline=deadline), today, working_calendar())


FRIDAY = date(
    2023, 9, 22
)  # the week before 中秋 and 国庆: 29 September to 6 October are holidays, 7 and 8 October work


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "colour", "words"),
    [
        (date(2023, 9, 18), "green", "剩 4 个工作日"),
        (date(2023, 9, 19), "yellow", "剩 3 个工作日"),
        (FRIDAY, "yellow", "今天到期"),
        (date(2023, 9, 23), "red", "已逾期"),
        (date(2023, 9, 25), "red", "逾期 1 个工作日"),
        (date(2023, 10, 8), "red", "逾期 6 个工作日"),
    ],
)
def test_light_counts_working_days_with_holidays_and_make_up_days(today, colour, words):
    light = lit(EntryState.HANDLING, FRIDAY, today)
    assert (light.colour, light.words) == (colour, words)


@pytest.mark.django_db
def test_light_says_so_when_only_days_off_are_left():
    assert lit(EntryState.ASSIGNED, date(2023, 9, 24), date(2023, 9, 23)).words == "不足 1 个工作日"


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(EntryState) - EntryState.WORKING))
def test_no_light_burns_once_the_deadline_no_longer_runs(state):
    assert lit(state, FRIDAY, date(2023, 12, 1)) is None


@pytest.mark.django_db
def test_no_light_without_a_deadline():
    assert lit(EntryState.REGISTERED, None, FRIDAY) is None


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@given(
    exceptions=st.dictionaries(DAYS, st.booleans(), max_size=30),
    today=DAYS,
    deadlines=st.lists(st.one_of(st.none(), DAYS), min_size=4, max_size=4),
    paused=st.lists(st.booleans(), min_size=4, max_size=4),
    warned=st.lists(st.booleans(), min_size=4, max_size=4),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_light_in_the_query_is_the_light_on_the_page(four, exceptions, today, deadlines, paused, warned):
    calendar = WorkingCalendar(exceptions, 2026)
    for entry, deadline, waits, urged in zip(four, deadlines, paused, warned, strict=True):
        entry.deadline = deadline or (None if entry.state in {"registered", "accepted"} else today)
        entry.paused_on = today - timedelta(days=2) if waits else None
        entry.yellow_reason = "没有进展" if urged else ""
    fields = ["deadline", "paused_on", "yellow_reason"]
    ProblemEntry.objects.bulk_update(four, fields)
    until = last_yellow_day(today, calendar)
    shown = {entry.pk: light_of(entry, today, calendar) for entry in four}
    for colour in Colour.values:
        asked = ProblemEntry.objects.filter(light_q(colour, today, until)).values_list("pk", flat=True)
        assert set(asked) == {pk for pk, light in shown.items() if light and light.colour == colour}
    order = ["red", "yellow", "green", "paused", None]
    urged = set(ProblemEntry.objects.exclude(yellow_reason="").values_list("pk", flat=True))  # stand by their deadline
    pressing = ProblemEntry.objects.annotate(by=PRESSING).order_by("by", "pk").values_list("pk", flat=True)
    ranks = [order.index(shown[pk] and shown[pk].colour) for pk in pressing if pk not in urged]
    assert ranks == sorted(ranks)


@pytest.fixture
def four(db):
    """One in each of four states, two of which may have no deadline and one of which has no light."""
    states = [EntryState.REGISTERED, EntryState.ASSIGNED, EntryState.HANDLING, EntryState.COMPLETED]
    return [EntryFactory(state=state) for state in states]


@pytest.fixture
def coloured(police):
    """One entry of each light and one without, by the words of its light."""
    today = timezone.localdate()
    calendar = working_calendar()
    entries = {name: EntryFactory(unit=police, state=EntryState.HANDLING) for name in Colour.values}
    entries["none"] = EntryFactory(unit=police, state=EntryState.COMPLETED)
    until = {"red": today - timedelta(days=9), "yellow": calendar.add(today, 3), "green": calendar.add(today, 9)}
    for name, entry in entries.items():
        paused = today - timedelta(days=30) if name == "paused" else None
        ProblemEntry.objects.filter(pk=entry.pk).update(deadline=until.get(name, today), paused_on=paused)
    return {name: entry.number for name, entry in entries.items()}


@pytest.mark.parametrize("colour", Colour.values)
def test_list_and_export_filter_by_light(client, office, coloured, colour):
    client.force_login(office)
    page = client.get(reverse("ledger:entry-list"), {"light": colour})
    assert [entry.number for entry in page.context["page"].object_list] == [coloured[colour]]
    assert [entry.light.colour for entry in page.context["page"].object_list] == [colour]
    sheet = client.get(reverse("ledger:entry-export"), {"light": colour})
    assert sheet.status_code == 200


def test_list_sorts_by_light_and_pages_by_it(client, office, coloured):
    client.force_login(office)
    page = client.get(reverse("ledger:entry-list"), {"sort": "light"})
    expected = [coloured[name] for name in (*Colour.values, "none")]
    assert [entry.number for entry in page.context["page"].object_list] == expected
    page = client.get(reverse("ledger:entry-list"), {"sort": "-light", "from": "nonsense"})
    assert [entry.number for entry in page.context["page"].object_list] == expected[::-1]


def test_long_wait_for_the_enterprise_is_a_filter_of_its_own(client, office, coloured):
    client.force_login(office)
    page = client.get(reverse("ledger:entry-list"), {"overdue": "long"})
    assert [entry.number for entry in page.context["page"].object_list] == [coloured["paused"]]
