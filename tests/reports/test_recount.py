"""An independent count of every figure × workstream × unit agrees with the tally, on random records."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Unit, User, WorkGroup
from cases.models import Campaign, CaseKind, CaseResult, LegalCase, ProcuratorialRecommendation, TypicalCase
from common.periods import SHANGHAI, AnyPeriod, Period, local_date, read_period
from enterprises.models import EnterpriseKind, Industry, Pairing, Workstream
from ledger.models import (
    ActionPlan,
    ActivityKind,
    ActivityOutput,
    EntryEvent,
    EntrySource,
    KeyTask,
    Measure,
    PlanGoal,
    ProblemCategory,
    ProblemEntry,
    Recovery,
    RecoveryKind,
    ServiceActivity,
    SurveyForm,
)
from ledger.moves.table import MOVES
from ledger.states import Action
from reports.closing.reconciliation import lines_of
from reports.figures.balance import MOVED_IN, MOVED_OUT, STORED
from reports.figures.registry.indicators import INDICATORS
from reports.figures.sequels import compute_sequels
from reports.figures.shares import compute_shares
from reports.figures.tallies import Cell, compute
from reports.models import Tally
from tests.factories import EnterpriseFactory, KeyProjectFactory, UserFactory
from tests.reports.recount import Recount

EDGES = [date(2022, 12, 31), date(2023, 1, 1), date(2023, 5, 31), date(2023, 6, 1), date(2023, 6, 30), date(2023, 7, 1)]
days = st.sampled_from(EDGES) | st.dates(date(2022, 11, 1), date(2024, 1, 31))
maybe_day = st.none() | days
small = st.integers(0, 3)
moments = st.sampled_from(
    [
        datetime(2023, 6, 30, 23, 59, 59, tzinfo=SHANGHAI),
        datetime(2023, 7, 1, 0, 0, tzinfo=SHANGHAI),
        datetime(2022, 12, 31, 23, 59, tzinfo=SHANGHAI),
        datetime(2023, 5, 31, 23, 58, tzinfo=SHANGHAI),
    ]
) | st.datetimes(datetime(2022, 12, 1), datetime(2023, 8, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001 -- the zone comes last
gaps = st.sampled_from([timedelta(0), timedelta(minutes=1), timedelta(hours=9), timedelta(days=1), timedelta(days=25)])

onward = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3])  # the first of the open moves leads on
some = {"max_size": 5}
activities = st.lists(
    st.tuples(st.sampled_from(ActivityKind), days, small, small, st.integers(1, 3), small, small), **some
)
outputs = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(Measure), st.integers(0, 50)), **some)
cases = st.lists(
    st.tuples(st.sampled_from(CaseKind), st.sampled_from(CaseResult), days, maybe_day, maybe_day, small, small, small),
    **some,
)
money = st.lists(st.tuples(st.sampled_from(RecoveryKind), days, st.integers(0, 10**12), small, small, small), **some)
# An entry that is resolved and opened again, over and over: how long each confirmation stands, and each reopening.
waits = st.sampled_from([timedelta(days=20), timedelta(days=70), timedelta(days=150), timedelta(days=200)])
reopenings = st.lists(
    st.tuples(moments, st.lists(st.tuples(waits, waits, small), max_size=4), st.booleans(), small, small), max_size=3
)
entries = st.lists(
    st.tuples(
        moments,
        st.lists(st.tuples(onward, gaps, small), min_size=3, max_size=14),
        st.sampled_from(EntrySource),
        small,
        small,
        st.booleans(),
    ),
    max_size=4,
)
papers = st.lists(st.tuples(st.integers(0, 2), days, small, small), **some)
pairings = st.lists(st.tuples(st.integers(0, 2), small, days, maybe_day), max_size=4, unique_by=lambda pair: pair[:2])


class Records:
    """A small office of four firms, three units and three matters, with whatever Hypothesis thought of."""

    def __init__(self) -> None:
        self.serial = count(1)
        self.units = list(Unit.objects.all()[:3])
        self.streams = [*Workstream.objects.filter(slug__in=["park", "rings", "port"]), None]
        self.industries = [*Industry.objects.all()[:2], None]
        kinds = [EnterpriseKind.ENTERPRISE, EnterpriseKind.ENTERPRISE, *list(EnterpriseKind)[1:]]
        self.firms = [
            EnterpriseFactory(
                kind=kind,
                is_above_scale=n < 3,
                workstream=self.streams[n],
                industry=self.industries[n % 3] if n else None,
            )
            for n, kind in enumerate(kinds)
        ]
        self.projects = [None, KeyProjectFactory(enterprise=self.firms[1]), KeyProjectFactory(), None]
        groups = [*WorkGroup.objects.all()[:2], None]
        self.people = [UserFactory(unit=unit, work_group=group) for unit, group in zip(self.units, groups, strict=True)]
        self.campaigns = [None, Campaign.objects.create(name="样例行动", starts_on=date(2023, 1, 1)), None, None]
        self.category = ProblemCategory.objects.all()[0]
        plan = ActionPlan.objects.create(
            year=2023, title="样例方案", target_on=date(2023, 10, 31), concentrated_from=date(2023, 6, 1)
        )
        goal = PlanGoal.objects.create(plan=plan, order=1, name="目标")
        for number, unit in enumerate([*self.units, None], 1):
            KeyTask.objects.create(
                plan=plan,
                goal=goal,
                number=number,
                name="任务",
                lead_unit=unit,
                starts_on=date(2023, 4, 1),
                ends_on=date(2023, 12, 1),
            )

    def place(self, stream: int, unit: int) -> dict:
        return {"workstream": self.streams[stream], "unit": self.units[unit % 3]}

    def who(self, stream: int, unit: int) -> User | None:
        """Not always somebody of the unit, and not always somebody."""
        return [*self.people, None][(stream + unit) % 4]

    def add_activities(self, drawn, measured) -> list[ServiceActivity]:
        made = [
            ServiceActivity.objects.create(
                kind=kind,
                happened_on=day,
                times=times,
                enterprise=[None, *self.firms][firm] if firm < 3 else self.firms[3],
                project=self.projects[project],
                officer=self.who(stream, unit),
                **self.place(stream, unit),
            )
            for kind, day, stream, unit, times, firm, project in drawn
        ]
        for which, measure, quantity in measured:
            if which < len(made):
                ActivityOutput.objects.update_or_create(
                    activity=made[which], measure=measure, defaults={"quantity": quantity}
                )
        return made

    def add_cases(self, drawn) -> list[LegalCase]:
        made = []
        for kind, result, filed, closed, detained, stream, unit, campaign in drawn:
            closed = closed if closed and closed >= filed else None
            made.append(
                LegalCase.objects.create(
                    number=f"样例{next(self.serial)}",
                    kind=kind,
                    result=result,
                    filed_on=filed,
                    closed_on=closed,
                    state="closed" if closed else "open",
                    detained_on=detained,
                    detained_persons=2 if detained else 0,
                    campaign=self.campaigns[campaign],
                    officer=self.who(stream, unit),
                    **self.place(stream, unit),
                )
            )
            made[-1].enterprises.set(self.firms[stream : stream + campaign])
        return made

    def add_money(self, drawn, made: list[LegalCase]) -> None:
        for kind, day, cents, which, stream, unit in drawn:
            if made:
                Recovery.objects.create(
                    kind=kind,
                    happened_on=day,
                    amount=Decimal(cents) / 100,
                    basis="样例",
                    case=made[which % len(made)],
                    **self.place(stream, unit),
                )

    def add_entries(self, drawn, visits: list[ServiceActivity]) -> None:
        for start, steps, source, stream, unit, led in drawn:
            entry = ProblemEntry.objects.create(
                number=f"样例-{next(self.serial)}",
                title="样例问题",
                category=self.category,
                source=source,
                led_by="样例领导" if led else "",
                source_activity=visits[0] if visits and stream == 1 else None,
                registered_on=local_date(start),
                deadline=date(2023, 12, 31),
                lead_unit=self.units[0],
                handler=self.who(stream, unit),
                enterprise=self.firms[stream] if unit else None,
                **self.place(stream, unit),
            )
            self.walk(entry, start, steps)

    def add_reopened(self, drawn) -> None:
        """Confirmed, and as often as Hypothesis likes reopened in some unit and confirmed again there."""
        for start, rounds, is_open, stream, unit in drawn:
            place = self.place(stream, unit)
            entry = ProblemEntry.objects.create(
                number=f"样例-{next(self.serial)}",
                title="样例问题",
                category=self.category,
                registered_on=local_date(start),
                led_by="样例领导" if is_open else "",
                lead_unit=self.units[0],
                deadline=date(2023, 12, 31),
                handler=self.who(stream, unit),
                **place,
            )
            history = [(Action.REGISTER, "", "registered", start, place["unit"])]
            onward = [
                Action.ACCEPT,
                Action.ASSIGN,
                Action.ACKNOWLEDGE,
                Action.COMPLETE,
                Action.CONFIRM,
                Action.CLOSE_OUT,
            ]
            moment, again = start, [Action.REOPEN, Action.COMPLETE, Action.CONFIRM, Action.CLOSE_OUT]
            self.go(history, onward, moment, place["unit"])
            for stood, open_for, which in rounds:
                unit_then = self.units[which % 3]
                moment += stood
                self.go(history, again[:1], moment, unit_then)
                moment += open_for
                self.go(history, again[1:], moment, unit_then)
            if rounds and is_open:
                del history[-3:]
            self.write(entry, history)

    def go(self, history, actions, moment, unit) -> None:
        for action in actions:
            source = history[-1][2]
            history.append((action, source, MOVES[action].target or source, moment, unit))

    def walk(self, entry: ProblemEntry, moment: datetime, steps) -> None:
        """Whatever the table of moves allows, at whatever moments."""
        state, unit = "registered", entry.unit
        history = [(Action.REGISTER, "", state, moment, unit)]
        for choice, gap, which in steps:
            open_moves = [(action, move) for action, move in MOVES.items() if state in move.sources]
            if not open_moves:
                break
            action, move = open_moves[choice % len(open_moves)]
            moment, source, state = moment + gap, state, move.target or state
            unit = self.units[which % 3] if action in (Action.ASSIGN, Action.TRANSFER, Action.RETURN) else unit
            history.append((action, source, state, moment, unit))
        self.write(entry, history)

    def write(self, entry: ProblemEntry, history) -> None:
        events = []
        for seq, (action, source, target, when, unit) in enumerate(history, 1):
            events.append(
                EntryEvent(
                    entry=entry,
                    seq=seq,
                    action=action,
                    from_state=source,
                    to_state=target,
                    unit=unit,
                    occurred_at=when,
                    happened_on=local_date(when),
                )
            )
        EntryEvent.objects.bulk_create(events)
        ProblemEntry.objects.filter(pk=entry.pk).update(state=history[-1][2])

    def add_papers(self, drawn, made: list[LegalCase]) -> None:
        for which, day, stream, unit in drawn:
            name, place = f"样例{next(self.serial)}", self.place(stream, unit)
            case = made[stream] if stream < len(made) else None
            if which == 0:
                ProcuratorialRecommendation.objects.create(number=name, issued_on=day, case=case, **place)
            elif which == 1:
                TypicalCase.objects.create(title=name, published_on=day, channel="样例频道", case=case, **place)
            else:
                SurveyForm.objects.create(
                    enterprise=self.firms[unit],
                    visited_on=day,
                    fingerprint=name,
                    officer=self.who(stream, unit),
                    industry=self.industries[stream % 3],
                    **place,
                )

    def add_pairings(self, drawn) -> None:
        for person, firm, starts_on, ends_on in drawn:
            ends_on = ends_on if ends_on and ends_on >= starts_on else None
            Pairing.objects.create(
                officer=self.people[person], enterprise=self.firms[firm], starts_on=starts_on, ends_on=ends_on
            )


def tallied(period: AnyPeriod, today: date) -> dict:
    """The tally's cells, without the totals that are nought."""
    cells = compute(period, today)
    return {(one.indicator, one.level, one.workstream, one.unit): one.value for one in cells if one.value}


