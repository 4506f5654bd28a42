"""A whole file at once, as tests look at it: its one table, its plan in one part, that plan written."""

import sys

from django.utils import timezone

from imports.plans.pipeline import read_file, settle
from imports.tables.layout import find
from imports.writing.apply import Writing


def find_table(sheet, names):
    """The table or form of a sheet; None when no heading of this kind is in it."""
    return find(sheet, names).table


def make_plan(path, name, kind, *, today):
    """Reads a file and plans its import, all rows in one part."""
    (plan,) = settle(read_file(path, name, kind), today=today, size=sys.maxsize)
    return plan


def write_plan(plan, actor=None):
    """Writes a plan whose rows are all in one part."""
    writing = Writing(actor=actor, batch=None, at=timezone.now())
    writing.take(plan)
    writing.carry_out()
