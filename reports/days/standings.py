"""How the ledger stood, as it is kept (`reports.days.stored`): on a day, over a year, by unit, matter and category.

`reports.days.from_events.rates_on` counts the same from the events at once; the tests hold the two together.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Self

from django.db.models import BigIntegerField, CharField, DateField, F, Max, Q, QuerySet, Subquery, Sum, Value

from accounts.models import User
from common.periods import Period, local_date
from reports.days.populations import Cohort, Population
from reports.days.rates import DEFAULT_TARGET, Rates
from reports.days.stored import NONE, Sums, keep_days
from reports.models import LedgerDay, LedgerMonth

Split = LedgerDay.Split
PACE_DAYS = 20  # working days: four weeks of late say how fast it goes
CURVE, UNTIL, SINCE, EVE = "curve", "until", "since", "eve"
WEEK = timedelta(days=7)


class Stand(NamedTuple):
    """One sum as it is read: of the curve, what a day changed; else how a place stood at the end of a day."""

    what: str
    split: str
    unit: int | None
    workstream: int | None
    category: int | None
    cohort: str
    day: date | None
    sums: Sums


@dataclass(frozen=True)
class Days:
    """Which days are asked for: the year up to `until`, also by unit, matter and category; `since` by unit and matter;
    the `eve` in all, also where it lies in an earlier year."""

    until: date
    since: date | None = None
    eve: date | None = None


@dataclass(frozen=True)
class SignedDay:
    """The last day of a closed half-year, as it was signed, of one population: in all, by unit and by matter."""

    whole: Sums
    by: Mapping[str, Mapping[int | None, Sums]]
    carried: int = 0


@dataclass(frozen=True)
class Standings:
    """What one person is shown of the ledger on the days asked for, over one of the two populations.

    `signed` are days told as a closed half-year was signed.
    """

    days: Days
    population: Population
    target: int
    rows: list[Stand]
    computed_at: datetime | None
    signed: Mapping[tuple[date, Population], SignedDay] = field(default_factory=dict)

    @property
    def until(self) -> date:
        return self.days.until

    def over(self, population: Population) -> Self:
        return replace(self, population=population)

    @cached_property
    def steps(self) -> list[tuple[date, Sums, int]]:
        """How it stood from each day on, in order: in all, and how many of it were carried over."""
        changed: dict[date, list[Stand]] = defaultdict(list)
        for row in self.rows:
            if row.what == CURVE and row.day and row.cohort in self.population.cohorts:
                changed[row.day].append(row)
        stood, carried, found = NONE, 0, []
        for day in sorted(changed):
            for row in changed[day]:
                stood = stood.plus(row.sums)
                carried += registered(row.sums) if row.cohort == Cohort.CARRIED else 0
            found.append((day, stood, carried))
        return found

    def at(self, day: date) -> Rates:
        """All that is shown, as of a day of the year, or of the eve, over the population of that day's own year."""
        if day.year < self.until.year and not self.signed.get((day, self.population)):
            return self.added(row for row in self.rows if row.what == EVE).get(None) or self.tell(NONE)
        if told := self.signed.get((day, self.population)):
            return self.tell(told.whole, told.carried)
        last = bisect_right(self.steps, day, key=lambda step: step[0])
        return self.tell(*self.steps[last - 1][1:]) if last else self.tell(NONE)

    @property
    def curve(self) -> dict[date, Rates]:
        """All that is shown at the beginning of the year, weekly, at months' ends and on the last day."""
        return {day: self.at(day) for day in curve_days(self.until)}

    def by(self, what: str, day: date | None = None) -> dict[int | None, Rates]:
        """By `unit`, `workstream` or `category`, as of `until`, or of `since`."""
        day = day or self.until
        told = self.signed.get((day, self.population))
        if told and what in told.by:
            return {key: self.tell(sums) for key, sums in told.by[what].items()}
        moment = UNTIL if day == self.until else SINCE
        split = Split.CATEGORY if what == "category" else Split.WORKSTREAM
        return self.added((row for row in self.rows if row.what == moment and row.split == split), what)

    def added(self, rows: Iterable[Stand], what: str = "") -> dict[int | None, Rates]:
        """Rows of the population put together by one of their columns; without one, all of them."""
        sums: dict[int | None, Sums] = defaultdict(Sums)
        carried: dict[int | None, int] = defaultdict(int)
        for row in rows:
            if row.cohort in self.population.cohorts:
                key = getattr(row, what) if what else None
                sums[key] = sums[key].plus(row.sums)
                carried[key] += registered(row.sums) if row.cohort == Cohort.CARRIED else 0
        return {key: self.tell(one, carried[key]) for key, one in sums.items() if any(one)}

    def tell(self, sums: Sums, carried: int = 0) -> Rates:
        return Rates(
            registered=registered(sums),
            rejected=sums.rejected,
            duplicate=sums.duplicate,
            completed=sums.completed,
            resolved=sums.resolved,
            deferred=sums.deferred,
            target=self.target,
            carried=carried if self.population == Population.YEAR else 0,
            population=self.population,
        )


