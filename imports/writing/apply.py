"""Carries a plan out: in bulk, in one transaction, with its audit rows and ledger events. All or none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, time
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User
from cases.models import LegalCase
from common.periods import SHANGHAI, local_date
from common.rows.database import ReadyRecords, ReadyRows, give_ids, one_at_a_time, wide_statements
from common.rows.references import among, own_field
from enterprises.models import Enterprise, NameOrigin
from enterprises.services.renaming import note_renames
from imports.errors import PlanChangedError, StalePlanError
from imports.known.register import marks_of, register_marks
from imports.models import ImportBatch, RowOutcome
from imports.planned.plan import Change, Plan
from imports.planned.row import PlannedRow
from imports.resources.kinds import RESOURCES
from imports.writing.closed import ClosedNotes
from imports.writing.posts import check_posts, hold_posts
from ledger.models import EntryEvent, ProblemEntry, Recovery
from ledger.moves.following import SERIES
from ledger.services.money.recoveries import MONEY
from ledger.services.numbers import coming_serial, in_words, next_serials
from ledger.states import Action, EntryState

BATCH = 1000
UPDATE_BATCH = 200
ATTEMPTS = 3
KEYS = ("name_key", "core_key", "pinyin", "phone_key", "address_key")  # kept beside what they are made from
Result = TypeVar("Result")
ORDER = tuple(dict.fromkeys(model for resource in RESOURCES.values() for model in resource.writes))


class Writing:
    """A plan as finished rows, made part by part. On SQLite a write keeps all other writers waiting: what can be done
    before is. New records get their ids and numbers; once their rows are made they are not needed any more."""

    def __init__(self, *, actor: User | None, batch: ImportBatch | None, at: datetime) -> None:
        self.before = register_marks()
        self.actor, self.at, self.audit = actor, at, AuditRows(actor, batch, at)
        self.records = {model: ReadyRecords(model) for model in ORDER}
        self.first_audit = {model: ReadyRows(LogEntry, AUDITED) for model in ORDER}
        self.later_audit = ReadyRows(LogEntry, AUDITED)
        self.events = ReadyRows(EntryEvent, EVENT)
        self.links = ReadyRows(LegalCase.enterprises.through, ["legalcase", "enterprise"])
        self.serials: dict[int, range] = {}  # of new ledger entries, by year
        self.changes: list[Change] = []  # of stored records
        self.made_by: list[int | None] = []  # by row: the record it made or met
        self.reason, self.closed = batch.closed_reason if batch else "", ClosedNotes(batch, actor)

    def take(self, plan: Plan) -> None:
        """Makes the rows of the part of a plan that is at hand."""
        self.number(plan.new[ProblemEntry])
        with transaction.atomic():  # one commit for all of them
            for model in ORDER:
                give_ids(model, plan.new[model])
        self.made_by += [made_by(row) for row in plan.rows]
        for model in ORDER:
            records = plan.new[model]
            self.records[model].add(records)
            self.first_audit[model].add(self.audit.of_new(model, records, plan.origin))
        self.events.add(first_events(plan.new[ProblemEntry], self.actor, self.at))
        self.links.add((case.pk, enterprise.pk) for case, enterprise in plan.links)
        self.later_audit.add(self.audit.of_changes(plan.changes, plan.origin))
        self.changes += plan.changes
        self.closed.take(plan)

    def number(self, entries: Sequence[ProblemEntry]) -> None:
        """The coming numbers of the ledger, in the order of the file, one run a year."""
        for entry in entries:
            year = entry.registered_on.year
            if year not in self.serials:
                first = coming_serial(SERIES, year)
                self.serials[year] = range(first, first)
            taken = self.serials[year]
            self.serials[year] = range(taken.start, taken.stop + 1)
            (entry.number,) = in_words(SERIES, year, [taken.stop])
            entry.registered_by = self.actor

    @property
    def made(self) -> dict[str, int]:
        """How many records of each kind, by model label."""
        return {str(model._meta.verbose_name): len(rows) for model, rows in self.records.items() if rows}

    def carry_out(self) -> None:
        """Writes everything, all or none: what stored records give up first, so that new ones can have it.

        Raises:
            StalePlanError: someone wrote a conflicting record, or took the numbers, since the rows were made.
            PlanChangedError: a conflict, though nobody has.
        """
        of_stored = [change for change in self.changes if not change.record._state.adding]
        of_new = [change for change in self.changes if change.record._state.adding]
        try:
            with wide_statements(), transaction.atomic():
                hold_posts(self.changes)
                self.hold_money()
                for year, serials in sorted(self.serials.items()):
                    if next_serials(SERIES, year, len(serials)) != serials:
                        raise StalePlanError("写入时有人刚登记了问题，本次没有写入任何内容；请重新核对预览")
                update_records(of_stored)
                # Events before their entries: PostgreSQL then reads the text of each new entry once.
                self.events.insert()
                for model in ORDER:
                    self.records[model].insert()
                    self.first_audit[model].insert()
                self.links.insert()
                self.later_audit.insert()
                update_records(of_new)
                note_renames(renamed(of_stored), origin=NameOrigin.IMPORTED, today=local_date(self.at), by=self.actor)
                check_posts(self.changes)
                self.closed.check(self.changes)
                self.closed.write(self.reason)
        except IntegrityError as error:
            if register_marks() != self.before:
                raise StalePlanError("写入时发现有人刚登记了相同的记录，没有写入任何内容；请重新核对预览") from error
            raise PlanChangedError("要写入的内容与系统里的记录冲突，没有写入任何内容；请核对新的预览") from error

    def hold_money(self) -> None:
        """Money that somebody recorded since the plan was made may be the money of a row: look once more.

        Raises:
            StalePlanError: somebody has.
        """
        if not self.records[Recovery]:
            return
        one_at_a_time(MONEY)
        if marks_of(Recovery) != self.before[Recovery]:
            raise StalePlanError("写入时有人刚登记了挽回损失，本次没有写入任何内容；请重新核对预览")


def persistently(write: Callable[[], Result]) -> Result:
    """Somebody's write between planning and writing only means to plan once more, as long as the preview holds."""
    for _ in range(ATTEMPTS - 1):
        with suppress(StalePlanError):
            return write()
    return write()


