"""The two rates, always side by side (docs/domain.md): what they are, and how they are told.

办结率 = completed, confirmed or closed ÷ all; 化解率 = confirmed or closed ÷ all; all = those of the population less
the rejected and the duplicates at the day. Compared as integers; an empty denominator has no rate. Counted from the
events by `reports.days.from_events`, read as they are stored by `reports.days.standings`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from ledger.moves import table as moves
from ledger.states import EntryState
from reports.days.populations import Population

NO_RATE = "—"
UNSTATED = "未注明"
DEFAULT_TARGET = 85  # %, docs/domain.md
# Steps that could make a rate look better than it is; each is counted and published beside it.
WATCHED = {action.value: watched.number for action, watched in moves.WATCHED.items()}
WATCHED_LABELS = {watched.number: watched.label for watched in moves.WATCHED.values()}

NO_STEPS: Mapping[str, int] = MappingProxyType({})


def percent_text(part: int, whole: int) -> str:
    """One decimal, floored: 84.96% reads 84.9%, so that no text claims a target the integers deny."""
    if not whole:
        return NO_RATE
    floored = thousandths(part, whole)
    return f"{floored // 10}.{floored % 10}%"


def thousandths(part: int, whole: int) -> int:
    """A share floored to thousandths; 0 of nothing."""
    return part * 1000 // whole if whole else 0


@dataclass(frozen=True)
class Rates:
    """The counts behind both rates on a day, those that could hide something included.

    `registered` are all of the population: 登记 n, 剔除 m (rejected and duplicates), 计入 n − m. Of this year's ledger
    `carried` of them are from the years before.
    """

    registered: int = 0
    rejected: int = 0
    duplicate: int = 0
    completed: int = 0  # in 办结, 确认 or 销号
    resolved: int = 0  # in 确认 or 销号
    deferred: int = 0  # 挂账, counted as unresolved
    withdrawn: int = 0  # how many times entries were withdrawn, extended … up to the day
    extended: int = 0
    paused: int = 0  # waiting for the enterprise
    returned: int = 0
    transferred: int = 0
    split: int = 0
    sent_back: int = 0
    reopened: int = 0
    reinstated: int = 0  # set aside wrongly, as a re-check found
    target: int = DEFAULT_TARGET
    carried: int = 0
    population: Population = Population.ALL

    @classmethod
    def of(cls, states: Counter[str], steps: Mapping[str, int] = NO_STEPS, target: int = DEFAULT_TARGET) -> "Rates":
        """`steps` says how often each of the WATCHED was made."""
        watched: dict[str, Any] = {name: steps.get(action, 0) for action, name in WATCHED.items()}
        return cls(
            registered=sum(states.values()),
            rejected=states[EntryState.REJECTED],
            duplicate=states[EntryState.DUPLICATE],
            completed=sum(states[state] for state in EntryState.DONE),
            resolved=sum(states[state] for state in EntryState.RESOLVED),
            deferred=states["deferred"],
            target=target,
            **watched,
        )

    @property
    def total(self) -> int:
        """The denominator."""
        return self.registered - self.rejected - self.duplicate

    @property
    def left_out(self) -> int:
        """剔除: rejected, or the duplicate of another."""
        return self.rejected + self.duplicate

    @property
    def fresh(self) -> int:
        """本年登记, of this year's ledger."""
        return self.registered - self.carried

    @property
    def counted_words(self) -> str:
        """“计入 548 件（登记 564，剔除 16）”: two words for two numbers; nothing in brackets where they are one."""
        apart = f"（登记 {self.registered}，剔除 {self.left_out}）" if self.left_out else ""
        return f"计入 {self.total} 件{apart}"

    @property
    def unresolved(self) -> int:
        return self.total - self.resolved

    @property
    def completion_text(self) -> str:
        return percent_text(self.completed, self.total)

    @property
    def resolution_text(self) -> str:
        return percent_text(self.resolved, self.total)

    @property
    def reached(self) -> bool:
        """Whether 化解率 has reached the target; nothing registered reaches nothing."""
        return bool(self.total) and self.resolved * 100 >= self.target * self.total

    @property
    def missing(self) -> int:
        """How many more entries must be resolved to reach the target."""
        return max(-(-self.target * self.total // 100) - self.resolved, 0)


@dataclass(frozen=True)
class RateTable:
    """Both rates of all, by responsible unit and by workstream; names in their order, only those with entries.

    Over all there ever were; `year` has the same over this year's ledger, and is empty in that table itself.
    """

    day: date
    target: int
    target_on: date | None
    all: Rates
    by_unit: dict[str, Rates]
    by_workstream: dict[str, Rates]
    year: "RateTable | None" = None

    def over(self, population: Population) -> "RateTable":
        """The table of a population."""
        return self.year if population == Population.YEAR and self.year else self

    @property
    def days_left(self) -> int | None:
        """Calendar days to the target date; negative once it is past."""
        return None if self.target_on is None else (self.target_on - self.day).days
