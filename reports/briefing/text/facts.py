"""What words are made of: the scope, its figures, the plan, and where the two rates stand on the cut-off day."""

from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from ledger.calendar import working_calendar
from ledger.models import ActionPlan, ActivityKind, ServiceActivity
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.scopes import Scope
from reports.closing.signed import rates_of
from reports.closing.target_day import frozen_rates, result_of
from reports.days.forecast import Forecast, Outlook, pace_since
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.rates import Rates, RateTable


class Facts:
    """The scope, its figures, the year's plan and where the two rates stand: what every word is made of."""

    def __init__(self, scope: Scope, book: FigureBook) -> None:
        self.scope, self.book = scope, book
        self.moved: dict[str, int] = {}  # of a closed period, how far counts of `Rates` are to be taken from the signed

    @cached_property
    def plan(self) -> ActionPlan | None:
        year = self.scope.period.start.year
        return ActionPlan.objects.prefetch_related("goals", "phases").filter(year=year).first()

    @cached_property
    def tables(self) -> RateTable:
        """Of a closed period as it was signed: over both populations."""
        return rates_of(self.scope.period, self.scope.today, self.scope.viewer)

    @property
    def table(self) -> RateTable:
        """Of this year's ledger, which the target judges."""
        return self.tables.over(Population.YEAR)

    @property
    def rates(self) -> Rates:
        """The scope's counts of this year's ledger on the cut-off day; none where the period has no records."""
        if self.book.is_empty:
            return Rates(target=self.table.target)
        own = self.own(self.table)
        return replace(own, **{name: getattr(own, name) + delta for name, delta in self.moved.items()})

    @property
    def rates_of_all(self) -> Rates:
        """The same over all there ever were."""
        if self.book.is_empty:
            return Rates(target=self.table.target)
        return self.own(self.tables)

    def own(self, table: RateTable) -> Rates:
        """The scope's line of a table."""
        of_none = Rates(target=self.table.target)
        if self.scope.workstream:
            return table.by_workstream.get(self.scope.workstream.name, of_none)
        return table.all

    @cached_property
    def met(self) -> Rates | None:
        """What the target day of the cut-off day's year was frozen with, of the scope; None until it is over."""
        result, scope = result_of(self.scope.day.year), self.scope
        if result is None or result.day > scope.day:
            return None
        viewer = scope.viewer
        if scope.workstream:
            return frozen_rates(result, viewer, "workstream").get(scope.workstream.pk)
        return frozen_rates(result, viewer)[None]

    @cached_property
    def forecast(self) -> Forecast:
        """As of the cut-off day, as the dashboard has it of today."""
        day, calendar = self.scope.day, working_calendar()
        since = pace_since(day, calendar)
        outlook = Outlook(day, since, self.table.target_on, calendar)
        then = rates_on(since, self.scope.viewer).over(Population.YEAR)
        return Forecast(self.rates, self.own(then), outlook)

    def phases(self, after: date | None = None) -> str | None:
        shown = [one for one in self.plan.phases.all() if after is None or one.ends_on > after] if self.plan else []
        return "、".join(f"{one.name}（{months(one.starts_on, one.ends_on)}）" for one in shown) or None

    def visits(self) -> QuerySet[Any]:
        visits = ServiceActivity.objects.in_period(self.scope.period).filter(kind=ActivityKind.LEADER_VISIT)
        return self.scope.place.narrowed(visits, "workstream", "unit")


def long_date(day: date | None) -> str | None:
    return f"{day.year}年{day.month}月{day.day}日" if day else None


def short_date(day: date | None) -> str | None:
    return f"{day.month}月{day.day}日" if day else None


def months(first: date, last: date) -> str:
    return f"{first.month}月" if first.month == last.month else f"{first.month}月至{last.month}月"
