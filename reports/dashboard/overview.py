"""What every page about a period begins with: the ledger's standing, the plan's target, the calendar, the matters."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, JSONField, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from accounts.models import Unit, User
from common.periods import AnyPeriod
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.models import ActionPlan, ClosedPeriod, ProblemCategory
from reports.closing.signed import days_as_signed
from reports.closing.target_day import COUNTS
from reports.days.forecast import Forecast, Outlook, pace_since
from reports.days.populations import Population
from reports.days.rates import DEFAULT_TARGET, Rates, thousandths
from reports.days.standings import Days, Standings, standings
from reports.days.stored import NONE
from reports.figures.blank import recorded
from reports.models import TargetLine
from reports.records.addresses import records_url


@dataclass(frozen=True)
class Basis:
    """`day`: the last one told about; `outlook`: what a forecast starts from, none for a period that is over or once
    the target day is; `met`: how the target day ended."""

    user: Any
    period: AnyPeriod
    today: date
    names: dict[str, dict[int, str]]  # of each “workstream”, “unit” and “category”, in their order
    target: int
    target_on: date | None
    calendar: WorkingCalendar
    standings: Standings
    outlook: Outlook | None
    met: "TargetMet | None"
    is_blank: bool = False  # nothing was recorded in the period: there are no figures and no rates
    is_before_blank: bool = False  # nor in the one before: there is nothing to compare with

    @property
    def is_current(self) -> bool:
        return self.today in self.period

    @property
    def is_signed(self) -> bool:
        """Whether the period is closed and told as it was signed."""
        return (self.period.end, self.standings.population) in self.standings.signed

    @property
    def population(self) -> Population:
        """Over which ledger both rates are told; the year's is what the target judges."""
        return self.standings.population

    @property
    def day(self) -> date:
        return min(self.period.end, self.today)

    @property
    def rates(self) -> Rates:
        return self.standings.at(self.day)

    @property
    def beside(self) -> Rates:
        """The same day over the other population."""
        other = Population.ALL if self.population == Population.YEAR else Population.YEAR
        return self.standings.over(other).at(self.day)

    @property
    def forecast(self) -> Forecast | None:
        kept = self.standings
        return Forecast(self.rates, kept.at(self.outlook.since), self.outlook) if self.outlook else None

    def forecasts(self, what: str) -> dict[int | None, Forecast]:
        """By `unit` or `workstream`; none for a period that is over."""
        if self.outlook is None:
            return {}
        nothing = self.standings.tell(NONE)
        then = self.standings.by(what, self.outlook.since)
        now = self.standings.by(what)
        return {key: Forecast(rates, then.get(key, nothing), self.outlook) for key, rates in now.items()}

    def counted_at(self, moment: datetime | None) -> datetime | None:
        """When figures were counted last: what was left as it was then had not changed (`reports.figures.counting`)."""
        moments = [one for one in (moment, self.standings.computed_at) if one]
        return max(moments, default=None)


def basis(user: Any, period: AnyPeriod, today: date, now: datetime, population: Population = Population.YEAR) -> Basis:
    """What the figures of a period and the one before say of it: both have been counted by now."""
    day = min(period.end, today)
    compared = (period, period.previous())  # a period still under way is compared with what was signed of the last
    names, plan = names_of(user), plan_of(user, day.year, compared)
    calendar = working_calendar()
    is_ahead = today in period and (plan.target_on is None or today <= plan.target_on)
    since = pace_since(day, calendar) if is_ahead else None
    eve = period.start - timedelta(days=1)
    kept = standings(user, Days(day, since, eve), now, population=population, target=plan.target)
    if plan.is_closed:
        kept = days_as_signed(kept, compared, user)
    if plan.is_blank:
        kept = replace(kept, rows=[], signed={})
    return Basis(
        user=user,
        period=period,
        today=today,
        names=names,
        target=plan.target,
        target_on=plan.target_on,
        calendar=calendar,
        standings=kept,
        outlook=Outlook(day, since, plan.target_on, calendar) if since and not plan.is_blank else None,
        met=plan.met if plan.target_on and plan.target_on <= day and not plan.is_blank else None,
        is_blank=plan.is_blank,
        is_before_blank=plan.is_before_blank,
    )


@dataclass(frozen=True)
class TargetMet:
    """How the target day ended, as it was frozen."""

    day: date
    rates: Rates

    @property
    def words(self) -> str:
        """“10月31日 95.3% 已达标”."""
        one = self.rates
        state = "已达标" if one.reached else f"未达标，差 {one.missing} 件" if one.total else "没有计入的问题"
        return f"{self.day.month}月{self.day.day}日 {one.resolution_text} {state}"


