"""What closed half-years count of a record and of what hangs on it. Pure: a record as it is in memory, stored or not.

These are the facts behind `reports.indicators` and `reports.balance`, which the ledger cannot import. A test there
changes every field of every record and compares: whatever moves a figure must change the facts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model

from accounts.models import User
from cases.models import CaseKind, LegalCase, ProcuratorialRecommendation, TypicalCase
from enterprises.models import Enterprise, Pairing
from ledger.closed.books import Books, Fact, Facts
from ledger.models import (
    ActionPlan,
    ActivityKind,
    ActivityOutput,
    EntryEvent,
    EntrySource,
    KeyTask,
    ProblemEntry,
    Recovery,
    ServiceActivity,
    SurveyForm,
)
from ledger.states import Action

Found = Iterable[Fact]
Subject = LegalCase | ProblemEntry | ServiceActivity


def lists() -> defaultdict[Any, list[Any]]:
    return defaultdict(list)


@dataclass
class Hanging:
    """What hangs on some records, by their keys; loaded for many of them at once (`ledger.closed.footprint`)."""

    outputs: dict[int, list[ActivityOutput]] = field(default_factory=lists)  # by activity
    heard: dict[int, list[EntryEvent]] = field(default_factory=lists)  # by activity: confirmations of its problems
    money: dict[tuple[type[Model], int], list[Recovery]] = field(default_factory=lists)  # by case, entry, activity
    events: dict[int, list[EntryEvent]] = field(default_factory=lists)  # by entry, in their order
    visits: dict[int, list[tuple[date, int]]] = field(default_factory=lists)  # by firm: day and unit
    pairings: dict[tuple[type[Model], int], list[Pairing]] = field(default_factory=lists)  # by firm, by officer
    tasks: dict[int, list[KeyTask]] = field(default_factory=lists)  # by plan
    activities: dict[int, ServiceActivity] = field(default_factory=dict)  # of outputs, and where entries come from
    cases: dict[int, LegalCase] = field(default_factory=dict)  # of money
    firms: dict[int, Enterprise] = field(default_factory=dict)  # of pairings
    units: dict[int, int | None] = field(default_factory=dict)  # of the officers of pairings
    years: dict[int, int] = field(default_factory=dict)  # of the plans of tasks


def of_activity(one: ServiceActivity, hanging: Hanging, books: Books) -> Iterator[Fact]:
    """The activity on its day, its outputs with it, its money on its own days, and the problems that were raised at
    a leader's visit on the days they were confirmed."""
    told = (one.kind, one.times, one.workstream_id, one.enterprise_id, one.project_id)
    yield from books.on(one.happened_on, one.unit_id, "activity", *told)
    for output in hanging.outputs[one.pk]:
        yield from output_facts(output, one, books)
    for recovery in hanging.money[ServiceActivity, one.pk]:
        yield from money_of(recovery, one, None, books)
    for event in hanging.heard[one.pk]:
        yield from books.on(event.happened_on, event.unit_id, "heard", event.pk, is_leaders(one))


def is_leaders(activity: ServiceActivity | None) -> bool:
    return activity is not None and activity.kind == ActivityKind.LEADER_VISIT


def of_output(one: ActivityOutput, hanging: Hanging, books: Books) -> Found:
    return output_facts(one, hanging.activities[one.activity_id], books)


def output_facts(one: ActivityOutput, activity: ServiceActivity, books: Books) -> Found:
    told = (one.measure, one.quantity, activity.kind, activity.workstream_id)
    return books.on(activity.happened_on, activity.unit_id, "output", *told)


def of_recovery(one: Recovery, hanging: Hanging, books: Books) -> Found:
    case = hanging.cases.get(one.case_id) if one.case_id else None
    return money_facts(one, case, books)


def money_facts(one: Recovery, case: LegalCase | None, books: Books) -> Found:
    """Money on its own day."""
    told = (one.pk, one.kind, one.amount, one.workstream_id, is_enforced(case))
    return books.on(one.happened_on, one.unit_id, "money", *told)


def money_of(one: Recovery, subject: Subject, case: LegalCase | None, books: Books) -> Iterator[Fact]:
    """The same, seen from what it is tied to: whose unit and matter it takes over when they change."""
    yield from money_facts(one, case, books)
    yield from books.on(one.happened_on, subject.unit_id, "follows", one.pk, subject.workstream_id)


def is_enforced(case: LegalCase | None) -> bool:
    """Whether what is recovered for the case is 到位执行款."""
    return case is not None and case.kind == CaseKind.ENFORCEMENT and case.campaign_id is not None


def of_case(one: LegalCase, hanging: Hanging, books: Books) -> Iterator[Fact]:
    """The case on each of its days by what counts there, and its money on its own days."""
    yield from books.on(one.filed_on, one.unit_id, "filed", one.kind, one.workstream_id)
    yield from books.on(one.closed_on, one.unit_id, "ended", one.kind, one.result, one.workstream_id)
    detained = (one.detained_persons, one.campaign_id is not None, one.workstream_id)
    yield from books.on(one.detained_on, one.unit_id, "detained", *detained)
    for recovery in hanging.money[LegalCase, one.pk]:
        yield from money_of(recovery, one, one, books)


