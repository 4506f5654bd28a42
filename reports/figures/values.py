"""Stored values as people read them: each figure with its shares, of the whole office or of one's own units."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.models import Unit, User
from common.money import from_cents
from common.periods import AnyPeriod, local_date
from enterprises.models import Workstream
from reports.figures.indicators import CALM, INDICATORS, Indicator
from reports.figures.tallies import Cell, Level, compute, store
from reports.figures.together import together
from reports.models import Tally

UNSTATED = "未注明"


@dataclass(frozen=True)
class Figure:
    """An indicator's value as people read it: Decimal yuan for money, int otherwise; shares by name, in order."""

    indicator: Indicator
    value: int | Decimal
    by_workstream: dict[str, int | Decimal] = field(default_factory=dict)
    by_unit: dict[str, int | Decimal] = field(default_factory=dict)
    home: str | None = None  # name of the workstream it is published for; None: all
    computed_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def label(self) -> str:
        return self.indicator.label

    @property
    def published(self) -> int | Decimal:
        """The value the office publishes: of the indicator's own workstream where it has one."""
        return self.value if self.home is None else self.by_workstream.get(self.home, 0)

    @property
    def text(self) -> str:
        """The published value as the briefing's prose prints it."""
        return self.indicator.text(self.published)

    @property
    def exact(self) -> str:
        """As tables print it."""
        return self.indicator.exact(self.value)


def figures(period: AnyPeriod, user: User | None = None, *, now: datetime) -> list[Figure]:
    """Every figure of the period from the stored tally, counted first if it never was.

    Without a user, or for someone who sees everything, the whole office's; otherwise those of the person's units
    together (`reports.figures.together`), without what is of no unit. `by_unit` has each unit's own, so that they
    add up.
    """
    if not Tally.objects.of(period.code).exists():
        store(period, compute(period, local_date(now)), now)
    tallies = Tally.objects.of(period.code)
    if user is not None and not user.sees_all:
        tallies = tallies.visible_to(user).filter(level__in=[Level.CELL, Level.UNIT])
    fields = ("indicator", "level", "workstream_id", "unit_id", "value")
    cells = [Cell(*row) for row in tallies.order_by().values_list(*fields)]
    if user is not None and not user.sees_all:
        units = set(user.scope_units().values_list("pk", flat=True))
        cells += together(cells, period, units, local_date(now))
    moment = tallies.values_list("computed_at", flat=True).first()
    return assemble(cells, moment, whole=user is None or user.sees_all)


def assemble(cells: Iterable[Cell], moment: datetime | None, *, whole: bool) -> list[Figure]:
    """Cells to figures, in the registry's order, shares in the order of matters and units."""
    streams = list(Workstream.objects.values_list("pk", "name", "slug"))
    workstreams, homes = {pk: name for pk, name, _ in streams}, {slug: name for _, name, slug in streams}
    units = Unit.objects.own_names()
    found: dict[tuple[str, str], dict[int | None, int]] = defaultdict(dict)
    for cell in cells:
        found[cell.indicator, cell.level][cell.unit if cell.level == Level.UNIT else cell.workstream] = cell.value
    return [
        Figure(
            indicator=one,
            value=shown(one, found[code, Level.ALL].get(None, 0)),
            by_workstream=named(one, found[code, Level.WORKSTREAM], workstreams),
            by_unit=named(one, found[code, Level.UNIT], units),
            home=homes.get(one.home),
            computed_at=moment,
        )
        for code, one in INDICATORS.items()
        if whole or one is not CALM
    ]


def named(one: Indicator, values: dict[int | None, int], names: dict[int, str]) -> dict[str, int | Decimal]:
    """Shares by name; what states no name comes last."""
    order = {key: place for place, key in enumerate([*names, None])}
    known = sorted((key for key in values if key in order), key=lambda key: order[key])
    return {names.get(key, UNSTATED) if key else UNSTATED: shown(one, values[key]) for key in known}


def shown(one: Indicator, value: int) -> int | Decimal:
    return from_cents(value) if one.is_money else value
