"""Closed half-years, asked from below: apps under the ledger keep its rule without importing it.

The ledger knows which periods are closed and what they count, and registers itself here when it loads
(`ledger.apps`). A service looks before it writes and settles after it, in one transaction:

    seen = look(case)
    ...
    settle(seen, Corrected(case, words, reason, by))

Where the write moved a figure of a closed period this refuses it without a reason, and with one keeps a correction.
A change of a register, which is dated today and yet moves figures of the past, tells its own: `settle_register`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from common.forms.conflicts import in_words


class PeriodClosed(Exception):  # noqa: N818 -- a state of the books; each app names its own error after it
    """A figure of a closed period would change; the message names the period, in Chinese."""


@dataclass(frozen=True)
class Corrected:
    """What was put right in closed periods: the record, the words for it (asked for once needed), why, by whom."""

    record: models.Model
    words: str | Callable[[], str]
    reason: str
    by: Any

    @property
    def told(self) -> str:
        return self.words if isinstance(self.words, str) else self.words()


class Keeper(Protocol):
    """What the ledger does for the apps below it."""

    def look(self, *records: models.Model) -> Any: ...

    def settle(self, seen: Any, corrected: Corrected) -> None: ...


KEEPERS: list[Keeper] = []
Seen = Sequence[tuple[Keeper, Any]]


def register_keeper(keeper: Keeper) -> None:
    if keeper not in KEEPERS:
        KEEPERS.append(keeper)


def look(*records: models.Model) -> Seen:
    """Before a write, in its transaction: holds the stored records that it changes, and takes what closed periods
    count of them. What is new needs no look."""
    return [(keeper, keeper.look(*records)) for keeper in KEEPERS]


def settle(seen: Seen, corrected: Corrected) -> None:
    """After the write: compares.

    Raises:
        PeriodClosed: it moved a figure of a closed period, and no reason is given; with words for the person.
    """
    for keeper, found in seen:
        keeper.settle(found, corrected)


def settle_register(seen: Seen, record: models.Model, words: str, by: Any) -> None:
    """The same of a register, where the change itself is the reason told: nobody who puts right what a firm is or
    where somebody works can be asked about half-years gone by."""
    settle(seen, Corrected(record, words, f"{record._meta.verbose_name}“{record}”变更：{words}", by))


def changed_words(before: Any, after: Any, *, only: Sequence[str] = ()) -> str:
    """Field by field what an edit changed, all or some: “日期：2023-06-30 → 2023-07-01；次数：1 → 2”."""
    told = []
    for field in type(after)._meta.concrete_fields:
        if field.name == "version" or (only and field.name not in only) or field.primary_key or not field.editable:
            continue
        was, now = getattr(before, field.attname), getattr(after, field.attname)
        if was != now:
            choices = dict(field.flatchoices)
            words = [in_words(getattr(one, field.name), choices) for one in (before, after)]
            told.append(f"{field.verbose_name}：{words[0]} → {words[1]}")
    return "；".join(told) or "统计的数字没有变化"
