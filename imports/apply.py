"""Carries a plan out: in bulk, in the caller's transaction, with its audit rows and ledger events. All or none."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from operator import attrgetter
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User, WorkGroup
from cases.models import LegalCase, ProcuratorialRecommendation
from common.database import give_ids, insert_records, insert_rows, wide_statements
from common.periods import SHANGHAI
from enterprises.models import Enterprise, KeyProject, Pairing
from imports.errors import PlanChangedError
from imports.models import ImportBatch
from imports.plan import Plan
from ledger.models import ActivityOutput, EntryEvent, ProblemEntry, Recovery, ServiceActivity, SurveyForm
from ledger.services.entries import SERIES
from ledger.services.numbers import next_numbers
from ledger.states import Action, EntryState

BATCH = 1000
UPDATE_BATCH = 200
# Parents before children: a row is written after what it points to.
ORDER: tuple[type[Model], ...] = (
    Enterprise,
    KeyProject,
    WorkGroup,
    User,
    Pairing,
    LegalCase,
    SurveyForm,
    ServiceActivity,
    ProblemEntry,
    ActivityOutput,
    Recovery,
    ProcuratorialRecommendation,
)


@transaction.atomic
def write_plan(plan: Plan, *, actor: User | None, batch: ImportBatch | None, at: datetime) -> dict[str, int]:
    """Writes everything a plan says; returns how many records of each kind were made, by model label.

    Raises:
        PlanChangedError: someone wrote a conflicting record in the meantime; nothing is written.
    """
    try:
        with wide_statements(), transaction.atomic():
            number_entries(plan, actor)
            for model in ORDER:
                give_ids(model, plan.new[model])
                insert_records(model, plan.new[model])
            link_parties(plan)
            register_events(plan, actor, at)
            update_records(plan)
            log_all(plan, actor, batch, at)
    except IntegrityError as error:
        raise PlanChangedError("写入时发现有人刚登记了相同的记录，本次没有写入任何内容；请重新核对预览") from error
    return {str(model._meta.verbose_name): len(plan.new[model]) for model in ORDER if plan.new[model]}


def number_entries(plan: Plan, actor: User | None) -> None:
    """Numbers of the ledger, in the order of the file, one run a year."""
    by_year: dict[int, list[ProblemEntry]] = defaultdict(list)
    for entry in plan.new[ProblemEntry]:
        entry.registered_by = actor
        by_year[entry.registered_on.year].append(entry)
    for year, entries in sorted(by_year.items()):
        for entry, number in zip(entries, next_numbers(SERIES, year, len(entries)), strict=True):
            entry.number = number


def link_parties(plan: Plan) -> None:
    through = LegalCase.enterprises.through
    insert_rows(through, ["legalcase", "enterprise"], ((case.pk, enterprise.pk) for case, enterprise in plan.links))


def register_events(plan: Plan, actor: User | None, at: datetime) -> None:
    """The first event of every new entry, on its form's date."""
    names = ["entry", "seq", "action", "to_state", "unit", "actor", "actor_name", "occurred_at", "happened_on", "note"]
    by = (actor.pk, actor.name) if actor else (None, "系统")
    rows = (
        (entry.pk, 1, Action.REGISTER, EntryState.REGISTERED, entry.unit_id, *by,
         datetime.combine(entry.registered_on, time(), SHANGHAI), entry.registered_on, "由调查表导入", at)
        for entry in plan.new[ProblemEntry]
    )  # fmt: skip
    insert_rows(EntryEvent, [*names, "recorded_at"], rows)


def update_records(plan: Plan) -> None:
    """New values of stored records, refused where someone has changed one since the plan was made."""
    by_model: dict[type[Model], list[Any]] = defaultdict(list)
    names: dict[type[Model], set[str]] = defaultdict(set)
    for change in plan.changes:
        model = type(change.record)
        by_model[model].append(change.record)
        names[model] |= set(change.fields)
    for model, records in by_model.items():
        unique = list({record.pk: record for record in records}.values())
        names[model] |= {name for name in ("name_key", "core_key", "pinyin") if hasattr(model, name)}
        if hasattr(model, "version"):
            take_versions(model, unique)
            names[model].add("version")
        else:
            compare_old_values(model, [change for change in plan.changes if type(change.record) is model])
        model._default_manager.bulk_update(unique, sorted(names[model]), batch_size=UPDATE_BATCH)


