"""What became of the problems that a period counts as resolved: counted with the tally, told beside 化解困难.

An entry counts once, so what it is resolved once more does not count, and an entry that is opened again later stays
counted where it was. Both are told, lest reopening could make a figure look better than it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from common.periods import AnyPeriod
from ledger.states import EntryState
from reports.figures.registry import sources
from reports.figures.registry.declaring import always
from reports.figures.registry.indicators import INDICATORS, Indicator
from reports.figures.registry.revisions import REGISTERED
from reports.figures.tallies import Cell, count
from reports.models import Sequel, Tally

BESIDE = INDICATORS["problems_resolved"]
REPEATED = Indicator(
    Sequel.Kind.REPEATED,
    "重新化解",
    "件",
    sources.REPEATED,
    "企业确认日期在统计期内、到所在半年末仍然有效的确认中，问题此前已经计过一次化解的；不重复计入“化解困难”；单位按确认时的责任单位",
    history=REGISTERED,
)
REOPENED = Indicator(
    Sequel.Kind.REOPENED,
    "其后又重新打开",
    "件",
    sources.CONFIRMATIONS,
    "统计期内计入“化解困难”的问题中，其后又重新打开、现在还没有再化解的；单位按确认时的责任单位",
    where=always(~Q(entry__state__in=EntryState.RESOLVED)),
    history=REGISTERED,
)
SEQUELS: dict[str, Indicator] = {one.code: one for one in (REPEATED, REOPENED)}


@dataclass(frozen=True)
class Told:
    """“重新化解 3 件，不重复计；其后又重新打开、未再化解 1 件”"""

    repeated: int = 0
    reopened: int = 0

    def __bool__(self) -> bool:
        return bool(self.repeated or self.reopened)

    def __str__(self) -> str:
        if not self:
            return ""
        return f"重新化解 {self.repeated} 件，不重复计；其后又重新打开、未再化解 {self.reopened} 件"

    @classmethod
    def of(cls, values: dict[str, int]) -> "Told":
        return cls(values.get(REPEATED.code, 0), values.get(REOPENED.code, 0))


def compute_sequels(period: AnyPeriod) -> list[Cell]:
    """Both, at every level of the tally, in two statements."""
    return [cell for one in SEQUELS.values() for cell in count([one], period, None)]


def store_sequels(period: AnyPeriod, cells: Iterable[Cell], now: datetime) -> None:
    """Replaces those of the period; the caller holds the transaction and the period's book."""
    rows = [
        Sequel(
            period=period.code,
            kind=cell.indicator,
            level=cell.level,
            workstream_id=cell.workstream,
            unit_id=cell.unit,
            slot=cell.slot,
            value=cell.value,
            computed_at=now,
        )
        for cell in sorted(cells, key=lambda cell: (cell.indicator, cell.slot))
    ]
    Sequel.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["period", "kind", "slot"],
        update_fields=["level", "workstream", "unit", "value", "computed_at"],
    )
    Sequel.objects.of(period.code).exclude(computed_at=now).delete()


def sequels(period: AnyPeriod, user: User | None = None) -> Told:
    """As stored: of the whole office, or of a person's units."""
    rows = Sequel.objects.of(period.code)
    whole = user is None or user.sees_all
    rows = rows if user is None else rows.visible_to(user)
    level = Tally.Level.ALL if whole else Tally.Level.UNIT
    return told(rows.filter(level=level))


def sequels_at(period: AnyPeriod, workstream: int | None, unit: int | None) -> Told:
    """As stored of a matter, a unit, both or all."""
    levels = {
        (False, False): Tally.Level.ALL,
        (True, False): Tally.Level.WORKSTREAM,
        (False, True): Tally.Level.UNIT,
        (True, True): Tally.Level.CELL,
    }
    level = levels[workstream is not None, unit is not None]
    return told(Sequel.objects.of(period.code).filter(level=level, workstream=workstream, unit=unit))


def told(rows: QuerySet[Sequel]) -> Told:
    found: dict[str, int] = {}
    for kind, value in rows.order_by().values_list("kind", "value"):
        found[kind] = found.get(kind, 0) + value
    return Told.of(found)