def made_by(row: PlannedRow) -> int | None:
    """The id of what a row made or met."""
    return row.made.pk if row.made is not None and row.outcome != RowOutcome.ERROR else None


def first_events(entries: Iterable[ProblemEntry], actor: User | None, at: datetime) -> Iterator[tuple[Any, ...]]:
    """The first event of every new entry, on its form's date."""
    by = (actor.pk, actor.name) if actor else (None, "系统")
    for entry in entries:
        moment = datetime.combine(entry.registered_on, time(), SHANGHAI)
        told = (entry.unit_id, *by, moment, entry.registered_on, "由调查表导入", at)
        yield entry.pk, 1, Action.REGISTER, EntryState.REGISTERED, *told


def renamed(changes: Iterable[Change]) -> Iterator[tuple[Enterprise, str]]:
    """The firms that the import gives another name, each with the one it had."""
    for change in changes:
        if isinstance(change.record, Enterprise) and "name" in change.fields:
            yield change.record, change.fields["name"][0]


def update_records(changes: Sequence[Change]) -> None:
    """New values of stored records, refused where someone has changed one since the plan was made."""
    by_model: dict[type[Model], list[Any]] = defaultdict(list)
    names: dict[type[Model], set[str]] = defaultdict(set)
    for change in changes:
        model = type(change.record)
        by_model[model].append(change.record)
        names[model] |= set(change.fields)
    for model, records in by_model.items():
        unique = list({record.pk: record for record in records}.values())
        for record in unique if model is Enterprise else ():
            record.fill_places()
        names[model] |= {name for name in KEYS if hasattr(model, name)}
        if hasattr(model, "version"):
            take_versions(model, unique)
            names[model].add("version")
        else:
            compare_old_values(model, [change for change in changes if type(change.record) is model])
        release(model, changes, names[model])
        model._default_manager.bulk_update(unique, sorted(names[model]), batch_size=UPDATE_BATCH)