def take_versions(model: type[Model], records: Sequence[Any]) -> None:
    """Locks the rows (SQLite holds the whole database anyway) and compares their versions with the plan's."""
    for part in chunked(records, BATCH):
        rows = model._default_manager.filter(pk__in=[record.pk for record in part])
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        stored = dict(rows.values_list("pk", "version"))
        for record in part:
            if stored.get(record.pk) != record.version:
                raise PlanChangedError(f"“{record}”刚被别人修改过，本次没有写入任何内容；请重新核对预览")
            record.version += 1


def compare_old_values(model: type[Model], changes: Sequence[Any]) -> None:
    """For records without a version: locks the rows, and refuses where a field is no longer what the plan saw."""
    for part in chunked(changes, BATCH):
        rows = model._default_manager.filter(pk__in=[change.record.pk for change in part])
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(of=("self",))
        stored = {row.pk: row for row in rows}
        for change in part:
            now = stored.get(change.record.pk)
            if now is None or any(differs(now, name, old) for name, (old, _) in change.fields.items()):
                raise PlanChangedError(f"“{change.record}”刚被别人修改过，本次没有写入任何内容；请重新核对预览")


def differs(record: Model, name: str, old: Any) -> bool:
    """Whether a stored field is no longer the old value; foreign keys are compared by key, without a query."""
    column = record._meta.get_field(name)
    return bool(getattr(record, column.attname) != (old.pk if isinstance(old, Model) else old))


def chunked(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


AUDITED = ["content_type", "object_pk", "object_id", "object_repr", "action", "changes", "actor", "timestamp",
           "additional_data"]  # fmt: skip


def log_all(plan: Plan, actor: User | None, batch: ImportBatch | None, at: datetime) -> None:
    """One audit row a record created or changed, with the import, sheet and row it came from: bulk writes pass by
    the signals that write them elsewhere."""
    types: dict[type[Model], int] = {}
    by = actor.pk if actor else None

    def row(record: Any, action: int, changes: dict[str, list[str]]) -> tuple[Any, ...]:
        model = type(record)
        if model not in types:
            types[model] = ContentType.objects.get_for_model(model).pk
        name = str(record)[:500]
        return types[model], str(record.pk), record.pk, name, action, changes, by, at, origin(plan, record, batch)

    insert_rows(LogEntry, AUDITED, (row(*told) for told in told_changes(plan)))


def told_changes(plan: Plan) -> Iterator[tuple[Any, int, dict[str, list[str]]]]:
    for model in ORDER:
        if auditlog.contains(model):
            fields = [model._meta.get_field(name) for name in auditlog.get_model_fields(model)["include_fields"]]
            names, values = [field.name for field in fields], attrgetter(*[field.attname for field in fields])
            for record in plan.new[model]:
                yield record, LogEntry.Action.CREATE, first_values(names, values(record))
    for change in plan.changes:
        yield change.record, LogEntry.Action.UPDATE, changed_values(change.record, change.fields)


def first_values(names: Sequence[str], values: Sequence[Any]) -> dict[str, list[str]]:
    pairs = zip(names, values, strict=True)
    return {name: ["None", str(value)] for name, value in pairs if value or value not in (None, "")}


def changed_values(record: Model, fields: dict[str, tuple[Any, Any]]) -> dict[str, list[str]]:
    return {name: [str(old), str(new)] for name, (old, new) in fields.items()}


def origin(plan: Plan, record: Model, batch: ImportBatch | None) -> dict[str, Any]:
    row = plan.origin[id(record)]
    source: dict[str, Any] = {"工作表": row.source.sheet, "行": row.source.row_no}
    if row.source.adjusted and row.source.adjusted.cells:
        source["改正"] = row.source.adjusted.cells
    return {"导入批次": batch.pk, "文件": batch.name, **source} if batch else source
