"""What undoing an import would take away, set back and leave, and why. Reads only."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model

from accounts.models import User
from cases.models import LegalCase, ProcuratorialRecommendation
from common.rows.references import Reference, among, own_field, references
from enterprises.models import LikelyDouble
from imports.models import ImportBatch
from imports.writing.apply import ORDER
from imports.writing.undo_rules import Key, Restore, ruled_out
from ledger.closed.books import Books, Facts, closed_books
from ledger.closed.facts import REGISTERS
from ledger.closed.footprint import footprints, moved_by
from ledger.models import ActivityOutput, EntryEvent, ProblemEntry, Recovery, ServiceActivity

CHUNK = 900
CLOSED = "已结账"
PLACES = frozenset({"unit", "workstream"})  # where a record is counted
# A part stays where its whole stays, by the field that names the whole.
PARTS: dict[type[Model], str] = {
    ProblemEntry: "source_form",
    ActivityOutput: "activity",
    Recovery: "case",
    ProcuratorialRecommendation: "case",
}


@dataclass
class UndoPlan:
    going: dict[type[Model], set[int]] = field(default_factory=lambda: {model: set() for model in ORDER})
    restores: list[Restore] = field(default_factory=list)
    kept: dict[Key, str] = field(default_factory=dict)  # record → why it stays as it is
    following: list[Restore] = field(default_factory=list)  # money that goes along with what goes back
    moved: dict[Key, Facts] = field(default_factory=dict)  # record → what closed half-years count that would move
    books: Books = field(default_factory=Books)

    @property
    def closed(self) -> list[Key]:
        """Records that closed half-years count, and that so take a reason to go or go back."""
        return [key for key in self.moved if key[0] not in REGISTERS]

    def counts(self) -> dict[str, int]:
        """How many go, by the kind's name."""
        return {str(model._meta.verbose_name): len(pks) for model, pks in self.going.items() if pks}

    @property
    def is_empty(self) -> bool:
        return not self.restores and not any(self.going.values())


def plan_undo(batch: ImportBatch, reason: str = "") -> UndoPlan:
    """Decides for each record that an import made or changed whether it can go back.

    What counts in a closed half-year stays, unless a `reason` is given.
    """
    plan = UndoPlan()
    own: dict[Key, int] = {}
    for model, action, pk in own_audit(batch):
        own[model, pk] = own.get((model, pk), 0) | (1 if action == LogEntry.Action.CREATE else 2)
    made = {key for key, did in own.items() if did & 1}
    for model, pk in made:
        plan.going[model].add(pk)
    restores = {(restore.model, restore.pk): restore for restore in changed_records(batch)}
    restores = {key: restore for key, restore in restores.items() if key[0] is not Recovery}  # goes along: see below
    wanted = {key: 2 if did & 2 else 1 for key, did in own.items() if did & 1}
    wanted |= {key: restore.version for key, restore in restores.items() if key not in made}
    drop_missing(plan, restores, wanted)
    plan.books = closed_books()
    plan.moved = moved(plan, restores)
    why = edited(batch, wanted)
    if not reason:
        why |= {key: f"计着它的 {labels(plan, key)}{CLOSED}" for key in plan.closed}
    settle(plan, made, {key: one for key, one in restores.items() if key in wanted}, why)
    plan.following = list(follow(plan))
    return plan


def settle(plan: UndoPlan, made: set[Key], restores: dict[Key, Restore], why: dict[Key, str]) -> None:
    """What goes and goes back: again with each that the rules keep, for others may depend on it."""
    going = {model: set(pks) for model, pks in plan.going.items()}
    while True:
        plan.going, plan.kept = {model: set(pks) for model, pks in going.items()}, {}
        freed = {(key, name) for key, restore in restores.items() if key not in why for name in restore.fields}
        spread(plan, made, why, freed)
        changed = {key: restore for key, restore in restores.items() if key not in made}
        plan.kept |= {key: why[key] for key in changed if key in why}
        plan.restores = [restore for key, restore in changed.items() if key not in why]
        more = ruled_out(plan.going, plan.restores)
        if not more:
            return
        why |= more


def own_audit(batch: ImportBatch) -> Iterator[tuple[type[Model], int, int]]:
    """The audit rows that the import wrote: model, action, record."""
    rows = LogEntry.objects.filter(timestamp=batch.applied_at, additional_data__导入批次=batch.pk).order_by()
    models = {kind.pk: model for model, kind in ContentType.objects.get_for_models(*ORDER).items()}
    for kind, action, pk in rows.values_list("content_type_id", "action", "object_id"):
        yield models[kind], action, pk


def changed_records(batch: ImportBatch) -> list[Restore]:
    found: dict[Key, Restore] = {}
    rows = batch.rows.filter(values__has_key="before").order_by("-id").values_list("values", flat=True)
    for values in rows:
        for told in reversed(values["before"]):
            model = apps.get_model(told["model"])
            restore = found.setdefault((model, told["pk"]), Restore(model, told["pk"], told["version"], {}))
            restore.fields |= {name: old for name, (old, _) in told["fields"].items()}
    return list(found.values())


def parts_of(pks: Any) -> Iterator[list[int]]:
    ordered = sorted(pks)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def by_model(keys: Any) -> dict[type[Model], list[int]]:
    sorted_out: dict[type[Model], list[int]] = defaultdict(list)
    for model, pk in keys:
        sorted_out[model].append(pk)
    return sorted_out


