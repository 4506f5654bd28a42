"""Closed half-years, asked from below: apps under the ledger keep its rule without importing it.

The ledger keeps which periods are closed and registers itself here when it loads (`ledger.apps`). A service asks
`ensure_open(*days, reason=…)` before it writes; where a day is closed this refuses a write without a reason, and with
one gives back the periods touched, for which the service calls `note_correction` after it has written.
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
