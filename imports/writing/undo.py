"""Undoes an import: what it created goes, what it changed goes back; what people have worked on since stays."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from accounts.models import User
from common.rows.database import insert_rows
from common.rows.references import own_field
from common.text import name_key, pinyin_key
from enterprises.models import Enterprise, FormerName, LikelyDouble, Named, NameOrigin
from imports.errors import ImportRefusedError
from imports.known.addresses import record_page
from imports.models import BatchState, ImportBatch
from imports.writing.apply import AUDITED, KEYS, ORDER, UPDATE_BATCH
from imports.writing.closed import ClosedNotes
from imports.writing.states import change_state
from imports.writing.undo_plan import CLOSED, UndoPlan, parts_of, plan_undo
from imports.writing.undo_rules import Key, Restore, unique_columns
from jobs.services import enqueue
from ledger.closed.facts import REGISTERS
from ledger.models import ProblemEntry
from ledger.services.errors import LedgerError
from ledger.services.imported import remove_imported_entries

Told = tuple[Any, int, dict[str, list[str]]]


def ask_undo(batch: ImportBatch, *, actor: User, reason: str = "") -> None:
    """The admin has read what would go and what would stay: asks for it. With a reason, what counts in closed
    half-years goes too, as a correction.

    Raises:
        ImportRefusedError: not a written import, or nothing of it can go back.
    """
    if batch.state != BatchState.APPLIED:
        raise ImportRefusedError("只有已导入的批次可以撤销，请刷新后查看")
    if plan_undo(batch, reason).is_empty:
        raise ImportRefusedError("这次导入的记录都已被修改、使用或结账，没有可以撤销的内容")
    with transaction.atomic():  # only now: looking at thousands of records must not keep others from writing
        params = {"batch": batch.pk, "reason": reason}
        job = enqueue(kind="imports.undo", params=params, key=f"imports.undo:{batch.pk}", owner=actor)
        ImportBatch.objects.filter(pk=batch.pk).update(job=job, message="")


def undo_batch(
    batch: ImportBatch, *, actor: User | None, at: datetime, guard: Callable[[], None], reason: str = ""
) -> dict[str, Any]:
    """Undoes a written import in one transaction, against the database as it is now.

    `guard()` is called first inside the transaction: only the holder of the job's lease may commit.

    Raises:
        ImportRefusedError: nothing was undone; the batch says why.
    """
    try:
        if actor is None or not User.objects.filter(pk=actor.pk, is_active=True, role="admin").exists():
            raise ImportRefusedError("发起人已停用或不再是管理员，撤销没有执行")
        with transaction.atomic():
            guard()
            change_state(batch, BatchState.APPLIED, BatchState.UNDONE, message="")
            plan = plan_undo(batch, reason)
            result = batch.result | {"undone": {"by": actor.name, "at": at.isoformat(), **told(plan)}}
            notes = closed_notes(plan, batch, actor)
            carry_out(plan, batch, actor, at, reason)
            notes.write(reason)
            ImportBatch.objects.filter(pk=batch.pk).update(result=result)
    except (ImportRefusedError, LedgerError, IntegrityError) as error:
        words = (
            "有人刚登记了与它相关的记录，没有撤销任何内容，请重试" if isinstance(error, IntegrityError) else str(error)
        )
        ImportBatch.objects.filter(pk=batch.pk, state=BatchState.APPLIED).update(message=words[:500])
        raise ImportRefusedError(words) from error
    return {"undone": result["undone"]["removed"]}


def told(plan: UndoPlan) -> dict[str, Any]:
    """What goes, what goes back and what stays: how many for which reason, and every record by name."""
    return {
        "removed": plan.counts(),
        "restored": len(plan.restores),
        "reasons": dict(Counter(plan.kept.values()).most_common()),
        "closed": sum(plan.kept.get(key, "").endswith(CLOSED) for key in plan.closed),
        "kept": list(kept_records(plan)),
    }


def kept_records(plan: UndoPlan) -> Iterator[dict[str, str]]:
    for model in ORDER:
        pks = [pk for kind, pk in plan.kept if kind is model]
        for part in parts_of(pks):
            for record in related(model, part):
                yield {
                    "kind": str(model._meta.verbose_name),
                    "name": str(record)[:100],
                    "url": record_page(record),
                    "reason": plan.kept[model, record.pk],
                }


def related(model: type[Model], pks: list[int]) -> Any:
    """Records with what their names are made of."""
    names = [
        name for name in ("officer", "enterprise", "project") if name in {field.name for field in model._meta.fields}
    ]
    return model._base_manager.filter(pk__in=pks).select_related(*names).order_by("pk")


def closed_notes(plan: UndoPlan, batch: ImportBatch, actor: User) -> ClosedNotes:
    """What goes and goes back in closed half-years, told before it is gone."""
    notes, back = ClosedNotes(batch, actor, "撤销导入"), {(one.model, one.pk) for one in plan.restores}
    for (model, pk), facts in plan.moved.items():
        if model in REGISTERS and (model, pk) in back:
            notes.rest(model, [facts])
        elif model not in REGISTERS and (pk in plan.going[model] or (model, pk) in back):
            name = "删去" if pk in plan.going[model] else "改回"
            notes.note(facts, f"{name}{model._meta.verbose_name}")
    return notes


def carry_out(plan: UndoPlan, batch: ImportBatch, actor: User, at: datetime, reason: str) -> None:
    origin = {"撤销导入批次": batch.pk, "文件": batch.name}
    types = ContentType.objects.get_for_models(*ORDER)

    def row(record: Any, action: int, changes: dict[str, list[str]]) -> tuple[Any, ...]:
        kind, name = types[type(record)].pk, str(record)[:500]
        return kind, str(record.pk), record.pk, name, action, changes, actor.pk, at, origin

    insert_rows(LogEntry, AUDITED, (row(*change) for change in removals(plan)))
    for model in reversed(ORDER):  # first, for what goes back may get what one of them has
        if model is ProblemEntry:
            remove_imported_entries(plan.going[model], reason=reason)
        else:
            remove(model, plan.going[model])
    insert_rows(LogEntry, AUDITED, [row(*change) for change in put_back([*plan.restores, *plan.following])])


def removals(plan: UndoPlan) -> Iterator[Told]:
    """The last values of what goes, for the audit trail."""
    for model in ORDER:
        names = auditlog.get_model_fields(model)["include_fields"] if auditlog.contains(model) else []
        fields = [(name, own_field(model, name).attname) for name in names]
        for part in parts_of(plan.going[model]):
            for record in related(model, part):
                values = [(name, getattr(record, column)) for name, column in fields]
                last = {name: [str(value), "None"] for name, value in values if value not in (None, "")}
                yield record, LogEntry.Action.DELETE, last


def remove(model: type[Model], pks: set[int]) -> None:
    """Deletes rows that nothing refers to any more, without a signal a row; their own lists go first."""
    for part in parts_of(pks):
        for many in model._meta.many_to_many:
            through: Any = many.remote_field.through
            ends = {many.m2m_field_name()} | ({many.m2m_reverse_field_name()} if many.related_model is model else set())
            for end in sorted(ends):
                links = through._base_manager.filter(**{f"{end}__in": part})
                links._raw_delete(links.db)
        if model is Enterprise:  # what was found by comparing says nothing without the firm
            LikelyDouble.objects.filter(Q(one__in=part) | Q(other__in=part)).delete()
        rows = model._base_manager.filter(pk__in=part)
        rows._raw_delete(rows.db)


def put_back(restores: list[Restore]) -> Iterator[Told]:
    """Old values of changed records. Their versions go on: whoever still has the imported text open is told so."""
    groups: dict[type[Model], list[Restore]] = {}
    for restore in restores:
        groups.setdefault(restore.model, []).append(restore)
    for model, group in groups.items():
        had = release(model, group)
        for start in range(0, len(group), UPDATE_BATCH):
            wanted: dict[Key, Restore] = {
                (model, restore.pk): restore for restore in group[start : start + UPDATE_BATCH]
            }
            records = list(related(model, [pk for _, pk in wanted]))
            names = {name for name in ("version", *KEYS) if hasattr(model, name)}
            for record in records:
                vars(record).update(had.get(record.pk, {}))
                fields = wanted[model, record.pk].fields
                names |= set(fields)
                if isinstance(record, Enterprise) and "name" in fields:
                    forget_rename(record, str(fields["name"]))
                yield record, LogEntry.Action.UPDATE, set_back(record, fields)
            model._base_manager.bulk_update(records, sorted(names))


def release(model: type[Model], group: list[Restore]) -> dict[int, dict[str, Any]]:
    """Empties unique columns that get their old values back, for another record may still have one; gives back what
    they held."""
    had: dict[int, dict[str, Any]] = {}
    for column in unique_columns(model):
        pks = [one.pk for one in group if column.null and one.fields.get(column.name) is not None]
        for part in parts_of(pks):
            rows = model._base_manager.filter(pk__in=part)
            for pk, value in rows.values_list("pk", column.attname):
                had.setdefault(pk, {})[column.attname] = value
            rows.update(**{column.attname: None})
    return had


def forget_rename(firm: Enterprise, name: str) -> None:
    """The name that the firm has again is no former one."""
    same = FormerName.objects.filter(enterprise=firm, origin=NameOrigin.IMPORTED, name_key=name_key(name))
    same.filter(pk__in=[row.pk for row in same.order_by("-pk")[:1]]).delete()


def set_back(record: Any, fields: dict[str, Any]) -> dict[str, list[str]]:
    changes = {}
    for name, old in fields.items():
        column = record._meta.get_field(name)
        value = column.to_python(old)
        changes[name] = [str(getattr(record, column.attname)), str(value)]
        setattr(record, column.attname, value)
    if hasattr(record, "version"):
        record.version += 1
    if isinstance(record, Named):
        record.fill_keys()
    elif isinstance(record, User):
        record.pinyin = pinyin_key(record.name)
    return changes
