"""What a briefing is about: a period, and the whole office, one unit or one matter."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import OWN, Unit
from accounts.units.trees import ONLY, Viewer, units_q
from common.periods import Period
from enterprises.models import Workstream
from reports.models import Briefing


@dataclass(frozen=True)
class Place:
    """A cell a figure is told of: a matter, a unit with those below it or `only` itself; None is all."""

    workstream: int | None = None
    unit: int | None = None
    only: bool = False

    def narrowed(self, rows: QuerySet[Any], workstream: str, unit: str) -> QuerySet[Any]:
        """Its rows, by the columns that hold them; a table without matters has none of its own."""
        if self.workstream is not None and workstream:
            rows = rows.filter(**{workstream: self.workstream})
        return rows if self.unit is None else rows.filter(units_q(unit, self.unit, only=self.only))


@dataclass(frozen=True)
class Scope:
    """`today` bounds what can be known: a period that still runs is told up to it. A unit is its whole tree; with
    `only` that unit alone, which its name then says."""

    period: Period
    today: date
    unit: Unit | None = None
    workstream: Workstream | None = None
    only: bool = False

    @classmethod
    def of(cls, briefing: Briefing, today: date) -> "Scope":
        return cls(Period.parse(briefing.period), today, briefing.unit, briefing.workstream, briefing.unit_only)

    @classmethod
    def about(
        cls, period: Period, today: date, unit: Unit | None, workstream: Workstream | None, *, only: bool
    ) -> "Scope":
        """As somebody asks for it: a unit that no other belongs to is not told to be without them."""
        return cls(period, today, unit, workstream, bool(only and unit and unit.has_below))

    @property
    def day(self) -> date:
        """The cut-off day."""
        return min(self.period.end, self.today)

    @property
    def name(self) -> str:
        """“市公安局”, “市公安局（仅本级）”, “五好园区”; of all, nothing."""
        return f"{self.unit or self.workstream or ''}{ONLY if self.only else ''}"

    @property
    def place(self) -> Place:
        return Place(self.workstream.pk if self.workstream else None, self.unit.pk if self.unit else None, self.only)

    @property
    def viewer(self) -> Viewer:
        """Who is shown what the scope's unit is shown; of no unit, the whole office."""
        return Viewer(self.unit, self.only)

    def of_unit(self, field: str) -> Q:
        """The rows of the scope's unit, by the unit in a column; all rows where it is of none."""
        return units_q(field, self.unit.pk, only=self.only) if self.unit else Q()

    def tree(self, unit: int, *, only: bool = False) -> set[int]:
        """A unit and those below it."""
        path = next((one.path for one in self.units if one.pk == unit), None)
        return {unit} if only or not path else {one.pk for one in self.units if str(one.path).startswith(path)}

    @cached_property
    def units_within(self) -> list[Unit]:
        """The units it is made of."""
        if self.unit is None:
            return self.units
        within = self.tree(self.unit.pk, only=self.only)
        return [one for one in self.units if one.pk in within]

    def own_label(self, unit: Unit) -> str:
        """What a unit's own line is called beside those of others."""
        return f"{unit.label}{OWN if self.has_below(unit) else ''}"

    def has_below(self, unit: Unit) -> bool:
        return any(one.parent_id == unit.pk for one in self.units)

    @cached_property
    def matters(self) -> list[Workstream]:
        return list(Workstream.objects.all())

    @cached_property
    def units(self) -> list[Unit]:
        return list(Unit.objects.all())
