"""The pages of a period: the list, one period, a unit's part to be signed, a frozen version."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import methodcaller
from types import MappingProxyType
from typing import Any

from accounts.models import User
from accounts.rights.permissions import can
from common.books.rowsheet import Formula
from common.books.sheets import Column, Sheet
from common.money import from_cents
from common.periods import Period, local_date
from jobs.models import Job
from ledger.models import Correction
from reports.closing.adjustments import Moved, adds_up, adjustments, stated_corrections
from reports.closing.digests import part_cells, part_digest
from reports.closing.jobs import last_job
from reports.closing.reconciliation import BalanceLine, Reconciliation, reconciliation
from reports.closing.reminding import reminded_on
from reports.closing.signed import rates_of
from reports.closing.state import PeriodState, ensure_counted, period_state
from reports.days.rates import NO_RATE, RateTable
from reports.figures import balance
from reports.figures.balance import RULE
from reports.figures.blank import NO_DATA, RECORDED, blank_words, is_blank
from reports.figures.levels import own_totals
from reports.figures.registry.indicators import INDICATORS
from reports.figures.tallies import Level
from reports.figures.values import Figure, assemble, figures
from reports.figures.words import NOT_COUNTED
from reports.models import FrozenDefinition, FrozenFigure, PeriodClose, UnitSignoff
from reports.pages.choosing import periods_to_choose
from reports.records.addresses import records_url

EVERYTHING: Mapping[str, int] = MappingProxyType({})
KINDS = {Level.ALL: "全部", Level.WORKSTREAM: "六件大事", Level.UNIT: "责任单位"}


@dataclass(frozen=True)
class BalanceNumber:
    text: str
    url: str
    label: str


@dataclass(frozen=True)
class BalanceRow:
    line: BalanceLine
    numbers: list[BalanceNumber]


@dataclass(frozen=True)
class PeriodPage:
    state: PeriodState
    figures: list[Figure]
    rates: RateTable
    groups: list[tuple[str, list[BalanceRow]]]
    headings: list[str]
    balance: Reconciliation
    blank: str  # that nothing was recorded in it, in words
    moved: list[Moved]
    corrections: list[Correction]
    may_close: bool
    may_reopen: bool
    job: Job | None = None  # a close under way, or one that came to nothing
    reminded: int = 0  # of the units that have not signed, how many were reminded today

    rule = RULE

    @property
    def is_closing(self) -> bool:
        return self.job is not None and self.job.is_active


@dataclass(frozen=True)
class SignPage:
    state: PeriodState
    figures: list[Figure]
    groups: list[tuple[str, list[BalanceRow]]]
    headings: list[str]
    has_part: bool  # something to sign: figures, or problems carried over
    digest: str
    may_sign: bool
    signoff: UnitSignoff | None
    is_signed: bool
    whose: str  # the unit's own part: of one that others belong to, 本级


@dataclass(frozen=True)
class VersionPage:
    close: PeriodClose
    period: Period
    lines: list[tuple[Any, str]]  # definition, value in words


def period_states(user: User, today: date) -> list[PeriodState]:
    """Every half-year of the office, newest first."""
    return [period_state(period, user, today) for period in periods_to_choose(today)]


def balance_sheet(found: Reconciliation, whose: str) -> Sheet:
    """The Excel: what is left at the end is reckoned on the sheet from what stands before it."""
    columns = [
        Column("类别", lambda line: KINDS.get(Level(line.level), ""), 12),
        Column("范围", lambda line: line.name, 24),
        *[
            Column(f"{balance.SIGNS[code]}{balance.LABELS[code]}", methodcaller("number", code), 12)
            for code in balance.COLUMNS[:-1]
        ],
        Column(
            f"={balance.LABELS[balance.CLOSING]}",
            lambda line: Formula("=C{row}+D{row}+E{row}+F{row}-G{row}-H{row}-I{row}", line.number(balance.CLOSING)),
            12,
        ),
    ]
    period = found.period
    about = f"范围：{whose}　统计期：{period.start}至{period.end}　单位：件"
    return Sheet("期间对账", columns, found.lines, f"{period.label}问题台账期间对账表", about)


def headings() -> list[str]:
    return [f"{sign} {balance.LABELS[code]}".strip() for code, sign in balance.SIGNS.items()]


def groups(found: Reconciliation, whole: Mapping[str, int] = EVERYTHING) -> list[tuple[str, list[BalanceRow]]]:
    """The lines with their numbers, each opening its entries; `whole` is what the first of them is of."""
    return [
        ("", [balance_row(found.period, found.all, whole)]),
        (
            "六件大事",
            [balance_row(found.period, one, {**whole, "workstream": one.workstream or 0}) for one in found.workstreams],
        ),
        ("责任单位", [balance_row(found.period, one, own(one.unit)) for one in found.units]),
    ]


def own(unit: int | None) -> dict[str, int]:
    """A unit's own records in an address, without those of the units below it."""
    return {"unit": unit, "only": 1} if unit else {"unit": 0}


