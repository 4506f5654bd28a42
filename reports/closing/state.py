"""Where a period stands: open, waiting for signatures, closed; who signed. Everyone sees their own part."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from accounts.models import Unit, User
from common.periods import Period, local_date
from reports.closing.books import may_sign, parts
from reports.closing.digests import Versions, defined, digest_of, stored_cells
from reports.figures import balance
from reports.figures.tallies import Cell, compute, store
from reports.models import PeriodClose, PeriodReopening, Tally, UnitSignoff

SIGNED_HERE = "本单位已签字，等其他单位"


@dataclass(frozen=True)
class Signature:
    """A unit's part of a period: signed as it is now, signed before it changed, or not at all.

    A unit signs for itself alone, whoever belongs to it: `name` says so.
    """

    unit: Unit
    signoff: UnitSignoff | None
    is_valid: bool
    is_mine: bool

    @property
    def name(self) -> str:
        return str(getattr(self.unit, "own_name", self.unit))

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
    own = signatures(period, user, (version, defined(close) if close else {}), cells)
    state = PeriodState(period, is_over, close, versions, own)
    if user.sees_all or close or not is_over or not own or state.lacking:
        return state
    return replace(state, waits_for_others=not all_signed(period, version, cells))


def all_signed(period: Period, version: int, cells: list[Cell]) -> bool:
    """Whether every unit that has something to sign has signed it as it is now, whoever asks."""
    given = set(UnitSignoff.objects.filter(book__code=period.code, version=version).values_list("unit", "digest"))
    return all((unit, digest_of(period, cells, unit)) in given for unit in parts(cells))


def signatures(period: Period, user: User, of: tuple[int, Versions], cells: list[Cell]) -> list[Signature]:
    """`of`: which close they are meant for, and the versions of the definitions it was signed with."""
    version, signed_with = of
    present = parts(cells)
    units = Unit.objects.visible_to(user).filter(pk__in=present).named()
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
        digest = digest_of(period, by_unit[unit.pk], unit.pk, signed_with)
        valid = next((one for one in given[unit.pk] if one.digest == digest), None)
        last = valid or next(reversed(given[unit.pk]), None)
        found.append(Signature(unit, last, valid is not None, may_sign(user, unit)))
    return found


def ensure_counted(period: Period, now: datetime) -> None:
    """Counts a period whose reconciliation was never stored."""
    if not Tally.objects.of(period.code).filter(indicator=balance.CLOSING).exists():
        store(period, compute(period, local_date(now)), now)
