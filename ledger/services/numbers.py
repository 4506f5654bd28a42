"""Numbers like JS-2023-0001: given out once, never reused, also when two people register at once."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F

from ledger.models import NumberSequence


def next_numbers(series: str, year: int, count: int = 1) -> list[str]:
    """The next `count` numbers of a series, as `JS-2023-0001`."""
    return in_words(series, year, next_serials(series, year, count))


def next_serials(series: str, year: int, count: int = 1) -> range:
    """Takes the next `count` serials of a series and year in the caller's transaction.

    The UPDATE takes the row's lock on PostgreSQL (SQLite holds the whole database), so the
    value read back is ours; a rolled-back caller gives its numbers back unread by anyone.
    """
    with transaction.atomic():
        mine = NumberSequence.objects.filter(series=series, year=year)
        if not mine.update(last=F("last") + count):
            try:
                with transaction.atomic():
                    NumberSequence.objects.create(series=series, year=year, last=0)
            except IntegrityError:
                pass  # another transaction made the row first
            mine.update(last=F("last") + count)
        last = mine.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)


def coming_serial(series: str, year: int) -> int:
    """What `next_serials` would begin with now. Gives none out: whoever is faster gets it."""
    last = NumberSequence.objects.filter(series=series, year=year).values_list("last", flat=True).first() or 0
    return last + 1


def in_words(series: str, year: int, numbers: Iterable[int]) -> list[str]:
    return [f"{series}-{year}-{number:04d}" for number in numbers]
