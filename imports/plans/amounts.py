"""Amounts that are far from the others of a file, or beyond what is usual: pointed out, never refused."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from common.sent.amounts import doubt
from imports.planned.plan import Plan
from imports.planned.row import PlannedRow
from imports.planned.understood import yuan_words
from imports.resources.base import ImportResource
from imports.tables.table import SourceRow
from imports.tables.units import amount, answered_unit

SAMPLE = 5_000  # amounts are as many as it takes to know what is usual
FAR, TINY, LEAST = 100, Decimal("0.001"), 100


def middles(plan: Plan, resource: ImportResource) -> dict[str, Decimal]:
    """The middle one of the amounts of a file, by field, in yuan; the lower of two, none of a single one."""
    found: dict[str, Decimal] = {}
    for name in resource.money_columns():
        amounts = sorted(value for value, _ in zip(amounts_of(plan, name), range(SAMPLE), strict=False))
        if len(amounts) > 1:
            found[name] = amounts[(len(amounts) - 1) // 2]
    return found


def amounts_of(plan: Plan, name: str) -> Iterator[Decimal]:
    """The amounts whose unit is known, or was answered."""
    for table in plan.tables:
        if name in table.columns:
            for source in table.rows:
                found = None if source.is_left_out else known_amount(plan, source, name)
                if found:
                    yield found


def known_amount(plan: Plan, source: SourceRow, name: str) -> Decimal | None:
    unit = source.units.get(name, 10_000)
    for asked in source.asks:
        if asked.field == name and asked.key.startswith("unit:"):
            own = source.adjusted.matches if source.adjusted else {}
            choice = own.get(asked.key) or plan.adjustments.shared.get(asked.key)
            if choice is None:
                return None
            unit = answered_unit(choice["to"])
    return amount(source.cells.get(name), unit)


def point_out(row: PlannedRow, values: dict[str, Any], resource: ImportResource, plan: Plan) -> None:
    """Notes on a row whose amounts are suspicious."""
    for name, column in resource.money_columns().items():
        money = values.get(name)
        if not money or not money.amount:
            continue
        told, far = f"{column.column_name} {yuan_words(money.amount)}", plan.middles.get(name)
        limit = column.widget.usual.limit or plan.ask_from
        if words := doubt(money.amount, limit=limit):
            row.notes.append(f"{told}，{words}，请核对金额和单位")
        elif money.amount < LEAST:
            row.notes.append(f"{told}，不到 {LEAST} 元，请核对金额和单位")
        elif far and money.amount >= far * FAR:
            row.notes.append(f"{told}，是本文件一般金额（{yuan_words(far)}）的 {FAR} 倍以上，请核对金额和单位")
        elif far and money.amount <= far * TINY:
            row.notes.append(f"{told}，不到本文件一般金额（{yuan_words(far)}）的千分之一，请核对金额和单位")
