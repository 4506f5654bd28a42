"""More of the same for load tests: the demo office's mass, copied in bulk."""

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from django.db import models

from cases.models import LegalCase
from ledger.models import (
    ActivityOutput,
    Attachment,
    EntryEvent,
    EntryPause,
    ProblemEntry,
    Recovery,
    ServiceActivity,
    SurveyForm,
)
from ledger.moves.following import SERIES
from ledger.services.numbers import next_numbers

CHUNK = 2000


def multiply(times: int) -> None:
    """Adds `times - 1` copies of every activity, case, form, entry, with what hangs on them.

    Copies of evidence share their bytes with the original: a load test has no use for a million files.
    """
    templates = [list(model.objects.order_by("pk")) for model in (LegalCase, ServiceActivity, SurveyForm, ProblemEntry)]
    hanging = [
        list(model.objects.order_by("pk")) for model in (ActivityOutput, Recovery, EntryEvent, Attachment, EntryPause)
    ]
    for number in range(2, times + 1):
        copy_once(number, templates, hanging)


def copy_once(number: int, templates: list[list[Any]], hanging: list[list[Any]]) -> None:
    cases, activities, forms, entries = templates
    outputs, recoveries, events, files, pauses = hanging
    of_case = clone(cases, lambda one: {"number": f"{one.number}-{number}"})
    of_activity = clone(activities, lambda one: {})
    of_form = clone(forms, lambda one: {"fingerprint": f"{one.fingerprint}-{number}"})
    numbers = numbers_for(entries)
    of_entry = clone(
        entries,
        lambda one: {
            "number": next(numbers[one.registered_on.year]),
            "source_activity_id": of_activity.get(one.source_activity_id),
            "source_form_id": of_form.get(one.source_form_id),
            "case_id": of_case.get(one.case_id),
        },
    )
    clone(outputs, lambda one: {"activity_id": of_activity[one.activity_id]})
    clone(
        recoveries,
        lambda one: {
            "case_id": of_case.get(one.case_id),
            "activity_id": of_activity.get(one.activity_id),
            "entry_id": of_entry.get(one.entry_id),
        },
    )
    clone(pauses, lambda one: {"entry_id": of_entry[one.entry_id]})
    of_event = clone(events, lambda one: {"entry_id": of_entry[one.entry_id]})
    clone(
        [file for file in files if file.entry_id],
        lambda one: {"entry_id": of_entry[one.entry_id], "event_id": of_event.get(one.event_id)},
    )


def numbers_for(entries: list[ProblemEntry]) -> dict[int, Iterator[str]]:
    counts: dict[int, int] = {}
    for entry in entries:
        counts[entry.registered_on.year] = counts.get(entry.registered_on.year, 0) + 1
    return {year: iter(next_numbers(SERIES, year, count)) for year, count in counts.items()}


def clone(rows: list[Any], changes: Callable[[Any], dict[str, Any]]) -> dict[int, int]:
    """Copies rows with some columns changed; old key → new key."""
    if not rows:
        return {}
    copies: list[models.Model] = []
    for row in rows:
        twin = copy(row)
        twin._state = copy(row._state)
        twin._state.adding, twin.pk, fresh = True, None, {"submission": None, **changes(row)}
        for name, value in fresh.items():
            if name != "submission" or hasattr(twin, name):
                setattr(twin, name, value)
        copies.append(twin)
    saved = type(rows[0]).objects.bulk_create(copies, batch_size=CHUNK)
    return {row.pk: twin.pk for row, twin in zip(rows, saved, strict=True)}