def reconcile(cells: dict) -> None:
    """What was open, came, went and is open adds up in all, for each unit, each matter and each unit's matter; units,
    matters and their cells each make the whole; what one unit handed on another was given."""
    found = [Cell(*place, value) for place, value in cells.items() if place[0] in STORED]
    assert [line.sentence for line in lines_of(found) if not line.adds_up] == []
    sums = {level: Counter() for level in Tally.Level.values}
    moved = Counter()
    for one in found:
        sums[one.level][one.indicator] += one.value
        if one.level in ("all", "workstream") and one.indicator in (MOVED_IN, MOVED_OUT):
            moved[one.level, one.workstream] += one.value if one.indicator == MOVED_IN else -one.value
    assert all(sums[level] == sums["all"] for level in sums)
    assert not any(moved.values())


def beside(period: AnyPeriod) -> dict:
    cells = compute_sequels(period)
    return {(one.indicator, one.level, one.workstream, one.unit): one.value for one in cells if one.value}


def shared(period: AnyPeriod) -> dict:
    cells = compute_shares(period)
    return {(one.indicator, one.dimension, one.key, one.unit, one.whole): one.value for one in cells}


@pytest.mark.django_db
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    activities=activities,
    outputs=outputs,
    cases=cases,
    money=money,
    entries=entries,
    reopened=reopenings,
    papers=papers,
    pairings=pairings,
    today=st.sampled_from([date(2023, 3, 31), date(2023, 4, 1), date(2023, 6, 30), date(2024, 1, 1)]),
)
def test_a_count_by_hand_agrees_for_every_figure_and_dimension(
    activities, outputs, cases, money, entries, reopened, papers, pairings, today
):
    with transaction.atomic():
        records = Records()
        done = records.add_activities(activities, outputs)
        made = records.add_cases(cases)
        records.add_money(money, made)
        records.add_entries(entries, [one for one in done if one.kind == ActivityKind.LEADER_VISIT])
        records.add_reopened(reopened)
        records.add_papers(papers, made)
        records.add_pairings(pairings)
        for code in ("2023H1", "2023H2", "2023Q2", "2023-05-31..2024-01-30"):
            period = read_period(code)
            by_hand = Recount(period.start, period.next_start, today).count()
            assert tallied(period, today) == by_hand.cells()
            reconcile(by_hand.cells())
            assert shared(period) == by_hand.shares()
            assert beside(period) == by_hand.sequel_cells()
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(reopened=reopenings.filter(bool))
def test_months_quarters_half_years_and_years_of_resolved_problems_add_up_to_the_entries_that_were_ever_resolved(
    reopened,
):
    with transaction.atomic():
        Records().add_reopened(reopened)
        kinds = {"M{:02d}": 12, "Q{}": 4, "H{}": 2, "": 1}
        told = {
            form: {
                str(year): sum(counted_in(Period.parse(f"{year}{form.format(n)}")) for n in range(1, number + 1))
                for year in range(2022, 2028)
            }
            for form, number in kinds.items()
        }
        assert told["M{:02d}"] == told["Q{}"] == told["H{}"] == told[""]
        ever = EntryEvent.objects.filter(action=Action.CONFIRM).values("entry").distinct().count()
        assert sum(told[""].values()) <= ever
        transaction.set_rollback(True)


