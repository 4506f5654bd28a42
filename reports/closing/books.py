"""Signing a unit's part, closing a period, opening it again: the only code that writes the books of a period."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from accounts.models import Unit, User
from accounts.rights.permissions import can
from common.periods import AnyPeriod, Period, local_date
from jobs.guards import no_guard, silent
from ledger.models import ClosedPeriod
from reports.closing.digests import digest_of, digest_of_shares, stored_cells
from reports.figures import balance
from reports.figures.registry.indicators import INDICATORS
from reports.figures.requests import request_tally
from reports.figures.sequels import compute_sequels, store_sequels
from reports.figures.shares import ShareCell, compute_shares, store_shares
from reports.figures.tallies import Cell, codes_of, compute, hold, store
from reports.figures.watch import changed, marks
from reports.models import FrozenDefinition, FrozenFigure, PeriodClose, PeriodReopening, UnitSignoff

BATCH = 500


class ClosingError(Exception):
    """Signing, closing or reopening cannot be done now; the message says why and what to do, in Chinese."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def current_close(period: AnyPeriod) -> PeriodClose | None:
    """The close in force; None while the period is open."""
    return PeriodClose.objects.filter(book__code=period.code, reopening=None).order_by("-version").first()


def next_version(period: Period) -> int:
    """The number the next close will have."""
    last = PeriodClose.objects.filter(book__code=period.code).order_by("-version").first()
    return last.version + 1 if last else 1


def parts(cells: Iterable[Cell]) -> set[int]:
    """The units that have something to sign for."""
    return {cell.unit for cell in cells if cell.unit and cell.value}


def ensure_over(period: Period, today: date) -> None:
    if today <= period.end:
        raise ClosingError(f"{period.label}到{period.end.month}月{period.end.day}日才结束，之后再签字、结账")


def ensure_half_year(period: Period) -> None:
    if period.months != Period.half_of(period.start).months:
        raise ClosingError("按半年结账，请选择上半年或下半年")


def may_sign(user: User, unit: Unit) -> bool:
    """People sign for the unit they work in, and for no other."""
    return can(user, "period.sign") and user.unit_id == unit.pk


def sign_part(*, period: Period, unit: Unit | None, actor: User, seen: str, now: datetime) -> UnitSignoff:
    """The unit's word for the figures whose digest was on the page; said twice it is one.

    Raises:
        ClosingError: not this person's unit, nothing to sign, not over yet, closed, or the figures moved meanwhile.
    """
    if unit is None:
        raise ClosingError("您的账号不属于任何单位，没有可签字的数字")
    if not may_sign(actor, unit):
        raise ClosingError(f"只有{unit}的联络员和领导能为本单位签字")
    ensure_half_year(period)
    ensure_over(period, local_date(now))
    with transaction.atomic():
        book = hold(period)
        if current_close(period):
            raise ClosingError(f"{period.label}已经结账，不用再签字")
        cells = stored_cells(period)
        if unit.pk not in parts(cells):
            raise ClosingError(f"{unit}在{period.label}没有数字，不用签字")
        digest = digest_of(period, cells, unit.pk)
        if digest != seen:
            raise ClosingError("您打开页面以后数字有变化，请看过现在的数字再签字")
        signed = {"signed_by": actor, "signed_name": actor.name, "signed_at": now}
        keys = {"book": book, "version": next_version(period), "unit": unit, "digest": digest}
        return UnitSignoff.objects.get_or_create(**keys, defaults=signed)[0]


def unsigned(period: Period, cells: list[Cell]) -> list[Unit]:
    """The units whose part nobody has signed as it is now."""
    given = UnitSignoff.objects.filter(book__code=period.code, version=next_version(period))
    signed = set(given.values_list("unit", "digest"))
    lacking = [pk for pk in parts(cells) if (pk, digest_of(period, cells, pk)) not in signed]
    return list(Unit.objects.filter(pk__in=lacking))


@dataclass(frozen=True)
class FirstCount:
    """What was counted before the transaction, and what it had seen."""

    seen: Mapping[str, Any]
    cells: list[Cell]
    shares: list[ShareCell]


def count_first(period: Period, now: datetime, tell: Callable[[int, str], None]) -> FirstCount:
    seen = marks(now)
    tell(0, f"正在统计{period.label}")
    cells = list(compute(period, local_date(now)))
    tell(1, f"正在按工作组、干警、产业统计{period.label}")
    shares = list(compute_shares(period))
    tell(2, "正在冻结")
    return FirstCount(seen, cells, shares)


def count_rest(period: Period, now: datetime, first: FirstCount) -> tuple[list[Cell], list[ShareCell]]:
    """The whole count, with what changed since the first anew.

    A write that is under way at this moment is counted by the next recount, as an adjustment.
    """
    late = changed(first.seen, marks(now))
    cells = [*other_than(late, first.cells), *compute(period, local_date(now), sources=late)]
    return cells, [*other_than(late, first.shares), *compute_shares(period, sources=late)]


