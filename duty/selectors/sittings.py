"""The shifts a person sees, a person's two half-days at one place as one, with whether the duty was logged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from duty.models import DutyShift, Half, day_words, hq_words
from duty.querysets import RosterQuerySet
from enterprises.models import Workstream
from ledger.models import ActivityKind, ServiceActivity

WHOLE = "全天"


@dataclass(frozen=True)
class Sitting:
    """One person at one headquarters on one day."""

    officer: User
    hq: Workstream
    day: date
    halves: tuple[Half, ...]
    shifts: tuple[DutyShift, ...]
    gap: str  # why the person will not come, in words
    logged: bool

    @property
    def when(self) -> str:
        return WHOLE if len(self.halves) == len(Half) else self.halves[0].label

    @property
    def hq_name(self) -> str:
        return hq_words(self.hq)

    @property
    def day_words(self) -> str:
        return day_words(self.day)


def shifts_shown(rows: RosterQuerySet) -> RosterQuerySet:
    """With what a page says of each. A duty is logged by whoever was there: by the one who wrote it down, and by those
    named with them; that it was is a fact of a row the reader sees, whoever wrote it."""
    went_along = ServiceActivity.participants.through.objects.filter(
        serviceactivity=OuterRef("pk"), user=OuterRef(OuterRef("officer"))
    )
    duties = ServiceActivity.objects.filter(
        Q(officer=OuterRef("officer")) | Exists(went_along),
        kind=ActivityKind.DUTY, happened_on=OuterRef("day"), workstream=OuterRef("workstream"),
    )  # fmt: skip
    return rows.with_gap().annotate(logged=Exists(duties)).for_list()


def sittings(rows: Iterable[Any]) -> list[Sitting]:
    """Of annotated rows, in their order."""
    together: dict[tuple[int, int, date], list[Any]] = {}
    for row in rows:
        together.setdefault((row.officer_id, row.workstream_id, row.day), []).append(row)
    return [
        Sitting(
            officer=shifts[0].officer,
            hq=shifts[0].workstream,
            day=shifts[0].day,
            halves=tuple(Half(row.half) for row in shifts),
            shifts=tuple(shifts),
            gap=shifts[0].gap_words,
            logged=shifts[0].logged,
        )
        for shifts in together.values()
    ]


def log_address(sitting: Sitting, others: Iterable[Sitting] = ()) -> str:
    """The form of a duty, filled in with headquarters, day and those who sit there too."""
    query = [("kind", str(ActivityKind.DUTY)), ("hq", str(sitting.hq.pk)), ("on", sitting.day.isoformat())]
    query += [("with", str(one.officer.pk)) for one in others if one.officer != sitting.officer and not one.gap]
    return f"{reverse('ledger:activity-create')}?{urlencode(query)}"
