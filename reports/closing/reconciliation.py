"""The reconciliation of a period's ledger as it is stored: its lines, of all, by unit and by matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from accounts.models import Unit, User
from common.periods import AnyPeriod, Period
from enterprises.models import Workstream
from reports.figures import balance
from reports.figures.levels import own_totals
from reports.figures.tallies import Cell, Level
from reports.figures.values import UNSTATED
from reports.models import Tally

ALL = "全部"


@dataclass(frozen=True)
class BalanceLine:
    """One line of the reconciliation: of all, of a unit, of a matter."""

    name: str
    level: str
    workstream: int | None
    unit: int | None
    numbers: Mapping[str, int]

    @property
    def adjusted(self) -> int:
        """Moved in and reopened, less moved out, as one number."""
        get = self.numbers.get
        return get(balance.MOVED_IN, 0) + get(balance.REOPENED, 0) - get(balance.MOVED_OUT, 0)

    def number(self, code: str) -> int:
        return self.adjusted if code == balance.ADJUSTED else self.numbers.get(code, 0)

    @property
    def adds_up(self) -> bool:
        arrived = self.number(balance.OPENING) + self.number(balance.REGISTERED) + self.adjusted
        left = self.number(balance.RESOLVED) + self.number(balance.EXCLUDED)
        return arrived - left == self.number(balance.CLOSING)

    @property
    def sentence(self) -> str:
        """“期初未结 3 + 新增 2 + 转入 0 + 重新打开 0 − 转出 0 − 化解 1 − 剔除 0 = 期末未结 4”"""
        parts = (f"{sign} {balance.LABELS[code]} {self.number(code)}" for code, sign in balance.SIGNS.items())
        return " ".join(parts).strip()


@dataclass(frozen=True)
class Reconciliation:
    period: Period
    all: BalanceLine
    units: list[BalanceLine]
    workstreams: list[BalanceLine]

    @property
    def lines(self) -> list[BalanceLine]:
        return [self.all, *self.workstreams, *self.units]


def balance_lines(period: AnyPeriod) -> list[BalanceLine]:
    """Every stored line, unnamed: what `manage.py verify` adds up."""
    return lines_of(balance_cells(Tally.objects.of(period.code)))


def balance_cells(rows: QuerySet[Tally]) -> list[Cell]:
    fields = ("indicator", "level", "workstream_id", "unit_id", "value")
    return [Cell(*row) for row in rows.filter(indicator__in=balance.STORED).order_by().values_list(*fields)]


def lines_of(cells: Iterable[Cell]) -> list[BalanceLine]:
    found: dict[tuple[str, int | None, int | None], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell in cells:
        found[cell.level, cell.workstream, cell.unit][cell.indicator] += cell.value
    return [BalanceLine("", level, matter, unit, dict(numbers)) for (level, matter, unit), numbers in found.items()]


def reconciliation(period: Period, user: User, *, unit: Unit | None = None) -> Reconciliation:
    """期初未结 + 新增 − 化解 − 剔除 ± 调整 = 期末未结, by unit and by matter; frozen where the period is closed.

    For someone of a unit, of its whole tree: what came from or went to another unit is in its 调整. The lines of units
    are each unit's own, so that they add up; `unit` asks for one unit's own part, which is what it signs.
    """
    rows = Tally.objects.of(period.code).visible_to(user)
    cells = balance_cells(rows.filter(unit=unit) if unit else rows)
    if unit or not user.sees_all:
        own = [cell for cell in cells if cell.level in (Level.UNIT, Level.CELL)]
        cells = [*own, *own_totals(own)]
    lines = lines_of(cells)
    matters = dict(Workstream.objects.visible_to(user).values_list("pk", "name"))
    units = Unit.objects.visible_to(user).own_names()

    def named(level: str, names: dict[int, str], key: str) -> list[BalanceLine]:
        order = {pk: at for at, pk in enumerate([*names, None])}
        kept = [one for one in lines if one.level == level and getattr(one, key) in order]
        kept.sort(key=lambda one: order[getattr(one, key)])
        return [replace(one, name=names.get(getattr(one, key), UNSTATED)) for one in kept]

    whole = next((one for one in lines if one.level == Level.ALL), BalanceLine(ALL, Level.ALL, None, None, {}))
    return Reconciliation(
        period,
        replace(whole, name=ALL),
        named(Level.UNIT, units, "unit"),
        named(Level.WORKSTREAM, matters, "workstream"),
    )
