"""Stored values as people read them: each figure with its shares, of the whole office or of one's own units."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from accounts.models import Unit, User
from common.money import from_cents
from common.periods import AnyPeriod, local_date
from enterprises.models import Workstream
from reports.figures.registry.indicators import CALM, INDICATORS, Indicator
from reports.figures.tallies import Cell, Level, compute, store
from reports.figures.together import together
from reports.figures.words import NOT_COUNTED, remark
from reports.models import FrozenDefinition, Tally

UNSTATED = "未注明"


@dataclass(frozen=True)
class Figure:
    """An indicator's value as people read it: Decimal yuan for money, int otherwise; shares by name, in order.

    The value is None where the figure was not counted when the period was: that is not nought.
    """

    indicator: Indicator
    value: int | Decimal | None
    by_workstream: dict[str, int | Decimal] = field(default_factory=dict)
    by_unit: dict[str, int | Decimal] = field(default_factory=dict)
    home: str | None = None  # name of the workstream it is published for; None: all
    computed_at: datetime | None = None
    signed_version: int | None = None  # of the definition a closed period was signed with, where it is another by now

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def label(self) -> str:
        return self.indicator.label

    @property
    def published(self) -> int | Decimal | None:
        """The value the office publishes: of the indicator's own workstream where it has one."""
        return self.value if self.home is None or self.value is None else self.by_workstream.get(self.home, 0)

    @property
    def text(self) -> str:
        """The published value as the briefing's prose prints it."""
        return NOT_COUNTED if self.published is None else self.indicator.text(self.published)

    @property
    def exact(self) -> str:
        """As tables print it."""
        return NOT_COUNTED if self.value is None else self.indicator.exact(self.value)

    @property
    def remark(self) -> str:
        """What has to be said beside the value, if anything."""
        return remark(self.value, self.signed_version)


def figures(period: AnyPeriod, user: User | None = None, *, now: datetime) -> list[Figure]:
    """Every figure of the period from the stored tally, counted first if it never was.

    Without a user, or for someone who sees everything, the whole office's; otherwise those of the person's units
    together (`reports.figures.together`), without what is of no unit. `by_unit` has each unit's own, so that they
    add up.
    """
    tallies = Tally.objects.of(period.code)
    if not tallies.exists():
        store(period, compute(period, local_date(now)), now)
    wanted = tallies
    if user is not None and not user.sees_all:
        wanted = (tallies.visible_to(user) & tallies.filter(level__in=[Level.CELL, Level.UNIT])) | tallies.filter(
            level=Level.ALL
        )
    fields = ("indicator", "level", "workstream_id", "unit_id", "value", "computed_at")
    rows = list(wanted.order_by().values_list(*fields))
    cells = [Cell(*row[:-1]) for row in rows]
    counted = {cell.indicator for cell in cells if cell.level == Level.ALL}
    if user is not None and not user.sees_all:
        cells = [one for one in cells if one.level != Level.ALL]
        units = set(user.scope_units().values_list("pk", flat=True))
        cells += together(cells, period, units, local_date(now))
    moment = next((row[-1] for row in rows), None)
    found = assemble(cells, moment, whole=user is None or user.sees_all, counted=counted)
    versions = signed_versions(period)
    return [replace(one, signed_version=versions.get(one.code)) for one in found] if versions else found


def signed_versions(period: AnyPeriod) -> dict[str, int]:
    """Of a closed period, the version each figure was signed with where its definition is another by now."""
    if not period.is_half:
        return {}
    in_force = FrozenDefinition.objects.filter(close__book__code=period.code, close__reopening=None).order_by()
    signed = in_force.values_list("code", "version")
    return {code: version for code, version in signed if code in INDICATORS and version != INDICATORS[code].version}


def assemble(
    cells: Iterable[Cell], moment: datetime | None, *, whole: bool, counted: Collection[str] = INDICATORS
) -> list[Figure]:
    """Cells to figures, in the registry's order, shares in the order of matters and units; what is not among the
    `counted` has no value."""
    streams = list(Workstream.objects.values_list("pk", "name", "slug"))
    workstreams, homes = {pk: name for pk, name, _ in streams}, {slug: name for _, name, slug in streams}
    units = Unit.objects.own_names()
    found: dict[tuple[str, str], dict[int | None, int]] = defaultdict(dict)
    for cell in cells:
        if cell.indicator not in counted:
            continue
        found[cell.indicator, cell.level][cell.unit if cell.level == Level.UNIT else cell.workstream] = cell.value
    return [
        Figure(
            indicator=one,
            value=shown(one, found[code, Level.ALL].get(None, 0)) if code in counted else None,
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
