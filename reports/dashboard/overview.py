"""What every page about a period begins with: the ledger's standing, the plan's target, the calendar, the matters."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Exists, F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import Unit, User
from common.periods import AnyPeriod
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.models import ActionPlan, ClosedPeriod, ProblemCategory
from reports.closing.signed_days import as_signed
from reports.days.forecast import Forecast, Outlook
from reports.days.rates import DEFAULT_TARGET, Rates, thousandths
from reports.days.standings import PACE_DAYS, Standings, standings
from reports.figures.blank import recorded
from reports.records.addresses import records_url


@dataclass(frozen=True)
class Basis:
    """`day`: the last one told about; `outlook`: what a forecast starts from, none for a period that is over."""

    user: Any
    period: AnyPeriod
    today: date
    names: dict[str, dict[int, str]]  # of each “workstream”, “unit” and “category”, in their order
    target: int
    target_on: date | None
    calendar: WorkingCalendar
    standings: Standings
    outlook: Outlook | None
    is_blank: bool = False  # nothing was recorded in the period: there are no figures and no rates
    is_before_blank: bool = False  # nor in the one before: there is nothing to compare with

    @property
    def is_current(self) -> bool:
        return self.today in self.period

    @property
    def is_signed(self) -> bool:
        """Whether the period is closed and told as it was signed."""
        return self.period.end in self.standings.signed

    @property
    def day(self) -> date:
        return min(self.period.end, self.today)

    @property
    def rates(self) -> Rates:
        return self.standings.at(self.day)

    @property
    def forecast(self) -> Forecast | None:
        kept = self.standings
        return Forecast(self.rates, kept.at(self.outlook.since), self.outlook) if self.outlook else None

    def forecasts(self, what: str) -> dict[int | None, Forecast]:
        """By `unit` or `workstream`; none for a period that is over."""
        if self.outlook is None:
            return {}
        nothing = self.standings.tell((0, 0, 0))
        then = self.standings.by(what, self.outlook.since)
        now = self.standings.by(what)
        return {key: Forecast(rates, then.get(key, nothing), self.outlook) for key, rates in now.items()}

    def counted_at(self, moment: datetime | None) -> datetime | None:
        """When figures were counted last: what was left as it was then had not changed (`reports.figures.counting`)."""
        moments = [one for one in (moment, self.standings.computed_at) if one]
        return max(moments, default=None)


def basis(user: Any, period: AnyPeriod, today: date, now: datetime) -> Basis:
    """What the figures of a period and the one before say of it: both have been counted by now."""
    day = min(period.end, today)
    compared = (period, period.previous())  # a period still under way is compared with what was signed of the last
    names, plan = names_and_plan(user, day.year, compared)
    calendar = working_calendar()
    kept = standings(user, day.year, day, now, target=plan.target)
    if plan.is_closed:
        kept = as_signed(kept, compared, user)
    if plan.is_blank:
        kept = replace(kept, rows=[])
    since = calendar.before(kept.day, PACE_DAYS)
    return Basis(
        user=user,
        period=period,
        today=today,
        names=names,
        target=plan.target,
        target_on=plan.target_on,
        calendar=calendar,
        standings=kept,
        outlook=Outlook(day, since, plan.target_on, calendar) if today in period and not plan.is_blank else None,
        is_blank=plan.is_blank,
        is_before_blank=plan.is_before_blank,
    )


@dataclass(frozen=True)
class YearPlan:
    """The 化解率 the year's plan wants by when; whether one of the periods shown is closed, and which have nothing
    recorded."""

    target: int
    target_on: date | None
    is_closed: bool
    is_blank: bool
    is_before_blank: bool


def names_and_plan(
    user: User, year: int, periods: tuple[AnyPeriod, AnyPeriod]
) -> tuple[dict[str, dict[int, str]], YearPlan]:
    """The matters, units and kinds of problem by name in their order, and the year's plan, in one statement."""
    plan = ActionPlan.objects.visible_to(user).filter(year=year)
    facts = {
        "target": Subquery(plan.values("target_percent")[:1]),
        "target_on": Subquery(plan.values("target_on")[:1]),
        "closed": Exists(ClosedPeriod.objects.filter(code__in=[period.code for period in periods])),
        **{name: recorded(period, user) for name, period in zip(("recorded", "was_recorded"), periods, strict=True)},
    }

    def named(what: str, rows: QuerySet[Any], name: Any) -> QuerySet[Any]:
        columns = {"what": Value(what, CharField()), "place": F("order"), "title": name, **facts}
        return rows.order_by().annotate(**columns).values_list("what", "place", "pk", "title", *facts)

    short = Coalesce(NullIf("short_name", Value("")), "name", output_field=CharField())
    matters = named("workstream", Workstream.objects.visible_to(user), F("name"))
    units = named("unit", Unit.objects.visible_to(user), short)
    kinds = named("category", ProblemCategory.objects.visible_to(user), F("name"))
    names: dict[str, dict[int, str]] = {"workstream": {}, "unit": {}, "category": {}}
    rows = list(matters.union(units, kinds, all=True).order_by("place", "pk"))
    for what, _, pk, title, *_ in rows:
        names[what][pk] = title
    target, target_on, closed, here, before = rows[0][-5:] if rows else (None, None, False, False, False)
    return names, YearPlan(target or DEFAULT_TARGET, target_on, bool(closed), not here, not before)


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
    nothing = ground.standings.tell((0, 0, 0))
    return [
        Share(
            name,
            found.get(pk, nothing),
            records_url("resolution_rate", ground.period, workstream=pk),
            ahead.get(pk),
        )
        for pk, name in ground.names["workstream"].items()
    ]


def units(ground: Basis) -> list[Share]:
    """The units that answered for entries that day, best first."""
    found, ahead = ground.standings.by("unit"), ground.forecasts("unit")
    shares = [
        Share(name, found[pk], records_url("resolution_rate", ground.period, unit=pk), ahead.get(pk))
        for pk, name in ground.names["unit"].items()
        if pk in found and found[pk].total
    ]
    return sorted(shares, key=lambda one: (-thousandths(one.rates.resolved, one.rates.total), -one.rates.total))