@dataclass(frozen=True)
class YearPlan:
    """The 化解率 the year's plan wants by when, and how that day ended; whether one of the periods shown is closed, and
    which have nothing recorded."""

    target: int
    target_on: date | None
    is_closed: bool
    is_blank: bool
    is_before_blank: bool
    met: TargetMet | None = None


def plan_of(user: User, year: int, periods: tuple[AnyPeriod, AnyPeriod]) -> YearPlan:
    """The year's plan, and what is known of two periods, in one statement of one row."""
    plan = ActionPlan.objects.visible_to(user).filter(year=year)
    ended = TargetLine.objects.visible_to(user).filter(result__year=year, result__day__in=plan.values("target_on"))
    counts = JSONObject(**{name: Sum(name) for name in COUNTS})
    together = ended.order_by().annotate(every=Value(1)).values("every").annotate(counts=counts).values("counts")
    facts = {
        "target": Subquery(plan.values("target_percent")[:1]),
        "target_on": Subquery(plan.values("target_on")[:1]),
        "met": Subquery(together, output_field=JSONField()),
        "closed": Exists(ClosedPeriod.objects.filter(code__in=[period.code for period in periods])),
        **{name: recorded(period, user) for name, period in zip(("recorded", "was_recorded"), periods, strict=True)},
    }
    any_row = Unit.objects.order_by().annotate(**facts)[:1]  # every office has a unit
    target, target_on, counts, closed, here, before = next(iter(any_row.values_list(*facts)))
    met = None
    if target_on and counts and counts["registered"] is not None:  # a sum over nothing is null
        met = TargetMet(target_on, Rates(**counts, target=target, population=Population.YEAR))
    return YearPlan(target or DEFAULT_TARGET, target_on, closed, not here, not before, met)


def names_of(user: User) -> dict[str, dict[int, str]]:
    """The matters, units and kinds of problem by name in their order, in one statement."""

    def named(what: str, rows: QuerySet[Any], name: Any) -> QuerySet[Any]:
        columns = {"what": Value(what, CharField()), "place": F("order"), "title": name}
        return rows.order_by().annotate(**columns).values_list("what", "place", "pk", "title")

    short = Coalesce(NullIf("short_name", Value("")), "name", output_field=CharField())
    matters = named("workstream", Workstream.objects.visible_to(user), F("name"))
    rows_of_units = Unit.objects.visible_to(user).named(short)  # each unit's own, beside those below it
    units = named("unit", rows_of_units, F("own_name"))
    kinds = named("category", ProblemCategory.objects.visible_to(user), F("name"))
    names: dict[str, dict[int, str]] = {"workstream": {}, "unit": {}, "category": {}}
    for what, _, pk, title in matters.union(units, kinds, all=True).order_by("place", "pk"):
        names[what][pk] = title
    return names


@dataclass(frozen=True)
class Share:
    """Both rates of one unit, matter or category, and its records."""

    name: str
    rates: Rates
    url: str
    forecast: Forecast | None = None

    @property
    def resolved_percent(self) -> int:
        return self.rates.resolved * 100 // self.rates.total if self.rates.total else 0

    @property
    def completed_percent(self) -> int:
        return self.rates.completed * 100 // self.rates.total if self.rates.total else 0


def matters(ground: Basis) -> list[Share]:
    """The six matters in their order."""
    found, ahead = ground.standings.by("workstream"), ground.forecasts("workstream")
    nothing = ground.standings.tell(NONE)
    return [
        Share(
            name,
            found.get(pk, nothing),
            records_url("resolution_rate", ground.period, workstream=pk, of=ground.population),
            ahead.get(pk),
        )
        for pk, name in ground.names["workstream"].items()
    ]


def units(ground: Basis) -> list[Share]:
    """The units that answered for entries that day, each for its own, best first."""
    found, ahead = ground.standings.by("unit"), ground.forecasts("unit")
    shares = [
        Share(
            name,
            found[pk],
            records_url("resolution_rate", ground.period, unit=pk, only=1, of=ground.population),
            ahead.get(pk),
        )
        for pk, name in ground.names["unit"].items()
        if pk in found and found[pk].total
    ]
    return sorted(shares, key=lambda one: (-thousandths(one.rates.resolved, one.rates.total), -one.rates.total))
