"""Decisions about rows of a preview: cells corrected, rows left out or taken back, names matched.

Each is kept as a RowAdjustment and shown on its row at once; then the whole file is planned again in the background,
because other rows may depend on it. Until that is done nothing can be confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditlog.models import LogEntry
from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import User
from common.text import clean
from imports.cells import MAX_TEXT, text_of
from imports.errors import CellError, ImportRefusedError
from imports.known.register import take_small_tables
from imports.models import EDITABLE, AdjustmentAction, BatchState, ImportBatch, ImportRow, RowAdjustment, RowOutcome
from imports.plans.adjustments import name_of
from imports.plans.rows import value_of
from imports.resources.base import ImportResource
from imports.resources.kinds import RESOURCES
from imports.tables.adjust import NEW, Place
from imports.tables.table import SourceRow
from imports.writing.services import ask

VALUE, LEAVE_OUT, MATCH = AdjustmentAction.VALUE, AdjustmentAction.LEAVE_OUT, AdjustmentAction.MATCH


def row_of(batch: ImportBatch, place: Place) -> ImportRow:
    """A row of the preview by its place in the file, which stays when the plan is made again.

    Raises:
        ImportRefusedError: no such row (any more).
    """
    row = ImportRow.objects.filter(batch=batch, row_no=place[1], sheet=place[0]).order_by("id").first()
    if row is None:
        raise ImportRefusedError("预览里没有这一行了，请刷新后再试")
    row.batch = batch
    return row


def is_editable(row: ImportRow) -> bool:
    """Wrong rows, rows to decide, and those that were until someone corrected them."""
    return row.outcome in EDITABLE or "corrected" in row.values or "choices" in row.values


def change(batch: ImportBatch, actor: User) -> None:
    """Notes that rows of a batch were decided about and asks for its plan to be made again.

    First in a transaction: it locks the batch, so that rows looked at afterwards are not planned anew meanwhile.

    Raises:
        ImportRefusedError: it is not waiting for confirmation any more.
    """
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PLANNED)
    if not waiting.update(revision=F("revision") + 1):
        raise ImportRefusedError("这个批次已不在预览状态，不能再改动；请刷新后查看")
    batch.refresh_from_db()
    ask(batch, "imports.read", actor)


@transaction.atomic
def correct(
    batch: ImportBatch, place: Place, given: Mapping[str, tuple[str, str]], *, actor: User, at: datetime, today: date
) -> ImportRow:
    """Puts other words in cells of a row. `given`: the words shown and those typed, by field.

    Only what was changed counts, so that two people who correct different cells of one row both keep their own; of
    one cell the last one stays.

    Raises:
        ImportRefusedError: the row is right, or the batch is not waiting any more.
    """
    columns = RESOURCES[batch.kind].columns()
    texts = {name: [clean(text)[:MAX_TEXT] for text in pair] for name, pair in given.items() if name in columns}
    changed = {name: typed for name, (shown, typed) in texts.items() if typed != shown}
    if not changed:
        return row_of(batch, place)
    change(batch, actor)
    row = row_of(batch, place)
    if not is_editable(row):
        raise ImportRefusedError("只有有误和待定的行可以在这里改；这一行没有问题")
    corrected = row.values.setdefault("corrected", {})
    for name, text in changed.items():
        was = corrected.get(name, {}).get("was", text_of(row.values["cells"].get(name)))
        if text == was:
            own(row, VALUE, name).delete()
            corrected.pop(name, None)
        else:
            told = keep(row, VALUE, name, text, actor, at)
            corrected[name] = {"now": text, "was": was, **told}
        row.values["cells"][name] = text
    check_cells(row, changed, today)
    row.values["checking"] = True
    row.save(update_fields=["values", "errors"])
    return row


def check_cells(row: ImportRow, names: Mapping[str, str], today: date) -> None:
    """What is wrong with the cells just corrected, each by the rule of its column; the others keep what they had."""
    resource = RESOURCES[row.batch.kind]
    labels = {resource.columns()[name].column_name for name in names}
    row.errors = [problem for problem in row.errors if problem["column"] not in labels]
    source = SourceRow(row.sheet, row.row_no, row.values["cells"], row.values.get("at", {}))
    source.units = row.values.get("units", {})
    for name, text in names.items():
        try:
            look_at(source, name, resource, today)
        except CellError as error:
            label = resource.columns()[name].column_name
            problem = {"column": label, "cell": source.at.get(name, ""), "value": text[:200], "reason": str(error)}
            row.errors.append(problem)


def look_at(source: SourceRow, name: str, resource: ImportResource, today: date) -> None:
    value = value_of(source, name, resource.columns()[name], today)
    if name in resource.lookups:
        take_small_tables(resource.kind).one(resource.lookups[name], value, resource.columns()[name].column_name)


def own(row: ImportRow, action: str, field: str = "") -> QuerySet[RowAdjustment]:
    return RowAdjustment.objects.filter(
        batch=row.batch_id, sheet=row.sheet, row_no=row.row_no, action=action, field=field
    )


def keep(row: ImportRow, action: str, field: str, value: Any, actor: User, at: datetime) -> dict[str, str]:
    """Stores a decision in place of an earlier one about the same; the audit trail has both."""
    place: dict[str, Any] = {
        "batch_id": row.batch_id,
        "sheet": row.sheet,
        "row_no": row.row_no,
        "action": action,
        "field": field,
    }
    kept, _ = RowAdjustment.objects.update_or_create(**place, defaults={"value": value, "by": actor, "at": at})
    return {"by": name_of(kept), "at": at.isoformat()}


@dataclass(frozen=True)
class Answer:
    """What is meant by the question of that key (one of its options, or "new"), on this row or on all that ask it."""

    key: str
    to: str
    for_all: bool


@transaction.atomic
def choose(batch: ImportBatch, place: Place, answer: Answer, *, actor: User, at: datetime) -> ImportRow:
    """Answers a question of a row: which enterprise a name means, which unit a number has, and the like.

    Raises:
        ImportRefusedError: not one of the candidates, or the batch is not waiting any more.
    """
    change(batch, actor)
    row = row_of(batch, place)
    open_now = [*row.values.get("questions", []), *row.values.get("offers", [])]
    question = next((asked for asked in open_now if asked["key"] == answer.key), None)
    if question is None:
        raise ImportRefusedError("这一行的问题已经有人答过了，请刷新后查看")
    meant = {str(option["pk"]): option["pk"] for option in question["options"]}
    options = {str(option["pk"]): option["name"] for option in question["options"]}
    if question["otherwise"]:
        meant[NEW], options[NEW] = NEW, question["otherwise"]
    if answer.to not in options:
        raise ImportRefusedError("请在列出的选项里选一个")
    value = {"to": meant[answer.to], "name": question["name"], "all": answer.for_all}
    told = keep(row, MATCH, answer.key, value, actor, at)
    row.values["chosen"] = row.values.get("chosen", {}) | {answer.key: {"to": options[answer.to], **told}}
    row.values["checking"] = True
    row.save(update_fields=["values"])
    return row


@transaction.atomic
def leave_out(batch: ImportBatch, place: Place, *, actor: User, at: datetime) -> ImportRow:
    """This row is not to be imported, whatever it says.

    Raises:
        ImportRefusedError: the batch is not waiting any more.
    """
    change(batch, actor)
    row = row_of(batch, place)
    row.values["left_out"] = keep(row, LEAVE_OUT, "", {}, actor, at)
    row.values["checking"] = True
    row.save(update_fields=["values"])
    return row


@transaction.atomic
def take_back(batch: ImportBatch, place: Place, *, actor: User) -> ImportRow:
    """Forgets what was decided about a row: the last step first, that is leaving it out, else corrections and choices.

    A choice made for all rows of a name is taken back for all of them.

    Raises:
        ImportRefusedError: the batch is not waiting any more.
    """
    change(batch, actor)
    row = row_of(batch, place)
    if "left_out" in row.values:
        own(row, LEAVE_OUT).delete()
        row.values.pop("left_out")
    else:
        of_row = RowAdjustment.objects.filter(batch=row.batch_id, sheet=row.sheet, row_no=row.row_no)
        of_row.exclude(action=LEAVE_OUT).delete()
        keys = [choice["key"] for choice in row.values.pop("choices", []) if choice["all"]]
        RowAdjustment.objects.filter(batch=row.batch_id, action=MATCH, field__in=keys, value__all=True).delete()
        row.values.pop("chosen", None)
        for name, correction in row.values.pop("corrected", {}).items():
            row.values["cells"][name] = correction["was"]
    row.values["checking"] = True
    row.save(update_fields=["values"])
    return row


@transaction.atomic
def leave_out_all(batch: ImportBatch, outcome: str, *, actor: User, at: datetime) -> int:
    """Leaves out every row of an outcome; returns how many.

    Raises:
        ImportRefusedError: none of them, or the batch is not waiting any more.
    """
    places = list(
        batch.rows.filter(outcome=outcome).exclude(outcome=RowOutcome.LEFT_OUT).values_list("sheet", "row_no")
    )
    if not places:
        raise ImportRefusedError("这一类没有行了，请刷新后查看")
    change(batch, actor)
    RowAdjustment.objects.bulk_create(
        [
            RowAdjustment(batch=batch, sheet=sheet, row_no=row_no, action=LEAVE_OUT, value={}, by=actor, at=at)
            for sheet, row_no in places
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )
    log(batch, {"不导入的行": ["", f"{RowOutcome(outcome).label} {len(places)} 行"]})
    return len(places)


@transaction.atomic
def take_back_all(batch: ImportBatch, *, actor: User) -> int:
    """Takes back every row that was left out; returns how many.

    Raises:
        ImportRefusedError: none, or the batch is not waiting any more.
    """
    rows = RowAdjustment.objects.filter(batch=batch, action=LEAVE_OUT)
    count = rows.count()
    if not count:
        raise ImportRefusedError("没有不导入的行了，请刷新后查看")
    change(batch, actor)
    rows._raw_delete(rows.db)
    log(batch, {"不导入的行": [f"{count} 行", ""]})
    return count


@transaction.atomic
def explain(batch: ImportBatch, reason: str, *, actor: User) -> None:
    """Why rows dated in closed half-years are brought in all the same; an empty reason takes it back.

    Raises:
        ImportRefusedError: the batch is not waiting any more.
    """
    was = batch.closed_reason
    change(batch, actor)
    batch.closed_reason = clean(reason)[:500]
    batch.save(update_fields=["closed_reason"])
    log(batch, {"补录原因": [was, batch.closed_reason]})


def log(batch: ImportBatch, changes: dict[str, list[str]]) -> None:
    """Thousands of rows at once pass by the signals that write audit rows: so one is written for all."""
    LogEntry.objects.log_create(batch, force_log=True, action=LogEntry.Action.UPDATE, changes=changes)
