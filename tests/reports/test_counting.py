from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import User, WorkGroup
from common.periods import SHANGHAI, Period, read_period
from enterprises.models import Industry
from jobs.models import Job
from jobs.runner import LeaseLostError, run_job
from ledger.models import ActivityKind, ClosedPeriod, ServiceActivity
from reports.dashboard.first_screen import dashboard
from reports.figures.counting import recount
from reports.figures.registry.indicators import INDICATORS
from reports.figures.requests import forget_tallies, look_at, request_tallies
from reports.figures.shares import OTHERS, compute_shares, shares
from reports.figures.tallies import compute
from reports.figures.values import UNSTATED
from reports.figures.watch import changed, marks
from reports.models import PeriodBook, Sequel, Share, Tally
from reports.records.numbers import total
from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory, EntryFactory, RecoveryFactory, UserFactory
from tests.imports.books import form_row, surveys
from tests.imports.test_undo import bring_in, undo

pytestmark = pytest.mark.django_db
H1, SPAN = Period.parse("2023H1"), read_period("2023-01-05..2023-03-31")
NOW = datetime(2023, 7, 2, 9, tzinfo=SHANGHAI)


def stored(period=H1) -> dict:
    figures = Tally.objects.of(period.code).values_list("indicator", "slot", "value")
    parts = Share.objects.of(period.code).values_list("indicator", "slot", "value")
    return {(code, slot): value for code, slot, value in [*figures, *parts]}


def counted(period=H1) -> dict:
    cells = [*compute(period, NOW.date()), *compute_shares(period)]
    return {(cell.indicator, cell.slot): cell.value for cell in cells}


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def office_records(police, court):
    """A little of everything, of two units."""
    firm = EnterpriseFactory(is_above_scale=True)
    for unit in (police, court):
        person = UserFactory(unit=unit)
        ActivityFactory(unit=unit, officer=person, enterprise=firm, kind=ActivityKind.LEADER_VISIT)
        EntryFactory(unit=unit, state="closed", enterprise=firm, handler=person)
        RecoveryFactory(case__unit=unit, case__officer=person)
    return firm


@pytest.mark.parametrize("period", [H1, SPAN, Period.parse("2023Q2"), Period.parse("2023M05"), Period.parse("2023")])
def test_what_is_stored_is_what_the_records_give_and_twice_is_once(office_records, period):
    assert recount(period, NOW).stored
    assert stored(period) == counted(period)
    assert recount(period, later(1)).sources == []
    assert stored(period) == counted(period)


@pytest.mark.parametrize(
    ("change", "sources"),
    [
        (lambda: ActivityFactory(), {"activities", "enterprises_served"}),
        (lambda: ServiceActivity.objects.all()[0].delete(), {"activities", "enterprises_served"}),
        (lambda: CaseFactory(kind="trademark"), {"cases"}),
        (lambda: RecoveryFactory(), {"recoveries"}),
        (lambda: EntryFactory(state="closed"), {"confirmations"}),
        (
            lambda: edited(User.objects.filter(activities__isnull=False)[0], work_group=WorkGroup.objects.all()[0]),
            {"activities"},
        ),
        (lambda: edited(ServiceActivity.objects.all()[0], times=9), {"activities"}),
    ],
)
def test_counting_only_what_changed_gives_what_counting_all_does(office_records, change, sources):
    recount(H1, NOW)
    change()
    done = recount(H1, later(1))
    assert stored() == counted()
    assert sources <= set(done.sources)
    assert "tasks" not in done.sources
    assert set(Tally.objects.values_list("computed_at", flat=True)) == {later(1)}


