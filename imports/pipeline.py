"""File → plan: the one path of the preview, the write, the page and the command."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from imports.adjust import Adjustments
from imports.finding import find_tables
from imports.kinds import RESOURCES
from imports.plan import Plan, clean_tables, count_questions, keys_of, leave_out_unread, place_rows
from imports.progress import READING, Step, silent
from imports.reading.limits import Limits
from imports.reading.parent import read_workbook
from imports.register import take_register
from imports.remembered import known_names
from imports.rows import CleanRow


def limits() -> Limits:
    return Limits(**settings.IMPORT_LIMITS)


@dataclass
class Prepared:
    """A file read and cleaned: what can be done before the rows meet the database."""

    plan: Plan
    cleaned: list[CleanRow]


def prepare(
    path: str | Path,
    name: str,
    kind: str,
    *,
    today: date,
    step: Step = silent,
    adjustments: Adjustments | None = None,
) -> Prepared:
    """Reads a file, lays over it what was decided by hand, cleans its cells: the slow part, outside any transaction.

    Raises:
        UnreadableFileError: with the reason, in words for the person who sent it.
        MappingNeededError: the headings must be explained first.
    """
    resource = RESOURCES[kind]
    plan = Plan(kind, adjustments=adjustments or Adjustments())
    book = read_workbook(path, name, limits(), lambda done, known: step(done, known, READING, 0))
    find_tables(book, resource, known_names(kind), plan)
    leave_out_unread(plan)
    return Prepared(plan, clean_tables(plan, resource, today, step))


def settle(prepared: Prepared) -> Plan:
    """Places the rows against the database as it is now. Call it once."""
    plan, resource = prepared.plan, RESOURCES[prepared.plan.kind]
    keys = keys_of(prepared.cleaned, resource) | {"chosen": plan.adjustments.chosen()}
    register = take_register(plan.kind, keys)
    register.shared = plan.adjustments.shared
    place_rows(plan, prepared.cleaned, resource, register)
    count_questions(plan)
    return plan


def make_plan(path: str | Path, name: str, kind: str, *, today: date, step: Step = silent) -> Plan:
    """Reads a file and plans its import. Writes nothing.

    Raises:
        UnreadableFileError: with the reason, in words for the person who sent it.
    """
    return settle(prepare(path, name, kind, today=today, step=step))
