"""Closed half-years, asked from below: apps under the ledger keep its rule without importing it.

The ledger keeps which periods are closed and registers itself here when it loads (`ledger.apps`). A service asks
`ensure_open(*days, reason=…)` before it writes; where a day is closed this refuses a write without a reason, and with
one gives back the periods touched, for which the service calls `note_correction` after it has written.

What is counted on the last day of a period, such as a pairing in force, is asked by `ensure_ends_open`. A change of
the register, which is dated today and yet moves figures of the past, states its own reason: `note_register_change`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db import models

from common.conflicts import in_words

Periods = Sequence[str]  # codes of closed periods


class PeriodClosed(Exception):  # noqa: N818 -- a state of the books; each app names its own error after it
    """A business date lies in a closed period; the message names the period, in Chinese."""


@dataclass(frozen=True)
class Corrected:
    """What was put right in closed periods: the record, the words for it, who, why; the unit it was taken from."""

    record: models.Model
    words: str
    reason: str
    by: Any
    other_unit: int | None = None


class Keeper(Protocol):
    """What the ledger does for the apps below it."""

    def ensure_open(self, *days: date | None, reason: str = "") -> Periods: ...

    def ensure_ends_open(self, first: date, last: date | None, *, reason: str = "") -> Periods: ...

    def resting_on(self, record: models.Model) -> Periods: ...

    def note_correction(self, periods: Periods, corrected: Corrected) -> None: ...


KEEPERS: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    if keeper not in KEEPERS:
        KEEPERS.append(keeper)


def ensure_open(*days: date | None, reason: str = "") -> Periods:
    """The closed periods the business dates lie in, which only a stated reason may touch.

    Raises:
        PeriodClosed: there are some, and no reason is given; with words for the person.
    """
    return [code for keeper in KEEPERS for code in keeper.ensure_open(*days, reason=reason)]


def ensure_ends_open(first: date, last: date | None = None, *, reason: str = "") -> Periods:
    """The closed periods that ended between two days (or ever since): what was in force then counts in them.

    Raises:
        PeriodClosed: there are some, and no reason is given; with words for the person.
    """
    return [code for keeper in KEEPERS for code in keeper.ensure_ends_open(first, last, reason=reason)]


def note_register_change(before: models.Model, after: models.Model, names: Sequence[str], by: Any) -> None:
    """Where fields of a register that closed figures rest on have changed: the change itself is the reason told.

    Nobody who puts right what a firm is or where somebody works can be asked about half-years gone by.
    """
    if all(getattr(before, name) == getattr(after, name) for name in names):
        return
    others = [field.name for field in type(after)._meta.concrete_fields if field.attname not in names]
    words = changed_words(before, after, but=others)
    units = [getattr(one, "unit_id", None) for one in (before, after)]
    note_of_register(after, words, by, units[0] if units[0] != units[1] else None)


def note_of_register(record: models.Model, words: str, by: Any, other_unit: int | None = None) -> None:
    """The same for what is new in a register, in words of its own."""
    for keeper in KEEPERS:
        periods = keeper.resting_on(record)
        reason = f"{record._meta.verbose_name}“{record}”变更：{words}"
        keeper.note_correction(periods, Corrected(record, words, reason, by, other_unit))


def note_correction(periods: Periods, corrected: Corrected) -> None:
    """Keeps for each of the closed periods what was put right; nothing where none was touched."""
    for keeper in KEEPERS:
        keeper.note_correction(periods, corrected)


def changed_words(before: Any, after: Any, *, but: Sequence[str] = ("version",)) -> str:
    """Field by field what an edit changed: “日期：2023-06-30 → 2023-07-01；次数：1 → 2”."""
    told = []
    for field in type(after)._meta.concrete_fields:
        if field.name in but or field.primary_key or not field.editable:
            continue
        was, now = getattr(before, field.attname), getattr(after, field.attname)
        if was != now:
            choices = dict(field.flatchoices)
            words = [in_words(getattr(one, field.name), choices) for one in (before, after)]
            told.append(f"{field.verbose_name}：{words[0]} → {words[1]}")
    return "；".join(told) or "统计的数字没有变化"
