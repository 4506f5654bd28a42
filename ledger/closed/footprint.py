"""Stored records with what hangs on them, read for many at once, and the facts that rest on them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import User
from cases.models import LegalCase
from enterprises.models import Enterprise, Pairing
from ledger.closed.books import Books, Facts
from ledger.closed.facts import OF, Hanging, facts_of
from ledger.models import (
    ActionPlan,
    ActivityOutput,
    EntryEvent,
    KeyTask,
    ProblemEntry,
    Recovery,
    ServiceActivity,
)
from ledger.states import Action

PART = 2000  # records a statement names
SUBJECTS: dict[type[Model], str] = {LegalCase: "case", ProblemEntry: "entry", ServiceActivity: "activity"}
STEP = ("entry", "seq", "action", "from_state", "to_state", "unit", "happened_on")


def footprints(model: type[Model], pks: Collection[int], books: Books) -> dict[int, Facts]:
    """By key, what closed periods count of stored records and of what hangs on them; of one that is gone nothing."""
    found: dict[int, Facts] = {}
    for part in parts_of(pks) if books and model in OF else ():
        records = list(model._base_manager.filter(pk__in=part))
        hanging = hanging_on(model, records, books)
        found |= {record.pk: facts_of(record, hanging, books) for record in records}
    return found


def moved_by(model: type[Model], changes: Mapping[Any, Mapping[str, Any]], books: Books) -> dict[int, Facts]:
    """By key, the facts that differ between records as they are in memory and with other values (by column)."""
    found: dict[int, Facts] = {}
    records = sorted(changes, key=lambda record: record.pk) if books and model in OF else []
    for start in range(0, len(records), PART):
        part = records[start : start + PART]
        hanging = hanging_on(model, part, books)
        for record in part:
            other = with_values(record, changes[record])
            found[record.pk] = facts_of(record, hanging, books) ^ facts_of(other, hanging, books)
    return found


def with_values(record: Model, values: Mapping[str, Any]) -> Model:
    """A copy with other values in some columns."""
    other = copy(record)
    for column, value in values.items():
        setattr(other, column, value)
    return other


def parts_of(pks: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(pks)
    for start in range(0, len(ordered), PART):
        yield ordered[start : start + PART]


def hanging_on(model: type[Model], records: Sequence[Any], books: Books) -> Hanging:
    """What hangs on records of a model, in a handful of statements however many they are."""
    hanging = Hanging()
    if records and model in LOADED:
        LOADED[model](hanging, records, books)
    return hanging


def of_activities(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    pks = [one.pk for one in records]
    for output in ActivityOutput.objects.filter(activity__in=pks):
        hanging.outputs[output.activity_id].append(output)
    heard = EntryEvent.objects.filter(entry__source_activity__in=pks, action=Action.CONFIRM)
    for event in heard.select_related("entry").only(*STEP, "entry__source_activity"):
        hanging.heard[event.entry.source_activity_id or 0].append(event)
    add_money(hanging, ServiceActivity, pks)


def of_outputs(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    hanging.activities = ServiceActivity._base_manager.in_bulk({one.activity_id for one in records})


def of_money(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    hanging.cases = LegalCase._base_manager.in_bulk({one.case_id for one in records} - {None})


def of_cases(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    add_money(hanging, LegalCase, [one.pk for one in records])


def add_money(hanging: Hanging, model: type[Model], pks: Sequence[int]) -> None:
    name = SUBJECTS[model]
    for recovery in Recovery.objects.filter(**{f"{name}__in": pks}):
        hanging.money[model, getattr(recovery, f"{name}_id")].append(recovery)


def of_entries(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    pks = [one.pk for one in records]
    steps = EntryEvent.objects.filter(entry__in=pks, happened_on__lte=books.last)
    for event in steps.only(*STEP).order_by("entry", "seq"):
        hanging.events[event.entry_id].append(event)
    sources = {one.source_activity_id for one in records} - {None}
    hanging.activities = ServiceActivity._base_manager.in_bulk(sources) if sources else {}
    add_money(hanging, ProblemEntry, pks)


def of_pairings(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    hanging.firms = Enterprise._base_manager.in_bulk({one.enterprise_id for one in records} - {None})
    add_units(hanging, records)


def add_units(hanging: Hanging, pairings: Iterable[Pairing]) -> None:
    officers = User._base_manager.filter(pk__in={one.officer_id for one in pairings})
    hanging.units |= dict(officers.values_list("pk", "unit_id"))


def of_firms(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    pks = [one.pk for one in records]
    visits = ServiceActivity.objects.filter(
        enterprise__in=pks, happened_on__gte=books.first, happened_on__lte=books.last
    )
    for firm, day, unit in visits.order_by().values_list("enterprise_id", "happened_on", "unit_id").distinct():
        hanging.visits[firm].append((day, unit))
    pairings = list(ended_since(books).filter(enterprise__in=pks))
    for pairing in pairings:
        hanging.pairings[Enterprise, pairing.enterprise_id or 0].append(pairing)
    add_units(hanging, pairings)


def of_people(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    for pairing in ended_since(books).filter(officer__in=[one.pk for one in records], enterprise__isnull=False):
        hanging.pairings[User, pairing.officer_id].append(pairing)


def ended_since(books: Books) -> QuerySet[Pairing]:
    """Pairings begun before the last closed day: others count in none of the periods."""
    return Pairing.objects.filter(starts_on__lte=books.last)


def of_plans(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    for task in KeyTask.objects.filter(plan__in=[one.pk for one in records]):
        hanging.tasks[task.plan_id].append(task)


def of_tasks(hanging: Hanging, records: Sequence[Any], books: Books) -> None:
    plans = ActionPlan.objects.filter(pk__in={one.plan_id for one in records})
    hanging.years = dict(plans.values_list("pk", "year"))


LOADED: dict[type[Model], Callable[[Hanging, Sequence[Any], Books], None]] = {
    ServiceActivity: of_activities,
    ActivityOutput: of_outputs,
    Recovery: of_money,
    LegalCase: of_cases,
    ProblemEntry: of_entries,
    Pairing: of_pairings,
    Enterprise: of_firms,
    User: of_people,
    ActionPlan: of_plans,
    KeyTask: of_tasks,
}