def edited(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_an_industry_that_changes_is_seen(office_records):
    recount(H1, NOW)
    edited(office_records, industry=Industry.objects.all()[1], is_above_scale=False)
    recount(H1, later(1))
    assert stored() == counted()


def test_an_import_and_its_undoing_are_seen(client, admin, tmp_path):
    """Written in bulk, with numbers reserved before: its rows of history come with them."""
    client.force_login(admin)
    before = marks(NOW)
    batch = bring_in(client, surveys(tmp_path / "样例.xlsx", [form_row(1), form_row(2)]))
    imported = marks(NOW)
    assert {"surveys", "confirmations", "registrations"} <= changed(before, imported)
    undo(client, batch)
    assert {"surveys", "confirmations", "registrations"} <= changed(imported, marks(NOW))


def test_two_counts_at_once_leave_the_newer(office_records):
    """The slower one had counted before the record came; it finds newer figures stored and starts over."""

    def another(step: int, words: str) -> None:
        if step == 2 and not ServiceActivity.objects.filter(times=5).exists():
            ActivityFactory(times=5)
            recount(H1, later(1))

    recount(H1, later(2), tell=another)
    assert stored() == counted()
    assert recount(H1, later(3)).sources == []


def test_a_count_cut_off_anywhere_leaves_the_old_figures_and_the_next_one_sees_all(office_records):
    recount(H1, NOW)
    before = stored()
    ActivityFactory()

    def taken_over() -> None:
        raise LeaseLostError

    for cut_off in ({"guard": taken_over}, {"tell": lambda step, words: taken_over() if step == 2 else None}):
        with pytest.raises(LeaseLostError):
            recount(H1, later(1), **cut_off)
        assert stored() == before
    recount(H1, later(2))
    assert stored() == counted()


class TestOtherPeriods:
    def test_are_counted_when_looked_at_and_again_when_records_change(self, office_records, city_leader):
        now = datetime.now(SHANGHAI)
        job = look_at(SPAN, city_leader, now)
        assert look_at(SPAN, city_leader, now) == job
        run_job(job.pk)
        assert stored(SPAN) == counted(SPAN)
        assert look_at(SPAN, city_leader, now) is None
        Job.objects.all().delete()
        ActivityFactory(happened_on=date(2023, 3, 31))
        assert SPAN.code in request_tallies(now=now)

    def test_are_forgotten_when_nobody_looks_while_half_years_stay(self, office_records):
        for period in (H1, SPAN):
            recount(period, NOW)
        PeriodBook.objects.filter(code=SPAN.code).update(asked_at=NOW)
        assert forget_tallies(now=NOW + timedelta(days=30)) == 0
        assert forget_tallies(now=NOW + timedelta(days=31)) == 1
        assert set(Tally.objects.values_list("period", flat=True)) == {"2023H1"}
        assert set(Share.objects.values_list("period", flat=True)) == {"2023H1"}

    def test_that_others_are_compared_with_are_forgotten_too(self, office_records, city_leader):
        for month in (1, 2, 3):
            span = read_period(f"2026-0{month}-02..2026-0{month}-20")
            dashboard(city_leader, span, date(2026, 11, 30), NOW)
        assert Tally.objects.values("period").distinct().count() == 6
        assert forget_tallies(now=NOW) == 0
        assert forget_tallies(now=NOW + timedelta(days=31)) == 6
        assert not Tally.objects.exists()
        assert not Sequel.objects.exists()

    def test_that_are_closed_are_left_alone(self, office_records, city_leader):
        recount(H1, NOW)
        before = stored()
        ClosedPeriod.objects.create(
            code="2023H1", starts_on=H1.start, ends_on=H1.end, closed_at=NOW, closed_by="管理员"
        )
        ActivityFactory()
        assert look_at(H1, city_leader, NOW) is None
        assert not recount(H1, later(1)).stored
        assert stored() == before


class TestShares:
    def test_of_officers_name_only_people_one_may_see(self, police, court, unit_leader, city_leader):
        mine, foreign = UserFactory(unit=police, name="干警甲"), UserFactory(unit=court, name="干警乙")
        for person, unit in ((mine, police), (foreign, police), (None, police), (foreign, court)):
            ActivityFactory(unit=unit, officer=person, kind=ActivityKind.LEADER_VISIT)
        recount(H1, NOW)
        seen = {who: shares(H1, who, "officer").values["leader_visits"] for who in (unit_leader, city_leader)}
        assert seen[unit_leader] == {"干警甲": 1, OTHERS: 1, UNSTATED: 1}
        assert seen[city_leader] == {"干警甲": 1, "干警乙": 2, UNSTATED: 1}

    def test_count_a_firm_once_for_each_group_however_many_units_went(self, police, court, city_leader, unit_leader):
        group, firm = WorkGroup.objects.all()[0], EnterpriseFactory(industry=Industry.objects.all()[0])
        for unit in (police, court, police):
            ActivityFactory(unit=unit, officer=UserFactory(unit=unit, work_group=group), enterprise=firm)
        recount(H1, NOW)
        for who in (city_leader, unit_leader):
            assert shares(H1, who, "group").values["enterprises_covered"] == {group.name: 1}
            assert shares(H1, who, "industry").values["enterprises_covered"] == {firm.industry.name: 1}

    def test_open_as_many_records_as_they_count(self, office_records, police, city_leader, unit_leader):
        group = WorkGroup.objects.all()[0]
        edited(User.objects.filter(activities__isnull=False)[0], work_group=group)
        ActivityFactory(unit=police, officer=None, enterprise=office_records)
        recount(H1, NOW)
        for who in (city_leader, unit_leader):
            for dimension in ("officer", "group", "industry"):
                part = shares(H1, who, dimension)
                cells = [(code, name, n) for code, of_one in part.values.items() for name, n in of_one.items()]
                assert cells
                for code, name, value in cells:
                    one = INDICATORS[code]
                    rows = one.records(H1, who, split={dimension: part.names[name]})
                    assert (code, name, total(one, rows)) == (code, name, value)


class TestPage:
    def test_of_a_span_counts_in_the_background_then_shows_every_dimension(self, client, city_leader, office_records):
        client.force_login(city_leader)
        address = {"from": "2023-01-05", "to": "2023-07-31", "by": "officer"}
        first = client.get(reverse("reports:tally"), address)
        assert first.context["table"].rows == []
        assert "排队中" in first.content.decode()
        run_job(Job.objects.get().pk)
        table = client.get(reverse("reports:tally"), address).context["table"]
        assert (table.job, len(table.rows)) == (None, len(INDICATORS))
        [visits] = [one for one in table.people.columns if one.code == "leader_visits"]
        shown = {name: line[table.people.columns.index(visits)].text for name, line in table.people.lines}
        assert shown == {person.name: "1" for person in User.objects.filter(activities__isnull=False)}
        answer = client.get(reverse("reports:tally-export"), {"period": table.period.code})
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        assert set(shown) < {row[0] for row in book.get_sheet_by_name("分干警").to_python()}

    def test_says_in_words_what_is_wrong_with_the_days(self, client, city_leader):
        client.force_login(city_leader)
        page = client.get(reverse("reports:tally"), {"from": "2023-03-05", "to": "2023-01-01"}).content.decode()
        assert "截止日期 2023-01-01 早于起始日期 2023-03-05" in page
