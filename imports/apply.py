"""Carries a plan out: in bulk, in the caller's transaction, with its audit rows and ledger events. All or none."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User
from cases.models import LegalCase, ProcuratorialRecommendation
from common.database import wide_statements
from common.periods import SHANGHAI
from enterprises.models import Enterprise, KeyProject
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
    User,
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
            number_entries(plan)
            for model in ORDER:
                model._default_manager.bulk_create(plan.new[model], batch_size=BATCH)
            link_parties(plan)
            register_events(plan, actor)
            update_records(plan)
            log_all(plan, actor, batch, at)
    except IntegrityError as error:
        raise PlanChangedError("写入时发现有人刚登记了相同的记录，本次没有写入任何内容；请重新核对预览") from error
    return {str(model._meta.verbose_name): len(plan.new[model]) for model in ORDER if plan.new[model]}


def number_entries(plan: Plan) -> None:
    """Numbers of the ledger, in the order of the file, one run a year."""
    by_year: dict[int, list[ProblemEntry]] = defaultdict(list)
    for entry in plan.new[ProblemEntry]:
        by_year[entry.registered_on.year].append(entry)
    for year, entries in sorted(by_year.items()):
        for entry, number in zip(entries, next_numbers(SERIES, year, len(entries)), strict=True):
            entry.number = number


def link_parties(plan: Plan) -> None:
    through = LegalCase.enterprises.through
    rows = [through(legalcase_id=case.pk, enterprise_id=enterprise.pk) for case, enterprise in plan.links]
    through._default_manager.bulk_create(rows, batch_size=BATCH)


def register_events(plan: Plan, actor: User | None) -> None:
    """The first event of every new entry, on its form's date."""
    events = []
    for entry in plan.new[ProblemEntry]:
        entry.registered_by = actor
        events.append(
            EntryEvent(
                entry=entry,
                seq=1,
                action=Action.REGISTER,
                to_state=EntryState.REGISTERED,
                unit_id=entry.unit_id,
                actor=actor,
                actor_name=actor.name if actor else "系统",
                occurred_at=datetime.combine(entry.registered_on, time(), SHANGHAI),
                happened_on=entry.registered_on,
                note="由调查表导入",
            )
        )
    EntryEvent.objects.bulk_create(events, batch_size=BATCH)


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
        names[model] |= {name for name in ("name_key", "pinyin") if hasattr(model, name)}
        if hasattr(model, "version"):
            take_versions(model, unique)
            names[model].add("version")
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


def chunked(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def log_all(plan: Plan, actor: User | None, batch: ImportBatch | None, at: datetime) -> None:
    """One audit row a record created or changed, with the import, sheet and row it came from: bulk writes pass by
    the signals that write them elsewhere."""
    told: list[tuple[Any, int, dict[str, list[str]]]] = []
    for model in ORDER:
        if auditlog.contains(model):
            columns = auditlog.get_model_fields(model)["include_fields"]
            told += [(record, LogEntry.Action.CREATE, first_values(record, columns)) for record in plan.new[model]]
    for change in plan.changes:
        told.append((change.record, LogEntry.Action.UPDATE, changed_values(change.record, change.fields)))
    types = {model: ContentType.objects.get_for_model(model) for model in {type(record) for record, *_ in told}}
    entries = (
        LogEntry(
            content_type=types[type(record)],
            object_pk=str(record.pk),
            object_id=record.pk,
            object_repr=str(record)[:500],
            action=action,
            changes=changes,
            actor=actor,
            timestamp=at,
            additional_data=origin(plan, record, batch),
        )
        for record, action, changes in told
    )
    rows = list(entries)
    LogEntry.objects.bulk_create(rows, batch_size=BATCH)


def first_values(record: Model, columns: Sequence[str]) -> dict[str, list[str]]:
    values = {name: getattr(record, record._meta.get_field(name).attname) for name in columns}
    return {name: ["None", str(value)] for name, value in values.items() if value not in (None, "")}


def changed_values(record: Model, fields: dict[str, tuple[Any, Any]]) -> dict[str, list[str]]:
    return {name: [str(old), str(new)] for name, (old, new) in fields.items()}


def origin(plan: Plan, record: Model, batch: ImportBatch | None) -> dict[str, Any]:
    row = plan.origin[id(record)]
    source = {"工作表": row.source.sheet, "行": row.source.row_no}
    return {"导入批次": batch.pk, "文件": batch.name, **source} if batch else source
