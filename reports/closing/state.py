"""What the pages of a period show: state, signatures, reconciliation, adjustments. Everyone sees their own part."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import Unit, User
from common.periods import Period, local_date
from enterprises.models import Workstream
from reports.closing.books import current_close, digest_of, may_sign, parts, stored_cells
from reports.days.rates import DEFAULT_TARGET, Rates, RateTable, rates_on
from reports.figures import balance
from reports.figures.tallies import Cell, compute, store
from reports.figures.values import UNSTATED
from reports.models import PeriodClose, PeriodReopening, Tally, UnitSignoff

Level = Tally.Level
ALL = "全部"
SIGNED_HERE = "本单位已签字，等其他单位"


# ---- state ----


@dataclass(frozen=True)
class Signature:
    """A unit's part of a period: signed as it is now, signed before it changed, or not at all."""

    unit: Unit
    signoff: UnitSignoff | None
    is_valid: bool
    is_mine: bool

    @property
    def state(self) -> str:
        if self.is_valid:
            return "signed"
        return "stale" if self.signoff else "none"

    @property
    def words(self) -> str:
        return {"signed": "已签字", "stale": "签字后数字有变化，须重签", "none": "未签字"}[self.state]


@dataclass(frozen=True)
class Version:
    """One time a period was closed, and its reopening if there was one."""

    close: PeriodClose
    reopening: PeriodReopening | None


@dataclass(frozen=True)
class PeriodState:
    period: Period
    is_over: bool
    close: PeriodClose | None  # the one in force
    versions: list[Version]
    signatures: list[Signature]
    waits_for_others: bool = False  # units this person does not see have not signed; which ones is theirs to know

    @property
    def is_closed(self) -> bool:
        return self.close is not None

    @property
    def lacking(self) -> list[Signature]:
        return [one for one in self.signatures if not one.is_valid]

    @property
    def to_sign(self) -> list[Signature]:
        """What waits for this person's own signature."""
        return [] if self.is_closed or not self.is_over else [one for one in self.lacking if one.is_mine]

    @property
    def words(self) -> str:
        if self.is_closed:
            return "已结账"
        if not self.is_over:
            return "进行中"
        if self.lacking:
            return "重新打开，待签字" if self.versions else "待签字"
        if self.signatures and self.waits_for_others:
            return SIGNED_HERE
        return "可以结账" if self.signatures else "没有数字"

    @property
    def colour(self) -> str:
        return {
            "已结账": "green",
            "可以结账": "blue",
            SIGNED_HERE: "blue",
            "进行中": "secondary",
            "没有数字": "secondary",
        }.get(self.words, "orange")


def period_state(period: Period, user: User, today: date) -> PeriodState:
    """Where the close of a period stands; signatures of the units this person sees."""
    versions = [
        Version(close, getattr(close, "reopening", None))
        for close in PeriodClose.objects.visible_to(user)
        .filter(book__code=period.code)
        .select_related("book", "reopening")
        .order_by("-version")
    ]
    close = versions[0].close if versions and versions[0].reopening is None else None
    version = close.version if close else (versions[0].close.version + 1 if versions else 1)
    cells, is_over = stored_cells(period), today > period.end
    own = signatures(period, version, user, cells)
    state = PeriodState(period, is_over, close, versions, own)
    if user.sees_all or close or not is_over or not own or state.lacking:
        return state
    return replace(state, waits_for_others=not all_signed(period, version, cells))


def all_signed(period: Period, version: int, cells: list[Cell]) -> bool:
    """Whether every unit that has something to sign has signed it as it is now, whoever asks."""
    given = set(UnitSignoff.objects.filter(book__code=period.code, version=version).values_list("unit", "digest"))
    return all((unit, digest_of(period, cells, unit)) in given for unit in parts(cells))


