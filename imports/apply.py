"""Carries a plan out: in bulk, in one transaction, with its audit rows and ledger events. All or none."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import starmap
from operator import attrgetter
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User, WorkGroup
from cases.models import LegalCase, ProcuratorialRecommendation
from common.database import ReadyRows, give_ids, ready_records, ready_rows, wide_statements
from common.periods import SHANGHAI
from enterprises.models import Enterprise, KeyProject, Pairing
from imports.errors import StalePlanError
from imports.models import ImportBatch, RowOutcome
from imports.plan import Plan, PlannedRow
from ledger.models import ActivityOutput, EntryEvent, ProblemEntry, Recovery, ServiceActivity, SurveyForm
from ledger.services.entries import SERIES
from ledger.services.numbers import coming_numbers, next_numbers
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


@dataclass
class Writing:
    """A plan as finished rows. On SQLite a write keeps all other writers waiting: what can be done before is."""

    plan: Plan
    rows: list[ReadyRows]
    numbers: dict[int, list[str]]
    made: dict[str, int]  # how many records of each kind, by model label
    made_by: list[int | None]  # by row: the record it made


def write_plan(plan: Plan, *, actor: User | None, batch: ImportBatch | None, at: datetime) -> dict[str, int]:
    """Writes everything a plan says; returns how many records of each kind were made, by model label.

    Raises:
        PlanChangedError: someone wrote a conflicting record in the meantime; nothing is written.
    """
    writing = prepare_write(plan, actor=actor, batch=batch, at=at)
    carry_out(writing)
    return writing.made


def prepare_write(plan: Plan, *, actor: User | None, batch: ImportBatch | None, at: datetime) -> Writing:
    """Gives the new records their ids and numbers, and makes their rows, audit rows and events.

    A record is let go of as soon as its rows are made, the referring before the referred: the two together would
    double what an import takes.
    """
    numbers = number_entries(plan, actor)
    for model in ORDER:
        give_ids(model, plan.new[model])
    made = {str(model._meta.verbose_name): len(plan.new[model]) for model in ORDER if plan.new[model]}
    made_by = [let_go(row) for row in plan.rows]
    audit = AuditRows(plan, actor, batch, at)
    events = first_events(plan, actor, at)
    rows = [audit.of_changes(), party_links(plan)]
    for model in reversed(ORDER):
        records = plan.new.pop(model, [])
        rows += [audit.of_new(model, records), ready_records(model, records)]
    # Events go in before their entries: PostgreSQL then reads the text of each new entry once (ledger_entry_text).
    rows.append(events)
    return Writing(plan, [ready for ready in reversed(rows) if len(ready)], numbers, made, made_by)


def let_go(row: PlannedRow) -> int | None:
    """The id of what a row made or met."""
    record, row.made = row.made, None
    return record.pk if record is not None and row.outcome != RowOutcome.ERROR else None


def carry_out(writing: Writing) -> None:
    """Writes prepared rows, all or none.

    Raises:
        StalePlanError: someone wrote a conflicting record, or took the numbers, since they were prepared.
    """
    try:
        with wide_statements(), transaction.atomic():
            for year, numbers in writing.numbers.items():
                if next_numbers(SERIES, year, len(numbers)) != numbers:
                    raise StalePlanError("写入时有人刚登记了问题，本次没有写入任何内容；请重新核对预览")
            for rows in writing.rows:
                rows.insert()
            update_records(writing.plan)
    except IntegrityError as error:
        raise StalePlanError("写入时发现有人刚登记了相同的记录，本次没有写入任何内容；请重新核对预览") from error


def number_entries(plan: Plan, actor: User | None) -> dict[int, list[str]]:
    """The coming numbers of the ledger, in the order of the file, one run a year."""
    by_year: dict[int, list[ProblemEntry]] = defaultdict(list)
    for entry in plan.new[ProblemEntry]:
        entry.registered_by = actor
        by_year[entry.registered_on.year].append(entry)
    numbers = {year: coming_numbers(SERIES, year, len(entries)) for year, entries in sorted(by_year.items())}
    for year, entries in by_year.items():
        for entry, number in zip(entries, numbers[year], strict=True):
            entry.number = number
    return numbers


def party_links(plan: Plan) -> ReadyRows:
    through = LegalCase.enterprises.through
    return ready_rows(through, ["legalcase", "enterprise"], ((case.pk, firm.pk) for case, firm in plan.links))


def first_events(plan: Plan, actor: User | None, at: datetime) -> ReadyRows:
    """The first event of every new entry, on its form's date."""
    names = ["entry", "seq", "action", "to_state", "unit", "actor", "actor_name", "occurred_at", "happened_on", "note"]
    by = (actor.pk, actor.name) if actor else (None, "系统")
    rows = (
        (entry.pk, 1, Action.REGISTER, EntryState.REGISTERED, entry.unit_id, *by,
         datetime.combine(entry.registered_on, time(), SHANGHAI), entry.registered_on, "由调查表导入", at)
        for entry in plan.new[ProblemEntry]
    )  # fmt: skip
    return ready_rows(EntryEvent, [*names, "recorded_at"], rows)


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
                raise StalePlanError(f"“{record}”刚被别人修改过，本次没有写入任何内容；请重新核对预览")
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
                raise StalePlanError(f"“{change.record}”刚被别人修改过，本次没有写入任何内容；请重新核对预览")


