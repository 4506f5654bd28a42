"""File → plan: the one path of the preview, the write, the page and the command."""

from datetime import date
from pathlib import Path

from django.conf import settings

from imports.kinds import RESOURCES
from imports.plan import Plan, Progress, clean_tables, find_tables, keys_of, place_rows
from imports.reading.limits import Limits
from imports.reading.parent import read_workbook
from imports.register import take_register


def limits() -> Limits:
    return Limits(**getattr(settings, "IMPORT_LIMITS", {}))


def make_plan(path: str | Path, name: str, kind: str, *, today: date, progress: Progress | None = None) -> Plan:
    """Reads a file and plans its import. Writes nothing.

    Raises:
        UnreadableFileError: with the reason, in words for the person who sent it.
    """
    resource = RESOURCES[kind]
    plan = Plan(kind)
    find_tables(read_workbook(path, name, limits()), resource, plan)
    cleaned = clean_tables(plan, resource, today, progress)
    place_rows(plan, cleaned, resource, take_register(kind, keys_of(cleaned, resource)))
    return plan
