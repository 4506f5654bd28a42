"""A plan in figures: what the preview, the command and the result page tell. Rows read = sum of the parts, always."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from imports.models import RowOutcome
from imports.planned.plan import Plan
from imports.resources.base import ImportResource
from imports.resources.kinds import RESOURCES
from imports.resources.roster import RIGHTS
from imports.tables.table import Table, heading_key

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
    tally = plan.tally
    read = sum(len(table.rows) for table in plan.tables) + len(plan.unread)
    if tally.rows != read:
        raise UnevenPlanError(f"{read} rows read, {tally.rows} planned")
    parts = {key: tally.outcomes[outcome] for outcome, key in PARTS}
    return {"rows": read, "accepted": tally.accepted, **parts, **RESOURCES[plan.kind].figures(tally)}


def rights_words(figures: Mapping[str, Any]) -> str:
    """`20 人岗位变动，5 人升为领导`: what an import changes in what people may do; blank where nothing."""
    told = figures.get("rights", {})
    return "，".join(f"{told[words]} 人{words}" for words in RIGHTS if told.get(words))


def problems(plan: Plan) -> list[dict[str, Any]]:
    """Every wrong cell of the rows at hand, with its address."""
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


def row_notes(plan: Plan) -> list[str]:
    """What the rows at hand say beside their outcome."""
    return [f"{row.source.where}：{note}" for row in plan.rows for note in row.notes]


def questions(plan: Plan) -> list[dict[str, Any]]:
    """Every name of the rows at hand that is not sure, with whom it may mean."""
    return [
        {
            "sheet": row.source.sheet,
            "row": row.source.row_no,
            "name": question.name,
            "reason": question.reason,
            "options": [f"{option['name']} {option.get('code', '')}".strip() for option in question.options],
        }
        for row in plan.rows
        for question in row.questions
    ]


def unread(plan: Plan) -> list[dict[str, Any]]:
    """Every column that stands for nothing the kind has, and the sheets it is on; `blank` where it holds nothing."""
    columns: dict[str, list[str]] = defaultdict(list)
    filled: set[str] = set()
    for table in plan.tables:
        for heading in table.ignored:
            columns[heading].append(table.sheet)
        filled.update(set(table.ignored) - (set(table.ignored) if is_own(table, plan) else table.blank))
    return [
        {"heading": heading, "sheets": sheets[:10], "blank": heading not in filled}
        for heading, sheets in columns.items()
    ]


def is_own(table: Table, plan: Plan) -> bool:
    """Whether a table is one that the system gave out: it has nearly all columns, under their own names."""
    offered = [column.column_name for column in RESOURCES[plan.kind].columns().values() if column.offered]
    own = {heading_key(heading) for heading in table.columns.values()}
    return len(own.intersection(map(heading_key, offered))) * 4 >= len(offered) * 3


def is_quiet(told: dict[str, Any], resource: ImportResource) -> bool:
    """Whether nobody misses a column: one that our own exports work out, in such an export or without a value."""
    return bool(told["blank"]) and resource.is_read_only(told["heading"])


def ignored(plan: Plan) -> list[dict[str, Any]]:
    """Those of them that somebody may expect to be imported."""
    return [told for told in unread(plan) if not is_quiet(told, RESOURCES[plan.kind])]


def preview(plan: Plan) -> dict[str, Any]:
    """What the preview page keeps beside the rows: figures, columns, what was passed over."""
    resource = RESOURCES[plan.kind]
    return {
        "figures": summarise(plan),
        "digest": plan.tally.told.hexdigest(),
        "asked": {key: rows for key, rows in plan.tally.asked.items() if rows > 1},
        "revision": plan.adjustments.revision,
        "closed": plan.tally.closed,
        "ignored": ignored(plan),
        "read_only": [told["heading"] for told in unread(plan) if is_quiet(told, resource)],
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