def of_entry(one: ProblemEntry, hanging: Hanging, books: Books) -> Iterator[Fact]:
    """Each of its steps on its day, where it stood on the eve and at the end of each period, and its money."""
    events = hanging.events[one.pk]
    led = is_led(one, hanging)
    for event in events:
        told = (event.seq, event.action, event.from_state, event.to_state, one.workstream_id)
        yield from books.on(event.happened_on, event.unit_id, *told, led and event.action == Action.CONFIRM)
    for code, day in books.edges():
        last = next((event for event in reversed(events) if event.happened_on <= day), None)
        if last:
            yield Fact(code, last.unit_id, ("stood", day, last.to_state, one.workstream_id))
    for recovery in hanging.money[ProblemEntry, one.pk]:
        yield from money_of(recovery, one, None, books)


def is_led(one: ProblemEntry, hanging: Hanging) -> bool:
    """Whether its being resolved counts as 领导带头化解."""
    source = hanging.activities.get(one.source_activity_id) if one.source_activity_id else None
    return one.source == EntrySource.INSPECTION or bool(one.led_by) or is_leaders(source)


def of_survey(one: SurveyForm, hanging: Hanging, books: Books) -> Found:
    return books.on(one.visited_on, one.unit_id, "survey", one.workstream_id)


def of_recommendation(one: ProcuratorialRecommendation, hanging: Hanging, books: Books) -> Found:
    return books.on(one.issued_on, one.unit_id, "recommendation", one.workstream_id)


def of_typical_case(one: TypicalCase, hanging: Hanging, books: Books) -> Found:
    return books.on(one.published_on, one.unit_id, "typical case", one.workstream_id)


def of_pairing(one: Pairing, hanging: Hanging, books: Books) -> Found:
    """A firm's, wherever it is in force on a period's last day; pairings with projects are in no figure."""
    if one.enterprise_id is None:
        return ()
    firm, unit = hanging.firms[one.enterprise_id], hanging.units[one.officer_id]
    return books.at_end(one.starts_on, one.ends_on, unit, "paired", firm.pk, firm.is_above_scale, firm.workstream_id)


def of_firm(one: Enterprise, hanging: Hanging, books: Books) -> Iterator[Fact]:
    """A visit counts by the firm's kind, a pairing by its scale and matter."""
    for day, unit in hanging.visits[one.pk]:
        yield from books.on(day, unit, "visited", one.kind)
    for pairing in hanging.pairings[Enterprise, one.pk]:
        told = (pairing.pk, one.is_above_scale, one.workstream_id)
        yield from books.at_end(pairing.starts_on, pairing.ends_on, hanging.units[pairing.officer_id], *told)


def of_person(one: User, hanging: Hanging, books: Books) -> Iterator[Fact]:
    """A firm's pairing counts for the unit its officer is in."""
    for pairing in hanging.pairings[User, one.pk]:
        yield from books.at_end(pairing.starts_on, pairing.ends_on, one.unit_id, "officer", pairing.pk)


def of_plan(one: ActionPlan, hanging: Hanging, books: Books) -> Iterator[Fact]:
    """From which day on its year's confirmations are 集中化解; and its tasks."""
    first, last = max(one.concentrated_from, date(one.year, 1, 1)), date(one.year, 12, 31)
    yield from books.over(first, last, None, "concentrated", first)
    for task in hanging.tasks[one.pk]:
        yield from task_facts(task, one.year, books)


def of_task(one: KeyTask, hanging: Hanging, books: Books) -> Found:
    return task_facts(one, hanging.years[one.plan_id], books)


def task_facts(one: KeyTask, year: int, books: Books) -> Found:
    return books.over(date(year, 1, 1), date(year, 12, 31), one.lead_unit_id, "task", one.pk)


OF: dict[type[Model], Callable[[Any, Hanging, Books], Found]] = {
    ServiceActivity: of_activity,
    ActivityOutput: of_output,
    Recovery: of_recovery,
    LegalCase: of_case,
    ProblemEntry: of_entry,
    SurveyForm: of_survey,
    ProcuratorialRecommendation: of_recommendation,
    TypicalCase: of_typical_case,
    Pairing: of_pairing,
    Enterprise: of_firm,
    User: of_person,
    ActionPlan: of_plan,
    KeyTask: of_task,
}
# What is now, not what was then: nobody can be asked about half-years gone by, so a change tells its own reason.
REGISTERS: frozenset[type[Model]] = frozenset({Enterprise, User, ActionPlan, KeyTask})


def facts_of(record: Model, hanging: Hanging, books: Books) -> Facts:
    """What closed periods count of a record as it is in memory; nothing of one that no figure rests on."""
    model = record._meta.concrete_model
    return frozenset(OF[model](record, hanging, books)) if books and model in OF else frozenset()
