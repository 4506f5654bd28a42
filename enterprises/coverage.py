"""走访覆盖: the register against a half-year. A visit is any service activity; only those the reader may see count."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet

from common.periods import Period
from enterprises.filters import GROUPS, CoverageFilter
from enterprises.models import Enterprise, KeyProject


@dataclass(frozen=True)
class Covered:
    """How many of a group were visited; `percent` is floored, so that 100 means all."""

    group: str
    label: str
    covered: int
    total: int

    @property
    def percent(self) -> int | None:
        return self.covered * 100 // self.total if self.total else None


@dataclass(frozen=True)
class Coverage:
    period: Period
    groups: list[Covered]
    group: str
    shown: str
    rows: QuerySet
    filter: CoverageFilter

    @property
    def group_label(self) -> str:
        return dict(GROUPS)[self.group]


def coverage(query: Any, user: Any, today: date) -> Coverage:
    """Both halves of the register, narrowed alike; the rows are the group's, longest unvisited first."""
    served = [active(model, query, user, today) for model in (Enterprise, KeyProject)]
    looked = served[0]
    period = Period.parse(looked.said("period", Period.half_of(today).code))
    group, shown = looked.said("group", GROUPS[0][0]), looked.said("shown", "unvisited")
    rows = served[1].qs if group == "project" else served[0].qs.filter(kind=group)
    if shown != "all":
        rows = rows.visited_in(period, user) if shown == "visited" else rows.not_visited_in(period, user)
    rows = rows.select_related("workstream").with_last_visit(user).with_pairings(today).oldest_visit_first()
    return Coverage(period, counted(served, period, user), group, shown, rows, looked)


def active(model: type[Any], query: Any, user: Any, today: date) -> CoverageFilter:
    """Only what is still there can be visited."""
    return CoverageFilter(query, model.objects.filter(is_active=True), user=user, today=today)


def counted(served: list[CoverageFilter], period: Period, user: Any) -> list[Covered]:
    """Two queries: enterprises by kind, projects together."""
    enterprises, projects = served
    tally = {"total": Count("pk"), "covered": Count("pk", filter=Q(visited=True))}
    found = {row["kind"]: row for row in marked(enterprises, period, user).values("kind").annotate(**tally)}
    found["project"] = marked(projects, period, user).aggregate(**tally)
    none = {"covered": 0, "total": 0}
    return [
        Covered(group, label, found.get(group, none)["covered"], found.get(group, none)["total"])
        for group, label in GROUPS
    ]


def marked(found: CoverageFilter, period: Period, user: Any) -> QuerySet:
    return found.qs.annotate(visited=Exists(found.qs.visits(user).in_period(period))).order_by()
