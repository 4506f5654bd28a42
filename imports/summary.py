"""A plan in figures: what the preview, the command and the result page tell. Rows read = sum of the parts, always."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from imports.kinds import RESOURCES
from imports.models import RowOutcome
from imports.plan import Plan
from imports.rows import PlannedRow
from imports.table import Table
from ledger.models import ProblemEntry

ACCEPTED = (RowOutcome.CREATE, RowOutcome.UPDATE, RowOutcome.UNCHANGED)
# Every outcome and the figure that counts it: their sum is the rows read.
PARTS = (
    (RowOutcome.CREATE, "created"),
    (RowOutcome.UPDATE, "updated"),
    (RowOutcome.UNCHANGED, "unchanged"),
    (RowOutcome.DUPLICATE, "duplicates"),
    (RowOutcome.ERROR, "wrong"),
    (RowOutcome.DECIDE, "to_decide"),
    (RowOutcome.LEFT_OUT, "left_out"),
)
ALWAYS_TOLD = ("created", "updated", "unchanged", "duplicates", "wrong")  # the others only where there are any
UNSETTLED = ((RowOutcome.ERROR, "wrong"), (RowOutcome.DECIDE, "to_decide"))
LISTED = 200  # skipped rows told one by one; beyond that their number is told


class UnevenPlanError(AssertionError):
    """The parts don't add up to the rows read: nothing of such a plan may be written."""


def summarise(plan: Plan) -> dict[str, Any]:
    """Figures of a plan, ready for JSON.

    Raises:
        UnevenPlanError: a row got lost between reading and planning.
    """
    counts = plan.counts()
    read = sum(len(table.rows) for table in plan.tables) + sum(row.source.row_no == 0 for row in plan.rows)
    if read != len(plan.rows) or sum(counts.values()) != read:
        raise UnevenPlanError(f"{read} rows read, {len(plan.rows)} planned")
    accepted = [row for row in plan.rows if row.outcome in ACCEPTED]
    return {
        "rows": read,
        "accepted": len(accepted),
        **{key: counts[outcome] for outcome, key in PARTS},
        **figures(plan, accepted),
    }


def figures(plan: Plan, accepted: list[PlannedRow]) -> dict[str, Any]:
    """The kind's own figures over the accepted rows."""
    if plan.kind == "enterprises":
        return {"enterprises": len({id(row.made) for row in accepted})}
    if plan.kind == "projects":
        total = sum((row.facts["investment_yuan"] or 0 for row in accepted), Decimal(0))
        return {"investment_wan": number(total / 10_000)}
    if plan.kind == "surveys":
        return survey_figures(plan, accepted)
    if plan.kind == "roster":
        return {
            "by_unit": dict(
                Counter(row.made.unit.name if row.made.unit else "不属于单位" for row in accepted if row.made)
            )
        }
    return {}


def survey_figures(plan: Plan, accepted: list[PlannedRow]) -> dict[str, Any]:
    facts = [row.facts for row in accepted]
    return {
        "problem_entries": len(plan.new[ProblemEntry]),
        "forms_with_problems": sum(bool(fact["entries"]) for fact in facts),
        "enterprises": len({fact["enterprise"] for fact in facts}),
        "amount_yuan": number(sum((fact["amount"] or 0 for fact in facts), Decimal(0))),
        "by_unit": dict(Counter(entry.unit.name for entry in plan.new[ProblemEntry])),
        "by_satisfaction": dict(Counter(fact["satisfaction"] for fact in facts if fact["satisfaction"])),
    }


def number(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else str(value.normalize())


def problems(plan: Plan) -> list[dict[str, Any]]:
    """Every wrong cell of every row, with its address."""
    return [
        {
            "sheet": row.source.sheet,
            "row": row.source.row_no,
            "column": problem.column,
            "cell": problem.cell,
            "value": problem.value,
            "reason": problem.reason,
        }
        for row in plan.rows
        for problem in row.problems
    ]


def questions(plan: Plan) -> list[dict[str, Any]]:
    """Every name that is not sure, with whom it may mean."""
    return [
        {
            "sheet": row.source.sheet,
            "row": row.source.row_no,
            "name": question.name,
            "reason": question.reason,
            "options": [f"{option['name']} {option['code']}".strip() for option in question.options],
        }
        for row in plan.rows
        for question in row.questions
    ]


def preview(plan: Plan) -> dict[str, Any]:
    """What the preview page keeps beside the rows: figures, columns, what was passed over."""
    columns: dict[str, Any] = defaultdict(list)
    for table in plan.tables:
        for heading in table.ignored:
            columns[heading].append(table.sheet)
    resource = RESOURCES[plan.kind]
    unread = [{"heading": heading, "sheets": sheets[:10]} for heading, sheets in columns.items()]
    return {
        "figures": summarise(plan),
        "digest": plan.digest(),
        "revision": plan.adjustments.revision,
        "ignored": [told for told in unread if not resource.is_read_only(told["heading"])],
        "read_only": [told["heading"] for told in unread if resource.is_read_only(told["heading"])],
        "skipped": [vars(skipped) for skipped in plan.skipped[:LISTED]],
        "skipped_count": len(plan.skipped),
        "notes": plan.notes[:LISTED],
        "tables": [
            {"sheet": table.sheet, "rows": len(table.rows), "is_form": table.is_form} for table in plan.tables[:50]
        ],
        "table_count": len(plan.tables),
        "mapped": mapped(plan.tables),
    }


def mapped(tables: list[Table]) -> list[dict[str, Any]]:
    """By whom and when the headings were explained that sheets were read by."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for table in tables:
        if table.remembered:
            key = (table.remembered.by, table.remembered.at)
            told.setdefault(key, {"by": key[0], "at": key[1], "sheet": table.sheet, "count": 0})["count"] += 1
    return list(told.values())
