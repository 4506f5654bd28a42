"""File → plan: the one path of the preview, the write, the page and the command."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from imports.finding import find_tables
from imports.kinds import RESOURCES
from imports.plan import CleanRow, Plan, clean_tables, keys_of, place_rows
from imports.progress import READING, Step, silent
from imports.reading.limits import Limits
from imports.reading.parent import read_workbook
from imports.register import take_register
from imports.remembered import known_names


def limits() -> Limits:
    return Limits(**settings.IMPORT_LIMITS)


@dataclass
class Prepared:
    """A file read and cleaned: what can be done before the rows meet the database."""

    plan: Plan
    cleaned: list[CleanRow]


def prepare(path: str | Path, name: str, kind: str, *, today: date, step: Step = silent) -> Prepared:
    """Reads a file and cleans its cells: the slow part, done outside any transaction.

    Raises:
        UnreadableFileError: with the reason, in words for the person who sent it.
        MappingNeededError: the headings must be explained first.
    """
    resource = RESOURCES[kind]
    plan = Plan(kind)
    book = read_workbook(path, name, limits(), lambda done, known: step(done, known, READING, 0))
    find_tables(book, resource, known_names(kind), plan)
    return Prepared(plan, clean_tables(plan, resource, today, step))


def settle(prepared: Prepared) -> Plan:
    """Places the rows against the database as it is now. Call it once."""
    plan, resource = prepared.plan, RESOURCES[prepared.plan.kind]
    place_rows(plan, prepared.cleaned, resource, take_register(plan.kind, keys_of(prepared.cleaned, resource)))
    return plan


def make_plan(path: str | Path, name: str, kind: str, *, today: date, step: Step = silent) -> Plan:
    """Reads a file and plans its import. Writes nothing.

    Raises:
        UnreadableFileError: with the reason, in words for the person who sent it.
    """
    return settle(prepare(path, name, kind, today=today, step=step))