def differs(record: Model, name: str, old: Any) -> bool:
    """Whether a stored field is no longer the old value; foreign keys are compared by key, without a query."""
    column = record._meta.get_field(name)
    return bool(getattr(record, column.attname) != (old.pk if isinstance(old, Model) else old))


def chunked(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


AUDITED = ["content_type", "object_pk", "object_id", "object_repr", "action", "changes", "actor", "timestamp",
           "additional_data"]  # fmt: skip


class AuditRows:
    """One audit row a record created or changed, with the import, sheet and row it came from: bulk writes pass by
    the signals that write them elsewhere."""

    def __init__(self, plan: Plan, actor: User | None, batch: ImportBatch | None, at: datetime) -> None:
        self.plan, self.batch, self.at = plan, batch, at
        self.actor = actor.pk if actor else None

    def of_new(self, model: type[Model], records: Sequence[Any]) -> ReadyRows:
        fields: list[Any] = []
        if records and auditlog.contains(model):
            fields = [model._meta.get_field(name) for name in auditlog.get_model_fields(model)["include_fields"]]
        if not fields:
            return ready_rows(LogEntry, AUDITED, [])
        names, values = [field.name for field in fields], attrgetter(*[field.attname for field in fields])
        told = ((record, LogEntry.Action.CREATE, first_values(names, values(record))) for record in records)
        return ready_rows(LogEntry, AUDITED, starmap(self.row, told))

    def of_changes(self) -> ReadyRows:
        told = ((change.record, LogEntry.Action.UPDATE, changed_values(change.fields)) for change in self.plan.changes)
        return ready_rows(LogEntry, AUDITED, starmap(self.row, told))

    def row(self, record: Any, action: int, changes: dict[str, list[str]]) -> tuple[Any, ...]:
        kind, name = ContentType.objects.get_for_model(record).pk, str(record)[:500]
        return kind, str(record.pk), record.pk, name, action, changes, self.actor, self.at, self.origin(record)

    def origin(self, record: Model) -> dict[str, Any]:
        row = self.plan.origin[id(record)]
        source: dict[str, Any] = {"工作表": row.source.sheet, "行": row.source.row_no}
        if row.source.adjusted and row.source.adjusted.cells:
            source["改正"] = row.source.adjusted.cells
        return {"导入批次": self.batch.pk, "文件": self.batch.name, **source} if self.batch else source


def first_values(names: Sequence[str], values: Sequence[Any]) -> dict[str, list[str]]:
    pairs = zip(names, values, strict=True)
    return {name: ["None", str(value)] for name, value in pairs if value or value not in (None, "")}


def changed_values(fields: dict[str, tuple[Any, Any]]) -> dict[str, list[str]]:
    return {name: [str(old), str(new)] for name, (old, new) in fields.items()}
