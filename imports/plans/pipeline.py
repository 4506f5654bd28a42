"""File → plan: the one path of the preview, the write, the page and the command."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings

from imports.known.register import Register, take_register
from imports.planned.plan import Plan
from imports.plans.finding import find_tables
from imports.plans.placing import PART, keys_of, lay_over, place_rows
from imports.plans.progress import LOOKING, READING, Step, silent
from imports.plans.remembered import reading_names
from imports.reading.limits import Limits
from imports.reading.parent import read_workbook
from imports.resources.base import ImportResource
from imports.resources.kinds import RESOURCES
from imports.tables.adjust import Adjustments


def limits() -> Limits:
    return Limits(**settings.IMPORT_LIMITS)


def read_file(
    path: str | Path, name: str, kind: str, *, step: Step = silent, adjustments: Adjustments | None = None
) -> Plan:
    """A file's rows, with what was decided by hand laid over them; nothing is decided about them yet.

    Raises:
        UnreadableFileError: with the reason, in words for the person who sent it.
        MappingNeededError: the headings must be explained first.
    """
    plan = Plan(kind, adjustments=adjustments or Adjustments())
    book = read_workbook(path, name, limits(), lambda done, known: step(done, known, READING, 0))
    find_tables(book, RESOURCES[kind], replace(reading_names(kind), given=plan.adjustments.given), plan)
    for table in plan.tables:
        RESOURCES[kind].read_headings(table)
    lay_over(plan, RESOURCES[kind])
    return plan


def settle(plan: Plan, *, today: date, step: Step = silent, size: int = PART) -> Iterator[Plan]:
    """Places the rows against the database as it is now: yields the plan with one part of them after another."""
    step(0, 0, LOOKING, 0)
    resource = RESOURCES[plan.kind]
    register = register_for(plan, resource, today)
    yield from place_rows(plan, resource, register, today, step=step, size=size)


def register_for(plan: Plan, resource: ImportResource, today: date) -> Register:
    """What the database knows of what the rows mention; their names and codes are let go of again: of a hundred
    thousand firms they take tens of megabytes."""
    keys = keys_of(plan, resource, today)
    register = take_register(plan.kind, keys)
    register.today = today
    resource.take(register, keys)
    register.shared, register.reason = plan.adjustments.shared, plan.adjustments.reason
    return register
