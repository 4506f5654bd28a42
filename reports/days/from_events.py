"""Both rates of any day, counted from the events at once: what everything stored is held against."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Unit
from accounts.rights.scope import Audience
from enterprises.models import Workstream
from ledger.models import ActionPlan, EntryEvent
from ledger.states import EntryState
from reports.days.populations import Cohort, Population
from reports.days.rates import DEFAULT_TARGET, UNSTATED, WATCHED, Rates, RateTable

Counters = dict[int | None, Counter[str]]
Group = tuple[int | None, int | None, str, str, int]  # unit, workstream, state or action, cohort, number
WITHIN, EARLIER = "within", "earlier"  # the year: when a watched step was made


def rates_on(day: date, user: Audience | None = None) -> RateTable:
    """The rates as they stood at the end of a day; for someone of some units, of what these answered for then."""
    new_year = date(day.year, 1, 1)
    events = scoped(with_cohort(EntryEvent.objects.latest_by(day), new_year), user)
    states = events.order_by().values_list("unit", "entry__workstream", "to_state", "cohort").annotate(n=Count("pk"))
    return table_of(day, list(states), list(watched_steps(day, new_year, user)))


def with_cohort(events: QuerySet[EntryEvent], new_year: date) -> QuerySet[Any]:
    """Each event with its entry's cohort in a year: registered in it, or by how it stood when it began."""
    before = EntryEvent.objects.filter(entry=OuterRef("entry"), happened_on__lt=new_year).order_by("-seq")
    stood = Subquery(before.values("to_state")[:1], output_field=CharField())
    return events.alias(stood=stood).annotate(
        cohort=Case(
            When(entry__registered_on__gte=new_year, then=Value(Cohort.NEW.value)),
            When(stood__in=EntryState.OPEN, then=Value(Cohort.CARRIED.value)),
            default=Value(Cohort.SETTLED.value),
            output_field=CharField(),
        )
    )


def watched_steps(day: date, new_year: date, user: Audience | None) -> QuerySet[Any]:
    """How often each of the watched steps was made up to a day, with the unit it was made by, and whether this year."""
    made_by_day = EntryEvent.objects.filter(action__in=WATCHED, happened_on__lte=day)
    events = scoped(
        made_by_day.annotate(by=Coalesce(unit_before(), "unit", output_field=BigIntegerField())), user, "by"
    )
    made = Case(When(happened_on__gte=new_year, then=Value(WITHIN)), default=Value(EARLIER), output_field=CharField())
    rows = events.annotate(made=made).order_by()
    return rows.values_list("by", "entry__workstream", "action", "made").annotate(n=Count("pk"))


def table_of(day: date, states: Sequence[Group], steps: Sequence[Group]) -> RateTable:
    """The rates of entries by state and cohort, with the steps counted beside them, over both populations."""
    plan = ActionPlan.objects.filter(year=day.year).first()
    names = (dict(Unit.objects.values_list("pk", "name")), dict(Workstream.objects.values_list("pk", "name")))
    tables = {one: Counted(one, states, steps, plan).table(day, *names) for one in Population}
    return replace(tables[Population.ALL], year=tables[Population.YEAR])


class Counted:
    """What one population comes to, by unit and by workstream."""

    def __init__(
        self, population: Population, states: Iterable[Group], steps: Iterable[Group], plan: ActionPlan | None
    ) -> None:
        self.population, self.plan = population, plan
        self.target = plan.target_percent if plan else DEFAULT_TARGET
        is_year = population == Population.YEAR
        told = [row for row in states if row[3] in population.cohorts]
        self.states = counted(told)
        self.steps = counted(row for row in steps if not is_year or row[3] == WITHIN)
        self.carried = counted(row for row in told if is_year and row[3] == Cohort.CARRIED)

    def table(self, day: date, units: dict[int, str], workstreams: dict[int, str]) -> RateTable:
        everything = [sum(part[0].values(), Counter()) for part in (self.states, self.steps, self.carried)]
        return RateTable(
            day=day,
            target=self.target,
            target_on=self.plan.target_on if self.plan else None,
            all=self.rates(*everything),
            by_unit=self.named(0, units),
            by_workstream=self.named(1, workstreams),
        )

    def named(self, at: int, names: dict[int, str]) -> dict[str, Rates]:
        states, steps, carried = self.states[at], self.steps[at], self.carried[at]
        keys = [key for key in [*names, None] if key in states or key in steps]
        return {
            UNSTATED if key is None else names[key]: self.rates(states[key], steps[key], carried[key]) for key in keys
        }

    def rates(self, states: Counter[str], steps: Counter[str], carried: Counter[str]) -> Rates:
        found = Rates.of(states, steps, self.target)
        return replace(found, carried=carried.total(), population=self.population)


def unit_before() -> Subquery:
    """The unit that was answerable when the step was made: it is the one that handed on, returned or asked."""
    before = EntryEvent.objects.filter(entry=OuterRef("entry"), seq=OuterRef("seq") - 1)
    return Subquery(before.values("unit")[:1])


def scoped(events: QuerySet[Any], user: Audience | None, unit: str = "unit") -> QuerySet[Any]:
    """Events of one of the person's own units: `EntryEvent.unit` is the one answerable after the event."""
    if user is None:
        return events
    if not user.is_active or not user.sees_business:
        return events.none()
    return events if user.sees_all else events.filter(**{f"{unit}__in": user.scope_units()})


def counted(groups: Iterable[Group]) -> tuple[Counters, Counters]:
    """Counts by unit and by workstream."""
    by_unit: Counters = defaultdict(Counter)
    by_workstream: Counters = defaultdict(Counter)
    for unit, workstream, what, _, number in groups:
        by_unit[unit][what] += number
        by_workstream[workstream][what] += number
    return by_unit, by_workstream
