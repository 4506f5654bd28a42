"""What a briefing is about: a period, and the whole office, one unit or one matter."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import Unit
from common.periods import Period
from enterprises.models import Workstream
from reports.models import Briefing


@dataclass(frozen=True)
class Scope:
    """`today` bounds what can be known: a period that still runs is told up to it. A unit is that unit alone, without
    those under it, as on the tally's page."""

    period: Period
    today: date
    unit: Unit | None = None
    workstream: Workstream | None = None

    @classmethod
    def of(cls, briefing: Briefing, today: date) -> "Scope":
        return cls(Period.parse(briefing.period), today, briefing.unit, briefing.workstream)

    @property
    def day(self) -> date:
        """The cut-off day."""
        return min(self.period.end, self.today)

    @property
    def name(self) -> str:
        """“市公安局”, “五好园区”; of all, nothing."""
        return str(self.unit or self.workstream or "")

    @cached_property
    def matters(self) -> list[Workstream]:
        return list(Workstream.objects.all())

    @cached_property
    def units(self) -> list[Unit]:
        return list(Unit.objects.all())