def counted_in(period: AnyPeriod) -> int:
    return INDICATORS["problems_resolved"].rows(period).count()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2023, 6, 30, 23, 59, 59, tzinfo=SHANGHAI), "2023H1"),
        (datetime(2023, 7, 1, 0, 0, tzinfo=SHANGHAI), "2023H2"),
    ],
)
def test_a_confirmation_counts_in_the_half_year_of_its_moment_in_shanghai(moment, code):
    """The host may keep another time: 30 June 23:59 in Shanghai is 15:59 in London."""
    records = Records()
    entry = ProblemEntry.objects.create(
        number="样例-1",
        title="样例问题",
        category=records.category,
        registered_on=date(2023, 6, 1),
        deadline=date(2023, 12, 31),
        lead_unit=records.units[0],
        **records.place(0, 0),
    )
    start = datetime(2023, 6, 1, 9, tzinfo=SHANGHAI)
    events = [(Action.REGISTER, "", "registered", start)]
    for action in (Action.ACCEPT, Action.ASSIGN, Action.ACKNOWLEDGE, Action.COMPLETE):
        events.append((action, events[-1][2], MOVES[action].target, start))
    events.append((Action.CONFIRM, "completed", "confirmed", moment))
    for seq, (action, source, target, when) in enumerate(events, 1):
        EntryEvent.objects.create(
            entry=entry,
            seq=seq,
            action=action,
            from_state=source,
            to_state=target,
            unit=records.units[0],
            occurred_at=when,
            happened_on=local_date(when),
        )
    counted = {half: tallied(Period.parse(half), date(2024, 1, 1)) for half in ("2023H1", "2023H2")}
    resolved = {half: cells.get(("problems_resolved", "all", None, None), 0) for half, cells in counted.items()}
    assert resolved == {"2023H1": 0, "2023H2": 0, code: 1}