def signatures(period: Period, version: int, user: User, cells: list[Cell]) -> list[Signature]:
    present = parts(cells)
    units = Unit.objects.visible_to(user).filter(pk__in=present)
    if not user.sees_all:
        units = units.filter(pk__in=user.scope_units())
    given: dict[int, list[UnitSignoff]] = defaultdict(list)
    signed = UnitSignoff.objects.visible_to(user).filter(book__code=period.code, version=version).order_by("pk")
    for one in signed:
        given[one.unit_id].append(one)
    by_unit: dict[int | None, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_unit[cell.unit].append(cell)
    found = []
    for unit in units:
        digest = digest_of(period, by_unit[unit.pk], unit.pk)
        valid = next((one for one in given[unit.pk] if one.digest == digest), None)
        last = valid or next(reversed(given[unit.pk]), None)
        found.append(Signature(unit, last, valid is not None, may_sign(user, unit)))
    return found


def ensure_counted(period: Period, now: datetime) -> None:
    """Counts a period whose reconciliation was never stored."""
    if not Tally.objects.of(period.code).filter(indicator=balance.CLOSING).exists():
        store(period, compute(period, local_date(now)), now)


# ---- reconciliation ----


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


def balance_lines(period: Period) -> list[BalanceLine]:
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
    """What was open, came, went and is open at the end, by unit and by matter; frozen where the period is closed.

    For someone of one unit, of that unit alone: what came from or went to another unit is in its 转入 and 转出.
    `unit` asks for one unit's part alone.
    """
    rows = Tally.objects.of(period.code).visible_to(user)
    cells = balance_cells(rows.filter(unit=unit) if unit else rows)
    if unit or not user.sees_all:
        own = [cell for cell in cells if cell.level in (Level.UNIT, Level.CELL)]
        totals = {Level.UNIT: Level.ALL, Level.CELL: Level.WORKSTREAM}
        own_totals = [replace(cell, level=totals[Level(cell.level)], unit=None) for cell in own]
        cells = [*own, *own_totals]
    lines = lines_of(cells)
    matters = dict(Workstream.objects.visible_to(user).values_list("pk", "name"))
    units = dict(Unit.objects.visible_to(user).values_list("pk", "name"))

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


# ---- both rates ----


def rates_of(period: Period, today: date, user: User | None = None) -> RateTable:
    """Both rates at the period's end (or today); of a closed period as they were signed.

    The steps that could hide something (延期, 退单 …) are always told from the events.
    """
    table = rates_on(min(period.end, today), user)
    if current_close(period) is None:
        return table
    rows = Tally.objects.of(period.code)
    if user is not None:
        rows = rows.visible_to(user)
    cells = balance_cells(rows)
    if user is not None and not user.sees_all:
        cells = [cell for cell in cells if cell.level in (Level.UNIT, Level.CELL)]
        totals = {Level.UNIT: Level.ALL, Level.CELL: Level.WORKSTREAM}
        cells += [replace(cell, level=totals[Level(cell.level)], unit=None) for cell in cells]
    units, matters = (dict(model.objects.values_list("pk", "name")) for model in (Unit, Workstream))
    lines = lines_of(cells)
    whole = next((one for one in lines if one.level == Level.ALL), BalanceLine(ALL, Level.ALL, None, None, {}))
    return replace(
        table,
        all=as_signed(table.all, whole),
        by_unit=by_name(table.by_unit, [one for one in lines if one.level == Level.UNIT], units, "unit"),
        by_workstream=by_name(
            table.by_workstream, [one for one in lines if one.level == Level.WORKSTREAM], matters, "workstream"
        ),
    )


def by_name(live: dict[str, Rates], lines: list[BalanceLine], names: dict[int, str], key: str) -> dict[str, Rates]:
    signed = {names.get(getattr(one, key), UNSTATED): one for one in lines}
    blank = BalanceLine("", "", None, None, {})
    none = Rates(target=next((one.target for one in live.values()), DEFAULT_TARGET))
    gone = [name for name, line in signed.items() if name not in live and line.number(balance.RATED)]
    return {name: as_signed(live.get(name, none), signed.get(name, blank)) for name in [*live, *gone]}


def as_signed(live: Rates, line: BalanceLine) -> Rates:
    rejected, duplicate = line.number(balance.RATED_REJECTED), line.number(balance.RATED_DUPLICATE)
    return replace(
        live,
        registered=line.number(balance.RATED) + rejected + duplicate,
        rejected=rejected,
        duplicate=duplicate,
        completed=line.number(balance.RATED_DONE),
        resolved=line.number(balance.RATED_RESOLVED),
        deferred=line.number(balance.RATED_DEFERRED),
    )
