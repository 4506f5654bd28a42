import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from common.periods import Period
from common.rounding import rounded_count, rounded_money
from enterprises.models import Workstream
from ledger.models import ActivityKind, ActivityOutput, Measure
from reports.figures.registry.indicators import DECLARED, INDICATORS, Prose
from reports.figures.sequels import SEQUELS
from reports.records.listings import LISTINGS
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory, RecoveryFactory
from tests.reports.office import furnish
from tests.reports.recount import Recount

H1 = Period.parse("2023H1")
SAMPLES = Path(__file__).parent / "published_2023h1.json"
PUBLISHED = json.loads(SAMPLES.read_text(encoding="utf-8"))["figures"]
WORDINGS = json.loads((Path(__file__).parent / "wordings.json").read_text(encoding="utf-8"))
# the value the demo office has for each published figure
VALUES = {
    "relief_services": 213,
    "problems_resolved": 113,
    "losses_total": Decimal("45361000"),
    "leader_resolved": 34,
    "duty_attendance": 126,
    "hazards_found": 44,
    "losses_recovered": Decimal("103000"),
    "department_services": 16,
    "enforcement_collected": Decimal("40560000"),
    "leaflets": 2046,
    "advice_given": 206,
    "survey_forms": 304,
}


def test_every_published_figure_is_declared_once_under_its_published_name():
    published = {one["code"]: one["label"] for one in PUBLISHED} | {"concentrated_resolved": "集中化解"}
    assert {code: INDICATORS[code].label for code in published} == published
    assert [code for code, number in Counter(one.code for one in DECLARED).items() if number > 1] == []


@pytest.mark.parametrize("one", [*INDICATORS.values(), *SEQUELS.values()], ids=lambda one: one.code)
def test_a_declaration_has_all_that_a_figure_needs(one):
    """Its list of records, its group in the registry, the tables whose changes change it, since when it is counted."""
    assert LISTINGS[one.source.page].columns
    assert one.source.group
    assert one.source.reads
    assert one.history[0].since <= one.history[-1].since


@pytest.mark.django_db
def test_every_figure_is_counted_by_hand_as_well(police, court):
    furnish([police, court])
    by_hand = Recount(H1.start, H1.next_start, date(2023, 7, 2)).count().cells()
    assert set(INDICATORS) - {code for code, *_ in by_hand} == set()


@pytest.mark.parametrize("code", INDICATORS)
def test_a_definition_that_was_published_is_not_reworded_without_a_new_version(code):
    """Add the new wording under its version to wordings.json; those of before stay there."""
    one, known = INDICATORS[code], WORDINGS[code]
    assert known[str(one.version)] == one.definition
    assert [str(number) for number in range(1, one.version + 1)] == list(known)
    assert [revision.since for revision in one.history] == sorted(revision.since for revision in one.history)


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda one: one["code"])
def test_prose_prints_a_figure_as_it_was_published(published):
    indicator = INDICATORS[published["code"]]
    value = VALUES.get(published["code"], published["min"])
    assert indicator.text(value) == published["text"]


@pytest.mark.parametrize("published", [one for one in PUBLISHED if one["code"] in VALUES], ids=lambda one: one["code"])
def test_rounding_alone_prints_what_officials_print(published):
    value, headline = VALUES[published["code"]], published.get("headline", False)
    indicator = INDICATORS[published["code"]]
    words = (
        rounded_money(value, headline=headline)
        if indicator.is_money
        else rounded_count(value, indicator.unit_word, headline=headline)
    )
    assert words == published["text"]
    assert (indicator.prose == Prose.HEADLINE) == headline


def test_a_figure_published_for_one_matter_names_that_matter():
    names = {one["code"]: INDICATORS[one["code"]].home for one in PUBLISHED if INDICATORS[one["code"]].home}
    slugs = {"精致街区": "blocks", "五好园区": "park", "南北双环": "rings", "津市港": "port"}
    assert names == {one["code"]: slugs[one["workstream"]] for one in PUBLISHED if "workstream" in one}


@pytest.mark.django_db
class TestRecordsBehindAFigure:
    def test_are_those_of_the_units_a_person_sees(self, police, court, officer, city_leader):
        mine = ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
        other = ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT)
        ActivityFactory(unit=police, kind=ActivityKind.DUTY)
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2023, 7, 1))
        visits = INDICATORS["leader_visits"]
        assert list(visits.records(H1, officer)) == [mine]
        assert set(visits.records(H1, city_leader)) == {mine, other}
        assert list(visits.records(H1, city_leader, unit=court.pk)) == [other]
        assert list(visits.records(H1, officer, unit=court.pk)) == []

    def test_leave_out_what_a_unit_only_joined_since_its_figure_does(self, police, court, officer):
        """An officer sees an activity of another unit that they went along on; it counts for the other unit."""
        joined = ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT)
        joined.participants.add(officer)
        assert list(INDICATORS["leader_visits"].records(H1, officer)) == []

    def test_are_confirmations_where_events_are_counted(self, police, city_leader, officer, foreign_officer):
        entry = EntryFactory(unit=police, state="closed", led_by="市委常委", moved_on=date(2023, 6, 5))
        EntryFactory(unit=police, state="completed", moved_on=date(2023, 6, 5))
        for code in ("problems_resolved", "leader_resolved"):
            for user in (city_leader, officer):
                [confirmed] = INDICATORS[code].records(H1, user)
                assert (confirmed.entry, confirmed.action) == (entry, "confirm")
            assert list(INDICATORS[code].records(H1, foreign_officer)) == []

    def test_are_firms_where_firms_are_counted_once(self, police, city_leader):
        firm = EnterpriseFactory()
        ActivityFactory.create_batch(2, unit=police, enterprise=firm)
        assert list(INDICATORS["enterprises_covered"].records(H1, city_leader)) == [firm]

    def test_can_be_narrowed_to_a_matter(self, police, city_leader):
        park = Workstream.objects.get(slug="park")
        mine = ActivityOutput.objects.create(
            activity=ActivityFactory(unit=police, workstream=park), measure=Measure.HAZARDS, quantity=3
        )
        ActivityOutput.objects.create(activity=ActivityFactory(unit=police), measure=Measure.HAZARDS, quantity=4)
        assert list(INDICATORS["hazards_found"].records(H1, city_leader, workstream=park.pk)) == [mine]

    def test_show_nothing_to_the_auditor(self, police, auditor):
        RecoveryFactory()
        assert list(INDICATORS["losses_total"].records(H1, auditor)) == []
