"""What `manage.py verify` asks of a period's books: lines that add up, closed figures as they were frozen."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from common.money import from_cents
from common.periods import read_period
from reports.closing.adjusting import differences, pending
from reports.closing.digests import CELL, defined, digest_of, digest_of_shares, stored_cells, stored_shares, version_of
from reports.closing.reconciliation import balance_lines
from reports.figures.balance import LABELS
from reports.figures.registry.indicators import INDICATORS
from reports.figures.sequels import SEQUELS
from reports.figures.shares import Dimension, ShareCell, can_split
from reports.figures.tallies import Cell, compute
from reports.models import PeriodClose, Tally


def sums(code: str, names: dict[str, dict[int, str]]) -> Iterator[str]:
    """Every line of the reconciliation adds up: what was open, what came and went, what is open."""
    for line in balance_lines(read_period(code)):
        if not line.adds_up:
            where = describe(Cell("", line.level, line.workstream, line.unit, 0), names)
            yield f"{code} 期间对账{where}不平：{line.sentence}"


def frozen_cells(close: PeriodClose) -> list[Cell]:
    return [Cell(*row) for row in close.figures.order_by().values_list(*CELL)]


def frozen_figures(close: PeriodClose) -> Iterator[str]:
    """What is read of a closed period is what was frozen, to the byte."""
    period, code, frozen = read_period(close.book.code), close.book.code, frozen_cells(close)
    if digest_of(period, frozen, versions=defined(close)) != close.digest:
        yield f"{code} 冻结的数字与结账时的摘要不符"
    if sorted(frozen, key=str) != sorted(stored_cells(period), key=str):
        yield f"{code} 页面读取的数字与冻结的数字不同"


def adjusted_figures(close: PeriodClose, today: date, names: dict[str, dict[int, str]]) -> Iterator[str]:
    """What was frozen, with its adjustments, is what a fresh count gives."""
    period, code = read_period(close.book.code), close.book.code
    waiting = len(pending(close))
    late = f"（有 {waiting} 条更正还没有重新统计）" if waiting else ""
    for moved in differences(close, compute(period, today)):
        cell = Cell(moved.indicator, moved.level, moved.workstream_id, moved.unit_id, abs(moved.delta))
        way = "少" if moved.delta > 0 else "多"
        yield f"{code} {describe(cell, names)}：冻结的数字加调整比重新统计{way} {amount(cell)}{late}"


def frozen_shares(close: PeriodClose) -> Iterator[str]:
    """What work groups, officers, industries, months and kinds had is as it was frozen, and adds up to the figures."""
    period, code = read_period(close.book.code), close.book.code
    shares, versions = stored_shares(period), defined(close)
    if close.shares_digest and digest_of_shares(period, shares, versions) != close.shares_digest:
        yield f"{code} 按工作组、干警、产业、月份、金额类型保存的数字与结账时的摘要不符"
    wholes = {one.indicator: one for one in frozen_cells(close) if one.level == Tally.Level.ALL}
    found: dict[tuple[str, str], int] = defaultdict(int)
    for share in shares:
        if share.whole:
            found[share.indicator, share.dimension] += share.value
    for name, version in versions.items():
        one = INDICATORS.get(name)
        if one is None or version != version_of(name) or not one.adds_up or not can_split(one):
            continue
        signed = wholes.get(name, Cell(name, Tally.Level.ALL, None, None, 0))
        for dimension in (Dimension.GROUP, *(Dimension(split) for split in one.source.splits)):
            total = Cell(name, Tally.Level.ALL, None, None, found[name, dimension])
            if total.value != signed.value:
                yield f"{code} {one.label}按{dimension.label}合计 {amount(total)}，冻结的数字为 {amount(signed)}"


def describe(cell: Cell | None, names: dict[str, dict[int, str]]) -> str:
    if cell is None:
        return ""
    label = label_of(cell)
    if cell.level == Tally.Level.ALL:
        return f"{label}（全部）"
    parts = []
    if cell.level != Tally.Level.UNIT:
        parts.append(names["workstream"].get(cell.workstream or 0, "未注明大事"))
    if cell.level != Tally.Level.WORKSTREAM:
        parts.append(names["unit"].get(cell.unit or 0, "未注明单位"))
    return f"{label}（{'、'.join(parts)}）"


def label_of(cell: Cell | ShareCell) -> str:
    code = cell.indicator
    known = {**INDICATORS, **SEQUELS}
    return known[code].label if code in known else LABELS.get(code, code)


def amount(cell: Cell | ShareCell | None) -> str:
    if cell is None:
        return "无"
    indicator = INDICATORS.get(cell.indicator)
    money = indicator is not None and indicator.is_money
    return f"{from_cents(cell.value)}元" if money else str(cell.value)
