"""Every number printed on a page that opens a list is the length, or the sum, of the list it opens.

Crawled over every figure page as a unit's leader, a coordinator of the same unit and the city's leader see it, in an
office whose unit has a unit below it. What a link shows is read from the page as a reader reads it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from accounts.models import Unit
from common.periods import SHANGHAI, Period
from jobs.guards import no_guard
from ledger.models import ActionPlan
from ledger.states import Action, EntryState
from reports.closing.books import close_period
from reports.closing.target_day import freeze_target_days
from reports.figures.counting import recount
from reports.weekly.freezing import freeze_weeks
from tests.clients import unrendered
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory, UnitFactory, move
from tests.factories.reports import BriefingFactory
from tests.reports.office import furnish

pytestmark = pytest.mark.django_db
H1, H2 = Period.parse("2023H1"), Period.parse("2023H2")
NOW = datetime(2023, 11, 20, 9, tzinfo=SHANGHAI)
LISTS = ("/records/", "/ledger/entries/?", "/ledger/activities/?", "/cases/?", "/enterprises/?", "/ledger/surveys/?")
NUMBER = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(police, court, admin):
    """Two police units and the court, each with something behind every figure; one half-year closed, one running."""
    kid = UnitFactory(name="样例派出所", parent=police, kind=police.kind)
    ActionPlan.objects.update_or_create(
        year=2023, defaults={"title": "方案", "target_on": date(2023, 10, 31), "concentrated_from": date(2023, 6, 1)}
    )
    furnish([police, kid, court])
    states = (EntryState.HANDLING, EntryState.CLOSED, EntryState.COMPLETED, EntryState.DEFERRED, EntryState.DUPLICATE)
    for unit in (police, kid, court):
        ActivityFactory(unit=unit, enterprise=EnterpriseFactory(), happened_on=date(2023, 9, 4), times=3)
        for n, state in enumerate(states):
            EntryFactory(unit=unit, registered_on=date(2023, 9, 1 + n), state=state, moved_on=date(2023, 10, 9))
    helped = EntryFactory(unit=court, registered_on=date(2023, 11, 1), state=EntryState.HANDLING)
    helped.supporting_units.add(kid)
    passed = EntryFactory(unit=police, registered_on=date(2023, 11, 2), state=EntryState.HANDLING)
    move(passed, Action.TRANSFER, actor=admin, day=date(2023, 11, 3), lead_unit=court, note="归那边管")
    recount(H1, NOW)
    close_period(period=H1, actor=admin, now=NOW, reason="试用")
    recount(H2, NOW)
    freeze_weeks(at=NOW, guard=no_guard)
    freeze_target_days(now=NOW, guard=no_guard)
    return {"unit": police, "kid": kid}


def pages(user, briefing) -> Iterator[str]:
    """Addresses of every page that tells figures."""
    yield "/"
    yield reverse("desk:waiting")
    for period in (H1, H2):
        for of in ("", "&of=all"):
            yield f"{reverse('reports:dashboard')}?period={period.code}{of}"
            yield f"{reverse('reports:dashboard-more')}?period={period.code}{of}"
        for by in ("", "&by=unit", "&by=workstream", "&by=month"):
            yield f"{reverse('reports:tally')}?period={period.code}{by}"
        yield f"{reverse('reports:indicators')}?period={period.code}"
        yield reverse("reports:period", args=[period.code])
        yield reverse("reports:period-comparison", args=[period.code])
        yield reverse("reports:period-sign", args=[period.code])
    for day in ("", "?on=2023-06-30", "?on=2023-10-31&of=all", "?on=2023-09-20"):
        yield reverse("reports:rates") + day
    yield reverse("reports:target", args=[2023])
    yield reverse("reports:weekly")
    yield reverse("reports:weekly") + "?week=2023-11-13"
    yield reverse("ledger:entry-list")
    if briefing and user.can("briefing.edit"):
        yield reverse("reports:briefing-detail", args=[briefing.pk])


def links(page: str) -> Iterator[tuple[str, list[str]]]:
    """Addresses of lists and the numbers that stand in what is pressed to open them, names of units left out."""
    names = re.compile("|".join(sorted(map(re.escape, Unit.objects.values_list("name", flat=True)), key=len)[::-1]))
    for one in html.fromstring(page).iter("a"):
        url, text = one.get("href") or "", names.sub("", " ".join(one.itertext()))
        numbers = [found.replace(",", "") for found in NUMBER.findall(text)]
        if url.startswith(LISTS) and numbers:
            yield url, numbers


def opened(client, url: str) -> list[str]:
    """What a list says of itself: the number above it and how many rows it has."""
    with unrendered():
        answer = client.get(url)
    assert answer.status_code == 200, url
    above = answer.context.get("shown")
    told = f"{above.figure} {above.number.exact}" if above is not None and hasattr(above, "figure") else ""
    return [found.replace(",", "") for found in NUMBER.findall(f"{told} {answer.context['page'].paginator.count}")]


def crawl(client, user, briefing, every: int) -> tuple[int, list[tuple[str, str, list[str], list[str]]]]:
    """How many numbers were followed, each of them or one of `every` so many; and those that are not what they open:
    page, list, shown there, told here."""
    known: dict[str, list[str]] = {}
    wrong, followed = [], 0
    client.force_login(user)
    for address in pages(user, briefing):
        answer = client.get(address)
        assert answer.status_code in (200, 302, 403, 404), address
        if answer.status_code != 200:
            continue
        for url, numbers in islice(links(answer.content.decode()), 0, None, every):
            followed += 1
            if url not in known:
                known[url] = opened(client, url)
            if not set(numbers) & set(known[url]):
                wrong.append((address, url, numbers, known[url]))
    return followed, wrong


def test_every_number_of_every_page_is_that_of_the_list_it_opens(client, office, unit_leader, city_leader, coordinator):
    text = "服务{relief_services}次，化解{problems_resolved}个，化解率{resolution_rate}。"
    briefing = BriefingFactory(period=H2.code, text=text)
    # The coordinator sees what the leader of the unit sees, in lists that are made for each: some of them will do.
    for user, every in ((unit_leader, 1), (city_leader, 1), (coordinator, 5)):
        followed, wrong = crawl(client, user, briefing, every)
        assert not wrong, wrong
        assert followed * every > 1_000
