"""The clock of an entry that comes back into somebody's hands: it has the working days that were left when it left
them, at least the minimum of the rules. Source of the rule: docs/domain.md, “办理期限”.
"""

from dataclasses import dataclass
from datetime import date

from ledger.deadlines import Terms
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.data import Problem, Step
from ledger.moves.facts import Fact, Facts, iso, kept
from ledger.states import SET_ASIDE, Action, EntryState

OUT_OF_HANDS = (Action.RETURN, Action.REINSTATE, Action.UNMERGE)


@dataclass(frozen=True)
class Restart:
    """The deadline from now on, and the working days it gives: what was left, or the least there is."""

    deadline: date
    left: int
    given: int

    @property
    def words(self) -> str:
        if self.given > self.left:
            return f"原来剩 {self.left} 个工作日，至少给 {self.given} 个"
        return f"原来剩 {self.left} 个工作日"


def left_hands_on(entry: ProblemEntry) -> date | None:
    """The day since which nobody handles it: claimed to be done, returned, or taken up again but not yet assigned."""
    if entry.state in EntryState.DONE:
        return entry.completed_on
    if entry.state not in SET_ASIDE | {EntryState.ACCEPTED}:
        return None
    return (
        EntryEvent.objects.filter(entry=entry.pk, action__in=OUT_OF_HANDS)
        .order_by("-seq")
        .values_list("happened_on", flat=True)
        .first()
    )


def restart(entry: ProblemEntry, day: date, terms: Terms) -> Restart | None:
    """What an entry gets that comes back today; None when it never had a deadline or somebody has it in hand.

    Never earlier than the deadline it has.
    """
    if entry.deadline is None or (since := left_hands_on(entry)) is None:
        return None
    left = max(terms.calendar.between(since, entry.deadline), 0)
    given = max(left, terms.least(entry))
    return Restart(max(terms.calendar.add(day, given), entry.deadline), left, given)


def likely_deadline(entry: ProblemEntry, day: date, terms: Terms) -> date:
    """What an assignment gives unless told otherwise: what is left, the deadline it has, or the rule's; not before
    today."""
    if again := restart(entry, day, terms):
        return again.deadline
    still = entry.deadline if entry.deadline and entry.deadline >= day else None
    return still or max(terms.term(entry, day).deadline, day)


def back_in_hand(step: Step) -> dict[str, object]:
    """The columns of an entry that goes back to be handled: its new deadline, and no mark of the stretch before."""
    new = new_deadline(step)
    marks: dict[str, object] = {"yellow_reason": ""}
    if new is None or new == step.entry.deadline:
        return marks
    return {**marks, "deadline": new, "deadline_reason": reason_for(step, new)}


def new_deadline(step: Step) -> date | None:
    """The one asked for, or what was left."""
    again = restart(step.entry, step.day, step.data.terms) if step.data.terms else None
    return step.data.deadline or (again.deadline if again else None)


def reason_for(step: Step, new: date) -> str:
    """Why this deadline: in the words typed, or by what was left."""
    typed = step.data.deadline_reason.strip()
    again = restart(step.entry, step.day, step.data.terms) if step.data.terms else None
    if typed or again is None:
        return typed
    return f"再次办理，{again.words}" if new == again.deadline else "再次办理时另定"


def back_facts(step: Step) -> Facts:
    """What the timeline and the figures are told of the clock of an entry that goes back."""
    was, new = step.entry.deadline, new_deadline(step)
    return kept({Fact.DEADLINE: iso(new), Fact.WAS_DEADLINE: iso(was) if was != new else ""})


def later_than_left(step: Step) -> Problem:
    """A deadline later than what was left is somebody's decision and says why."""
    due, terms = step.data.deadline, step.data.terms
    if not due or not terms or step.data.deadline_reason.strip():
        return None
    again = restart(step.entry, step.day, terms)
    if again is None or due <= again.deadline:
        return None
    return "deadline_reason", f"{again.words}，应为 {iso(again.deadline)}；定得更晚请写明理由"