def registered(sums: Sums) -> int:
    return sums.total + sums.rejected + sums.duplicate


def curve_days(until: date) -> list[date]:
    """The days a curve is drawn by: weekly from New Year, months' ends and the last day."""
    start = date(until.year, 1, 1)
    weekly = {start + n * WEEK for n in range((until - start).days // 7 + 1)}
    ends = (Period(date(until.year, month, 1), 1).end for month in range(1, 13))
    return sorted({*weekly, *(end for end in ends if end <= until), until})


def standings(
    user: User,
    days: Days,
    now: datetime,
    *,
    population: Population = Population.YEAR,
    target: int = DEFAULT_TARGET,
) -> Standings:
    """The year's standings as this person is shown them, in one statement; counted first if they never were since."""
    rows, moment = read(user, days)
    if not is_kept(moment, days.until, now):
        keep_days(local_date(now), now)
        rows, moment = read(user, days)
    return Standings(days, population, target, rows, moment)


def is_kept(moment: datetime | None, until: date, now: datetime) -> bool:
    """Whether the days counted at a moment hold this one: a month that began since has no opening yet."""
    today = local_date(now)
    return moment is not None and (until < today.replace(day=1) or local_date(moment) >= today.replace(day=1))


def read(user: User, days: Days) -> tuple[list[Stand], datetime | None]:
    """The rows this person may see, and when they were counted."""
    until, since, eve = days.until, days.since, days.eve
    if not user.is_active or not user.sees_business:
        return [], newest()
    new_year = date(until.year, 1, 1)
    kept = LedgerDay.objects.all() if user.sees_all else LedgerDay.objects.filter(unit__in=user.scope_units())
    line = kept.filter(split=Split.WHOLE if user.sees_all else Split.UNIT)
    opening, later = Q(month=new_year, is_opening=True), Q(is_opening=False, month__gte=new_year, day__gte=new_year)
    parts = [
        told(line.filter(opening | later, day__lte=until), CURVE, with_day=True),
        told(standing(kept.filter(split__in=[Split.WORKSTREAM, Split.CATEGORY]), until), UNTIL),
    ]
    if eve and eve < new_year:
        parts.append(told(standing(line, eve), EVE))
    if since:
        parts.append(told(standing(kept.filter(split=Split.WORKSTREAM), since), SINCE))
    found: list[tuple[Any, ...]] = list(parts[0].union(*parts[1:], all=True))
    moment = found[0][-1] if found else newest()
    return [Stand._make([*row[:7], Sums(*row[7:-1])]) for row in found], moment


def standing(rows: QuerySet[LedgerDay], day: date) -> QuerySet[LedgerDay]:
    """What makes a day: its month's opening and the days up to it."""
    return rows.filter(Q(is_opening=True) | Q(day__lte=day), month=day.replace(day=1))


def told(rows: QuerySet[LedgerDay], what: str, *, with_day: bool = False) -> QuerySet[Any]:
    """Summed by place and cohort, with the columns of `Stand` and when it was counted."""
    nothing = Value(None, BigIntegerField())
    place = ["split", "unit", "workstream", "category"] if not with_day else ["split"]
    columns: dict[str, Any] = {"what": Value(what, CharField()), "computed_at": Subquery(counted())}
    columns |= {"on": F("day") if with_day else Value(None, DateField())}
    empty = {f"no_{name}": nothing for name in ("unit", "workstream", "category")} if with_day else {}
    sums = {f"sum_{name}": Sum(name) for name in Sums._fields}
    grouped = rows.order_by().annotate(**columns, **empty).values(*place, "cohort", "what", "on", *empty, "computed_at")
    names = ["what", *place, *empty, "cohort", "on", *sums, "computed_at"]
    return grouped.annotate(**sums).values_list(*names)


def counted() -> QuerySet[Any]:
    return LedgerMonth.objects.order_by("-computed_at").values("computed_at")[:1]


def newest() -> datetime | None:
    found: datetime | None = LedgerMonth.objects.aggregate(last=Max("computed_at"))["last"]
    return found


__all__ = ["PACE_DAYS", "SignedDay", "Stand", "Standings", "curve_days", "standings"]