def close_period(
    *,
    period: Period,
    actor: User,
    now: datetime,
    reason: str = "",
    guard: Callable[[], None] = no_guard,
    tell: Callable[[int, str], None] = silent,
) -> PeriodClose:
    """Counts the period afresh and freezes every figure, both rates and the reconciliation, all or nothing.

    The long count keeps nobody waiting; in the transaction only what changed meanwhile is counted again.

    Raises:
        ClosingError: not the office's admin, not over yet, or units have not signed and no reason is given.
    """
    check_close(period, actor, local_date(now))
    if made := current_close(period):
        return made
    first = count_first(period, now, tell)
    with transaction.atomic():
        guard()
        book = hold(period)
        if made := current_close(period):  # another's, meanwhile
            return made
        cells, shares = count_rest(period, now, first)
        lacking = refuse_unsigned(unsigned(period, cells), reason)
        close = PeriodClose.objects.create(
            book=book,
            version=next_version(period),
            digest=digest_of(period, cells),
            shares_digest=digest_of_shares(period, shares),
            missing=lacking,
            missing_reason=reason.strip() if lacking else "",
            closed_by=actor,
            closed_name=actor.name,
            closed_at=now,
        )
        put_down(close, period, cells, shares)
        return close


def put_down(close: PeriodClose, period: Period, cells: list[Cell], shares: list[ShareCell]) -> None:
    """Everything a close consists of, and that the period is closed from then on."""
    now = close.closed_at
    ClosedPeriod.objects.filter(code=period.code).delete()  # one set by hand before there were books
    freeze(close, cells)
    store(period, cells, now)
    store_shares(period, shares, now)
    store_sequels(period, compute_sequels(period), now)
    ClosedPeriod.objects.create(
        code=period.code, starts_on=period.start, ends_on=period.end, closed_at=now, closed_by=close.closed_name
    )


def check_close(period: Period, actor: User, today: date) -> None:
    """Whether this person may close the period now.

    Raises:
        ClosingError: not the office's admin, no half-year, or not over yet.
    """
    if not can(actor, "period.close"):
        raise ClosingError("结账由管理员办理")
    ensure_half_year(period)
    ensure_over(period, today)


def refuse_unsigned(units: Iterable[Unit], reason: str) -> str:
    """The names of units that have not signed. They hold a close up, unless the office says why not to wait.

    Raises:
        ClosingError: with their names.
    """
    lacking = "、".join(unit.name for unit in units)
    if lacking and not reason.strip():
        raise ClosingError(f"还没有签字（或签字后数字有变化）：{lacking}。要先结账，请写明原因", "reason")
    return lacking


Counted = TypeVar("Counted", Cell, ShareCell)


def other_than(sources: Collection[str], cells: Iterable[Counted]) -> list[Counted]:
    """What was counted from other sources than these."""
    codes = codes_of(sources)
    return [cell for cell in cells if cell.indicator not in codes]


def freeze(close: PeriodClose, cells: Iterable[Cell]) -> None:
    FrozenFigure.objects.bulk_create(
        [
            FrozenFigure(
                close=close,
                indicator=cell.indicator,
                level=cell.level,
                workstream_id=cell.workstream,
                unit_id=cell.unit,
                slot=cell.slot,
                value=cell.value,
            )
            for cell in sorted(cells, key=lambda cell: (cell.indicator, cell.slot))
        ],
        batch_size=BATCH,
    )
    FrozenDefinition.objects.bulk_create(
        FrozenDefinition(close=close, order=order, **words) for order, words in enumerate(definitions(), 1)
    )


def definitions() -> list[dict[str, Any]]:
    """The definitions in force, in the order they are printed."""
    figures = [
        {
            "code": one.code,
            "label": one.label,
            "definition": one.definition,
            "unit_word": one.unit_word,
            "version": one.version,
            "is_money": one.is_money,
        }
        for one in INDICATORS.values()
    ]
    return figures + [
        {
            "code": code,
            "label": balance.LABELS[code],
            "definition": balance.MEANINGS.get(code, balance.LABELS[code]),
            "unit_word": "件",
            "version": balance.VERSION,
        }
        for code in balance.STORED
    ]


def reopen_period(*, period: Period, actor: User, now: datetime, reason: str) -> PeriodReopening:
    """Opens a closed period again; what was frozen stays as a version that can be read.

    Raises:
        ClosingError: not the office's admin, no reason, or the period is not closed.
    """
    if not can(actor, "period.close"):
        raise ClosingError("重新打开由管理员办理")
    if not reason.strip():
        raise ClosingError("请写明为什么要重新打开", "reason")
    with transaction.atomic():
        hold(period)
        close = current_close(period)
        if close is None:
            raise ClosingError(f"{period.label}没有结账，不用重新打开")
        ClosedPeriod.objects.filter(code=period.code).delete()
        request_tally(period, owner=actor)
        said = {"reopened_by": actor, "reopened_name": actor.name, "reopened_at": now}
        return PeriodReopening.objects.create(close=close, reason=reason.strip(), **said)