def release(model: type[Model], changes: Iterable[Change], names: Iterable[str]) -> None:
    """Empties unique columns of the records that get another value: a statement is compared row by row, and one of
    them may get what another still has."""
    for name in names:
        column: Any = model._meta.get_field(name)
        if column.unique and column.null:
            had = {one.record.pk for one in changes if type(one.record) is model and one.fields.get(name, (None,))[0]}
            for part in chunked(sorted(had), BATCH):
                model._default_manager.filter(among("pk", part)).update(**{name: None})


def take_versions(model: type[Model], records: Sequence[Any]) -> None:
    """Locks the rows (SQLite holds the whole database anyway) and compares their versions with the plan's."""
    for part in chunked(sorted(records, key=attrgetter("pk")), BATCH):
        rows = model._base_manager.filter(pk__in=[record.pk for record in part]).order_by("pk")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        stored = dict(rows.values_list("pk", "version"))
        for record in part:
            if stored.get(record.pk) != record.version:
                raise StalePlanError(f"“{record}”刚被别人修改过，本次没有写入任何内容；请重新核对预览")
            record.version += 1


def compare_old_values(model: type[Model], changes: Sequence[Any]) -> None:
    """For records without a version: locks the rows, and refuses where a field is no longer what the plan saw."""
    for part in chunked(sorted(changes, key=attrgetter("record.pk")), BATCH):
        rows = model._base_manager.filter(pk__in=[change.record.pk for change in part]).order_by("pk")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(of=("self",))
        stored = {row.pk: row for row in rows}
        for change in part:
            now = stored.get(change.record.pk)
            if now is None or any(differs(now, name, old) for name, (old, _) in change.fields.items()):
                raise StalePlanError(f"“{change.record}”刚被别人修改过，本次没有写入任何内容；请重新核对预览")


def differs(record: Model, name: str, old: Any) -> bool:
    """Whether a stored field is no longer the old value; foreign keys are compared by key, without a query."""
    column = own_field(type(record), name)
    return bool(getattr(record, column.attname) != (old.pk if isinstance(old, Model) else old))


def chunked(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


AUDITED = ["content_type", "object_pk", "object_id", "object_repr", "action", "changes", "actor", "timestamp",
           "additional_data"]  # fmt: skip


EVENT = ["entry", "seq", "action", "to_state", "unit", "actor", "actor_name", "occurred_at", "happened_on", "note",
         "recorded_at"]  # fmt: skip
Row = tuple[Any, ...]
Origin = Mapping[int, PlannedRow]


class AuditRows:
    """One audit row a record created or changed, with the import, sheet and row it came from: bulk writes pass by
    the signals that write them elsewhere."""

    def __init__(self, actor: User | None, batch: ImportBatch | None, at: datetime) -> None:
        self.at, self.actor = at, actor.pk if actor else None
        self.batch = {"导入批次": batch.pk, "文件": batch.name} if batch else {}
        self.types = {model: kind.pk for model, kind in ContentType.objects.get_for_models(*ORDER).items()}

    def of_new(self, model: type[Model], records: Iterable[Any], origin: Origin) -> Iterator[Row]:
        if not auditlog.contains(model):
            return
        fields = [own_field(model, name) for name in auditlog.get_model_fields(model)["include_fields"]]
        names, values = [field.name for field in fields], itemgetter(*[field.attname for field in fields])
        for record in records:
            yield self.row(record, LogEntry.Action.CREATE, first_values(names, values(vars(record))), origin)

    def of_changes(self, changes: Iterable[Change], origin: Origin) -> Iterator[Row]:
        for change in changes:
            told = {name: [str(old), str(new)] for name, (old, new) in change.fields.items()}
            yield self.row(change.record, LogEntry.Action.UPDATE, told, origin)

    def row(self, record: Any, action: int, changes: dict[str, list[str]], origin: Origin) -> Row:
        pk, source = record.pk, origin[id(record)].source
        told = {**self.batch, "工作表": source.sheet, "行": source.row_no}
        if source.adjusted and source.adjusted.cells:
            told["改正"] = source.adjusted.cells
        return self.types[type(record)], str(pk), pk, str(record)[:500], action, changes, self.actor, self.at, told


def first_values(names: Sequence[str], values: Sequence[Any]) -> dict[str, list[str]]:
    pairs = zip(names, values, strict=True)
    return {name: ["None", str(value)] for name, value in pairs if value or value not in (None, "")}
