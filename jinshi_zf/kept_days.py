"""What `manage.py verify` asks of the ledger's days as they are kept: that all events give them, no more, no less."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from accounts.models import Unit
from common.periods import local_date
from enterprises.models import Workstream
from ledger.models import ProblemCategory
from reports.days.changes import changes_by_day
from reports.days.populations import Cohort
from reports.days.rates import WATCHED, WATCHED_LABELS
from reports.days.standings import newest
from reports.days.stored import COLUMNS, STEP_COLUMNS, Sums, months
from reports.models import LedgerDay, LedgerMonth, LedgerSteps

Key = tuple[Any, ...]
WORDS = ("计入", "办结", "化解", "不予受理", "重复", "挂账")


def stored_days() -> Iterator[str]:
    """Counts the ledger's days again, as of the day they were counted; nothing to say where nobody has counted yet."""
    moment = newest()
    if moment is None:
        return
    counted_on = local_date(moment)
    days: dict[Key, Sums] = {}
    steps: dict[Key, int] = {}
    known: set[date] = set()
    for month in months(changes_by_day(counted_on), counted_on):
        known.add(month.first)
        days |= {row[:8]: Sums(*row[8:]) for row in month.rows()}
        steps |= {row[:6]: row[6] for row in month.step_rows() if row[6]}
    kept = set(LedgerMonth.objects.values_list("month", flat=True))
    for first in sorted(known ^ kept):
        yield f"{first:%Y-%m} 台账状况：{'没有存' if first in known else '多存了一个月'}"
    names: list[dict[int, str]] = [
        dict(model.objects.values_list("pk", "name")) for model in (Unit, Workstream, ProblemCategory)
    ]
    stored = {row[:8]: Sums(*row[8:]) for row in LedgerDay.objects.order_by("pk").values_list(*COLUMNS)}
    for key in sorted(days.keys() | stored.keys(), key=str):
        was, now = stored.get(key), days.get(key)
        if was != now:
            yield f"{place_of(key, names)}：存 {day_words(was)}，重新统计为 {day_words(now)}"
    made = {row[:6]: row[6] for row in LedgerSteps.objects.order_by("pk").values_list(*STEP_COLUMNS)}
    for key in sorted(steps.keys() | made.keys(), key=str):
        if made.get(key, 0) != steps.get(key, 0):
            told = WATCHED_LABELS[WATCHED[key[5]]] if key[5] in WATCHED else key[5]
            place = named(key[3], key[4], None, names)
            yield f"{when(key)} 台账动作（{place}，{told}）：存 {made.get(key, 0)}，重新统计为 {steps.get(key, 0)}"


def when(key: Key) -> str:
    """“2023-06-30”, or “2023-07 月初” of what a month began with."""
    return f"{key[1]:%Y-%m} 月初" if key[2] else str(key[1])


def place_of(key: Key, names: list[dict[int, str]]) -> str:
    _, _, _, split, unit, workstream, category, cohort = key
    place = "全部" if split == LedgerDay.Split.WHOLE else named(unit, workstream, category, names)
    return f"{when(key)} 台账状况（{place}，{Cohort(cohort).label}）"


def named(unit: int | None, workstream: int | None, category: int | None, names: list[dict[int, str]]) -> str:
    told = [
        known.get(key, "") for key, known in zip((unit, workstream, category), names, strict=True) if key is not None
    ]
    return "、".join(told) or "未注明"


def day_words(sums: Sums | None) -> str:
    return " ".join(f"{word} {number}" for word, number in zip(WORDS, sums, strict=True)) if sums else "无"
