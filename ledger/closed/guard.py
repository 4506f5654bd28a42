"""The guard of closed half-years: what rests on a record is taken before a write and after it, and whatever differs
there moves a signed figure. Such a write needs a reason, and leaves a correction in each period it touches.

Both are taken in the transaction of the write, the record held, so that a refusal undoes the write and nobody changes
meanwhile what the two are compared by. Registered as the keeper of `common.closing` for the apps below.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from common.closing import Corrected
from ledger.closed.books import Books, Fact, Facts, closed_books
from ledger.closed.footprint import SUBJECTS, footprints, parts_of
from ledger.models import ClosedPeriod, Correction, Recovery
from ledger.services.periods import PeriodClosedError

Key = tuple[type[Model], int]


@dataclass(frozen=True)
class Look:
    """What closed periods counted of some records before a write."""

    books: Books = field(default_factory=Books)
    keys: tuple[Key, ...] = ()
    facts: Facts = frozenset()


def look(*records: Model) -> Look:
    """Holds the stored ones among the records to the end of the transaction, and takes what rests on them.

    Where no period is closed, that is all that is asked.
    """
    keys = tuple(key_of(record) for record in records if record.pk)
    hold_rows(records)
    books = closed_books()
    return Look(books, keys, footprint(keys, books)) if books else Look()


def settle(seen: Look, corrected: Corrected) -> None:
    """After the write: what moved in closed periods is refused without a reason, and kept as a correction with one.

    Raises:
        PeriodClosedError: figures moved, and no reason is given; with words for the person.
    """
    if not seen.books:
        return
    keys = set(seen.keys) | ({key_of(corrected.record)} if corrected.record.pk else set())
    moved = seen.facts ^ footprint(keys, seen.books)
    if not moved:
        return
    if not corrected.reason.strip():
        raise PeriodClosedError(f"{words_of(moved, seen.books)}。确需更正的，写明更正原因再保存")
    note(moved, seen, corrected)


def refuse(facts: Iterable[Fact], books: Books) -> None:
    """For a write that has no correction of its own.

    Raises:
        PeriodClosedError: it would move these facts.
    """
    if facts := list(facts):
        raise PeriodClosedError(f"{words_of(facts, books)}。确需更正的，写明更正原因再保存")


def key_of(record: Model) -> Key:
    model: type[Model] = record._meta.concrete_model  # type: ignore[assignment]  # a stored record has one
    return model, record.pk


def footprint(keys: Iterable[Key], books: Books) -> Facts:
    by_model: dict[type[Model], set[int]] = {}
    for model, pk in keys:
        by_model.setdefault(model, set()).add(pk)
    parts = (footprints(model, pks, books).values() for model, pks in by_model.items())
    return frozenset(fact for part in parts for facts in part for fact in facts)


def hold_rows(records: Iterable[Model]) -> None:
    """Holds stored records, those of one kind together and in one order."""
    by_model: dict[type[Model], set[int]] = {}
    for record in records:
        if isinstance(record, Recovery):
            hold_row(record)
        elif record.pk:
            model, pk = key_of(record)
            by_model.setdefault(model, set()).add(pk)
    for model, pks in by_model.items():
        for part in parts_of(pks):
            list(model._base_manager.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk"))


def hold_row(record: Model) -> None:
    """Holds a stored record; before money, what it is tied to, which passes its unit and matter on to it."""
    if isinstance(record, Recovery):
        hold_row(record.subject)
    if record.pk:
        model, pk = key_of(record)
        list(model._base_manager.select_for_update().filter(pk=pk).values_list("pk"))


def held(record: Any) -> Any:
    """The stored row as it is now, held; None if somebody has deleted it since it was read."""
    model, pk = key_of(record)
    hold_row(record)
    return model._base_manager.filter(pk=pk).first()


def words_of(moved: Iterable[Fact], books: Books) -> str:
    """Which closed periods, and by which day where something counts on its own."""
    facts = list(moved)
    days = {fact.period: fact.day for fact in sorted(facts, key=lambda fact: str(fact.day)) if fact.day}
    told = [f"{days[one.code]:%Y-%m-%d} 所在的 {one.label}" for one in books.touched(facts) if one.code in days]
    if told:
        return f"{'、'.join(told)}已结账"
    return f"{'、'.join(one.label for one in books.touched(facts))}已结账，期末的数字与此有关"


def hold(codes: Collection[str]) -> None:
    """Holds closed periods to the end of the transaction, always in one order: a recount then sees records and
    corrections together or neither."""
    list(ClosedPeriod.objects.select_for_update().filter(code__in=codes).order_by("starts_on", "pk"))


def note(moved: Facts, seen: Look, corrected: Corrected) -> None:
    """One row for each closed period the write touched, under the units whose figures moved."""
    periods = seen.books.touched(moved)
    hold([one.code for one in periods])
    record = corrected.record
    own = getattr(record, "unit_id", None)
    for one in periods:
        unit, other = units_of((fact.unit for fact in moved if fact.period == one.code), own)
        Correction.objects.create(
            period=one.code,
            model=record._meta.label_lower,
            record=record.pk or next(pk for model, pk in seen.keys if isinstance(record, model)),
            label=f"{record._meta.verbose_name}“{record}”"[:200],
            words=corrected.told,
            reason=corrected.reason.strip(),
            unit_id=unit,
            other_unit_id=other,
            made_by=corrected.by,
            made_by_name=corrected.by.name if corrected.by else "系统",
        )


def units_of(units: Iterable[int | None], own: int | None = None) -> tuple[int | None, int | None]:
    """Whose correction it is: the record's own unit and the one it was taken from or counts for; of a record that
    has none the one or two whose figures moved, and nobody's where they are more."""
    rest = sorted({unit for unit in units if unit} - {own})
    if own:
        return own, rest[0] if rest else None
    named: list[int | None] = [*rest, None, None] if len(rest) <= 2 else [None, None]
    return named[0], named[1]


__all__ = ["SUBJECTS", "Look", "held", "hold", "look", "refuse", "settle", "units_of", "words_of"]
