"""How long a problem may take, and until when: rules by category and priority, counted on the working calendar.

Source of the rules: docs/domain.md, “办理期限”.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.calendar import WorkingCalendar, working_calendar
from ledger.models import DeadlineBasis, DeadlineRule, ProblemEntry

ORDINARY_DAYS = 10  # should even the rule of last resort be missing
LEAST_DAYS = 3
MOST_YEARS = 5

Key = tuple[int | None, str]


@dataclass(frozen=True)
class RuleBook:
    """Working days by (category, priority); None and "" stand for any. `least`: what an entry has at least that comes
    back to be handled again."""

    days: Mapping[Key, int]
    least: int = LEAST_DAYS

    def allowed(self, category_id: int | None, priority: str) -> int:
        """The most particular rule; how hard one problem is weighs more than what problems of its kind usually take."""
        for key in ((category_id, priority), (None, priority), (category_id, ""), (None, "")):
            if key in self.days:
                return self.days[key]
        return ORDINARY_DAYS


def rule_book() -> RuleBook:
    """The rules as the table has them now."""
    rows = list(DeadlineRule.objects.order_by().values_list("category_id", "priority", "working_days", "least_days"))
    least = next((least for category, priority, _, least in rows if (category, priority) == (None, "")), LEAST_DAYS)
    return RuleBook({(category, priority): days for category, priority, days, _ in rows}, least)


@dataclass(frozen=True)
class Term:
    """A deadline and how it was counted."""

    start: date
    working_days: int
    deadline: date


@dataclass(frozen=True)
class Terms:
    """What deadlines are counted by: one calendar, one book of rules."""

    calendar: WorkingCalendar
    rules: RuleBook

    def term(self, entry: ProblemEntry, today: date) -> Term:
        """By rule, from the first assignment on: assigning again gives no new time, waiting for the enterprise does."""
        start = entry.counted_from or today
        allowed = self.rules.allowed(entry.category_id, entry.priority)
        return Term(start, allowed, self.calendar.add(start, allowed + entry.paused_days))

    def least(self, entry: ProblemEntry) -> int:
        """The working days it has at least when it comes back; never more than its rule gives in all."""
        return min(self.rules.least, self.rules.allowed(entry.category_id, entry.priority))

    def assigned(self, entry: ProblemEntry, deadline: date, reason: str, today: date) -> dict[str, object]:
        """The columns of an entry that is assigned with this deadline."""
        if deadline == entry.deadline:
            return {}
        term = self.term(entry, today)
        by_rule = deadline == term.deadline and self.calendar.version > 0
        return {
            "deadline": deadline,
            "deadline_basis": DeadlineBasis.RULE if by_rule else DeadlineBasis.HAND,
            "deadline_reason": "" if by_rule else reason,
            "counted_from": term.start,
            "counted_days": term.working_days,
            "calendar_version_id": self.calendar.version or None,
        }

    def resumed(self, entry: ProblemEntry, today: date, granted_on: date | None = None) -> dict[str, object]:
        """The columns of an entry whose clock runs again: as many working days later as it stood.

        A deadline that was granted while it stood knew of the days up to then: only those after `granted_on` are added.
        """
        if entry.paused_on is None or entry.deadline is None:
            return {}
        stood = self.calendar.between(entry.paused_on, today)
        since = max(entry.paused_on, granted_on or entry.paused_on)
        return {
            "paused_on": None,
            "paused_days": entry.paused_days + stood,
            "deadline": self.calendar.add(entry.deadline, self.calendar.between(since, today)),
            "deadline_basis": entry.deadline_basis or DeadlineBasis.HAND,
        }


def beyond_reach(day: date, today: date) -> str:
    """Words for a day so far ahead that it is rather a slip of the pen; empty for any other."""
    last = today.replace(day=1, year=today.year + MOST_YEARS)
    return f"{day:%Y-%m-%d} 太远，最晚到 {last:%Y-%m-%d}，请核对年份" if day > last else ""


def current_terms() -> Terms:
    return Terms(working_calendar(), rule_book())
