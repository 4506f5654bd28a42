"""The ledger's facts and the figures agree: whatever change of a stored record moves a figure moves its facts.

The ledger cannot read `reports.indicators`, so it says for itself what is counted where (`ledger.closed.facts`). A new
figure that reads another field fails here until the facts have it; one that nothing here moves fails as well.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from accounts.models import User
from common.money import MoneyField
from ledger.closed.books import closed_books
from ledger.closed.footprint import footprints
from ledger.models import ClosedPeriod, EntryEvent
from ledger.states import Action, EntryState
from reports.figures.balance import STORED
from reports.figures.registry.indicators import INDICATORS
from reports.figures.tallies import compute
from reports.figures.watch import READS, TABLES
from tests.factories import EntryFactory, KeyProjectFactory, UserFactory
from tests.factories.ledger import move
from tests.reports.closed_office import BEFORE, DAY, OPEN, TODAY, Office
from tests.reports.test_closing import H1

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]  # which columns a figure reads is no matter of an engine
Cells = dict[tuple[str, str], int]
UNREAD = {"version", "created_at", "submission", "fingerprint", "name_key", "pinyin", "core_key", "uscc"}
OF_PEOPLE = {"unit", "role", "work_group", "is_active"}
LATER = date(2023, 6, 1)


def furnish(o: Office) -> None:
    """What the reconciliation tells besides: entries set aside, put off, passed on and reopened in the half-year."""
    KeyProjectFactory()
    UserFactory(unit=o.other_unit)
    for state in (EntryState.REJECTED, EntryState.DUPLICATE, EntryState.DEFERRED, EntryState.COMPLETED):
        EntryFactory(unit=o.unit, registered_on=DAY, state=state, moved_on=LATER)
    passed_on = EntryFactory(unit=o.unit, registered_on=DAY, state=EntryState.HANDLING, moved_on=DAY)
    move(passed_on, Action.TRANSFER, actor=o.admin, day=LATER, lead_unit=o.other_unit, note="归那边管")
    again = EntryFactory(unit=o.unit, registered_on=BEFORE, state=EntryState.CLOSED, moved_on=BEFORE)
    move(again, Action.REOPEN, actor=o.admin, day=DAY, note="又欠上了")


def figures(label: str) -> Cells:
    """What is counted from a table."""
    sources = {key for key, reads in READS.items() if label in reads}
    return {(one.indicator, one.slot): one.value for one in compute(H1, TODAY, sources=sources) if one.value}


ALIKE: list[tuple[type[models.Field], list[Any]]] = [
    (models.DateTimeField, []),
    (models.DateField, [BEFORE, DAY, LATER, OPEN]),
    (models.BooleanField, [True, False]),
    (models.CharField, ["", "样例"]),
    (models.TextField, ["", "样例"]),
    (MoneyField, [Decimal(1)]),
    (models.IntegerField, [1, 7, 2022]),
]


def values_of(field: Any) -> list[Any]:
    """Values that a column could have."""
    found = next((list(values) for kind, values in ALIKE if isinstance(field, kind)), [])
    if field.choices:
        found = [value for value, _ in field.flatchoices]
    if isinstance(field, models.ForeignKey):
        rows = field.related_model._base_manager.order_by("pk")
        found = [*rows.values_list("pk", flat=True)[:2], *rows.reverse().values_list("pk", flat=True)[:2]]
    return [*found, *([None] if field.null else [])]


def columns(model: type[models.Model]) -> Iterator[tuple[str, Any]]:
    """Column and value, for all records of a table."""
    for field in model._meta.concrete_fields:
        read = field.name in OF_PEOPLE if model is User else field.name not in UNREAD
        if read and not field.primary_key:
            yield from ((field.attname, value) for value in values_of(field))


class Undone(Exception):  # noqa: N818 -- not an error: what was tried is taken back
    """Takes a change back."""


def moved(model: type[models.Model], pks: list[int], column: str, value: Any, was: Cells) -> tuple[set[str], bool]:
    """The figures that records with another value move, and whether their facts move; none where it cannot be."""
    books = closed_books()
    before = footprints(model, pks, books)
    codes: set[str] = set()
    shifted = False
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=pks).update(**{column: value})
            now = figures(model._meta.label_lower)
            codes = {code for code, slot in was.keys() | now.keys() if was.get((code, slot)) != now.get((code, slot))}
            shifted = footprints(model, pks, books) != before
            raise Undone
    except Undone:
        return codes, shifted
    except IntegrityError:
        return {"cannot be"}, shifted


def test_whatever_moves_a_figure_moves_the_facts_and_every_figure_is_moved_by_something():
    o = Office()
    furnish(o)
    span = {"code": H1.code, "starts_on": H1.start, "ends_on": H1.end}
    ClosedPeriod.objects.create(**span, closed_at=o.now, closed_by="样例管理员")
    silent, told = [], {"cannot be"}
    for model in [*(model for model in TABLES.values() if model is not EntryEvent), User]:
        was, every = figures(model._meta.label_lower), list(model._base_manager.values_list("pk", flat=True))
        for column, value in columns(model):
            if not moved(model, every, column, value, was)[0]:
                continue  # of all records together: so of none
            for pk in every:
                codes, shifted = moved(model, [pk], column, value, was)
                told |= codes
                if codes - {"cannot be"} and not shifted:
                    silent.append(f"{model.__name__}.{column} = {value!r}: {sorted(codes)}")
    assert silent == []
    assert told - {"cannot be"} == set(INDICATORS) | set(STORED)