def drop_missing(plan: UndoPlan, restores: dict[Key, Restore], wanted: dict[Key, int]) -> None:
    """Someone may have deleted a record already: there is nothing left to undo."""
    for model, pks in by_model(wanted).items():
        there = {
            pk
            for part in parts_of(pks)
            for pk in model._base_manager.filter(among("pk", part)).values_list("pk", flat=True)
        }
        for pk in set(pks) - there:
            plan.going[model].discard(pk)
            wanted.pop((model, pk))
            restores.pop((model, pk), None)


def edited(batch: ImportBatch, wanted: Mapping[Key, int | None]) -> dict[Key, str]:
    """Records that someone has changed since the import: by the audit trail, by version, by signing in."""
    why: dict[Key, str] = {}
    for model, pks in by_model(wanted).items():
        for part in parts_of(pks):
            for pk in other_versions(model, part, wanted):
                why[model, pk] = "导入之后有人修改过"
            for pk, name in later_editors(batch, model, part):
                why[model, pk] = f"导入之后{name}修改过"
            if model is User:
                seen = User.objects.filter(among("pk", part), last_login__gt=batch.applied_at).values_list(
                    "pk", flat=True
                )
                why |= {(model, pk): "本人已经登录使用" for pk in seen}
    return why


def other_versions(model: type[Model], pks: list[int], wanted: Mapping[Key, int | None]) -> Iterator[int]:
    """Records whose version is not the one the import left; the rows are locked when this decides an undo."""
    if not hasattr(model, "version"):
        return
    rows = model._base_manager.filter(among("pk", pks)).order_by("pk")
    if connection.in_atomic_block:
        rows = rows.select_for_update()
    for pk, version in rows.values_list("pk", "version"):
        if wanted[model, pk] not in {None, version}:  # of an import before the model had versions the trail alone tells
            yield pk


def later_editors(batch: ImportBatch, model: type[Model], pks: list[int]) -> Iterator[tuple[int, str]]:
    kind = ContentType.objects.get_for_model(model)
    rows = LogEntry.objects.filter(among("object_id", pks), content_type=kind, timestamp__gte=batch.applied_at)
    for pk, name, data in rows.order_by("id").values_list("object_id", "actor__name", "additional_data"):
        if not isinstance(data, dict) or data.get("导入批次") != batch.pk:
            yield pk, name or "系统"


def moved(plan: UndoPlan, restores: dict[Key, Restore]) -> dict[Key, Facts]:
    """What would move in the signed half-years, by the record that goes or goes back, with what hangs on it."""
    found: dict[Key, Facts] = {}
    for model in ORDER if plan.books else ():
        facts = footprints(model, plan.going[model], plan.books)
        back = {pk: one for (kind, pk), one in restores.items() if kind is model and pk not in plan.going[model]}
        for part in parts_of(back):
            records = model._base_manager.filter(pk__in=part)
            facts |= moved_by(model, {one: old_values(one, back[one.pk].fields) for one in records}, plan.books)
        found |= {(model, pk): moves for pk, moves in facts.items() if moves}
    return found


def old_values(record: Model, fields: dict[str, Any]) -> dict[str, Any]:
    """The values that fields of a record go back to, by column."""
    columns = [(own_field(type(record), name), old) for name, old in fields.items()]
    return {column.attname: column.to_python(old) for column, old in columns}


def labels(plan: UndoPlan, key: Key) -> str:
    return "、".join(one.label for one in plan.books.touched(plan.moved[key]))


def follow(plan: UndoPlan) -> Iterator[Restore]:
    """Money is counted where its case or activity is, and goes along with one that goes back to another unit or
    matter: also money that was recorded since."""
    for model, name in ((LegalCase, "case"), (ServiceActivity, "activity")):
        back = {one.pk: one.fields for one in plan.restores if one.model is model and one.fields.keys() & PLACES}
        for part in parts_of(back):
            for money in Recovery.objects.filter(**{f"{name}__in": part}).exclude(pk__in=plan.going[Recovery]):
                fields = back[getattr(money, f"{name}_id")]
                yield Restore(
                    Recovery, money.pk, money.version, {place: fields[place] for place in PLACES & fields.keys()}
                )


def spread(plan: UndoPlan, made: set[Key], why: dict[Key, str], freed: set[tuple[Key, str]]) -> None:
    """A record stays where something that stays refers to it, and a part where its whole stays.

    `freed`: fields that get their old values back, and so no longer refer to it.
    """
    joined, outside = joints(plan, made)
    outside = [found for found in outside if (found.holder, found.name) not in freed]
    waiting: deque[tuple[Key, str]] = deque((key, reason) for key, reason in why.items() if key in made)
    waiting += [(found.referred, f"已有“{found.holder[0]._meta.verbose_name}”用到它") for found in outside]
    while waiting:
        key, reason = waiting.popleft()
        if key[1] in plan.going[key[0]]:
            plan.going[key[0]].discard(key[1])
            plan.kept[key] = reason
            linked = f"与保留的{key[0]._meta.verbose_name}相连"
            waiting += [(other, linked) for other in joined[key]]


def joints(plan: UndoPlan, made: set[Key]) -> tuple[dict[Key, list[Key]], list[Reference]]:
    """What stays with each record: what it refers to, and its parts; and references from outside the import."""
    joined: dict[Key, list[Key]] = defaultdict(list)
    outside: list[Reference] = []
    for model in ORDER:
        for found in references(model, plan.going[model]):
            if found.holder in made:
                joined[found.holder].append(found.referred)
                if PARTS.get(found.holder[0]) == found.name:
                    joined[found.referred].append(found.holder)
            elif not (first_event(found) or found.holder[0] is LikelyDouble):
                outside.append(found)
    return joined, outside


def first_event(found: Reference) -> bool:
    """The event that the import itself wrote; the version of the entry tells whether more have come."""
    return found.holder[0] is EntryEvent and found.name == "entry"