def balance_row(period: Period, line: BalanceLine, place: Mapping[str, int]) -> BalanceRow:
    def number(code: str) -> BalanceNumber:
        value = line.number(code)
        return BalanceNumber(str(value), records_url(code, period, **place) if value else "", balance.LABELS[code])

    return BalanceRow(line, [number(code) for code in balance.COLUMNS])


def period_page(period: Period, user: User, now: datetime) -> PeriodPage:
    ensure_counted(period, now)
    state = period_state(period, user, local_date(now))
    found = reconciliation(period, user)
    may_close = can(user, "period.close") and state.is_over and not state.is_closed
    blank = is_blank(period, user, now=now)
    return PeriodPage(
        state=state,
        figures=[] if blank else figures(period, user, now=now),
        blank=blank_words(period, is_current=not state.is_over) if blank else "",
        rates=rates_of(period, local_date(now), user),
        groups=groups(found),
        headings=headings(),
        balance=found,
        moved=adjustments(period, user),
        corrections=stated_corrections(period, user),
        may_close=may_close,
        job=last_job(period, user) if may_close else None,
        reminded=reminded(period, state, local_date(now)) if may_close else 0,
        may_reopen=can(user, "period.close") and state.is_closed,
    )


def reminded(period: Period, state: PeriodState, today: date) -> int:
    told = reminded_on(period, today) if state.lacking else set()
    return sum(one.unit.pk in told for one in state.lacking)


def sign_page(period: Period, user: User, now: datetime) -> SignPage:
    """The part of the person's own unit, and what they would put their name to."""
    ensure_counted(period, now)
    state = period_state(period, user, local_date(now))
    unit = user.unit
    mine = next((one for one in state.signatures if one.is_mine), None)
    cells = part_cells(period, unit.pk) if unit else []
    found = reconciliation(period, user, unit=unit) if unit else reconciliation(period, user)
    return SignPage(
        state=state,
        figures=[one for one in assemble(own_totals(cells), None, whole=False) if one.value],
        groups=[(name, rows) for name, rows in groups(found, own(unit.pk if unit else None)) if name != "责任单位"],
        headings=headings(),
        has_part=bool(cells),
        digest=part_digest(period, unit.pk) if unit else "",
        may_sign=bool(mine and not mine.is_valid and state.is_over and not state.is_closed),
        signoff=mine.signoff if mine else None,
        is_signed=bool(mine and mine.is_valid),
        whose=mine.name if mine else str(unit),
    )


def version_page(close: PeriodClose, user: User) -> VersionPage:
    """Every frozen figure of a version, of all or of one's own unit, in the words it was signed with."""
    rows = FrozenFigure.objects.visible_to(user).filter(close=close)
    rows = rows.filter(level=Level.ALL if user.sees_all else Level.UNIT)
    values: dict[str, list[int]] = defaultdict(list)
    for code, value in rows.order_by().values_list("indicator", "value"):
        values[code].append(value)
    counted = set(close.figures.filter(level=Level.ALL).values_list("indicator", flat=True))
    blank = not any(any(values[code]) for code in RECORDED if code in values)

    def words(one: FrozenDefinition) -> str:
        if one.code not in counted:
            return NOT_COUNTED
        return NO_DATA if blank and one.code in INDICATORS else frozen_words(one, values[one.code])

    lines = [(one, words(one)) for one in close.definitions.order_by("order")]
    return VersionPage(close, Period.parse(close.book.code), lines)


def frozen_words(one: Any, signed: list[int]) -> str:
    """Of several units together; what is counted once in each says nothing of all of them."""
    if len(signed) > 1 and not adds_up(one.code):
        return NO_RATE
    value = sum(signed)
    return f"{from_cents(value):,.2f}元" if one.is_money else f"{value:,}{one.unit_word}"
