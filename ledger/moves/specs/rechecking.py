"""撤单质检: what was set aside is looked at again by somebody who had no hand in it."""

from ledger.models import NoticeKind, Recheck, Verdict
from ledger.moves.clock import back_facts, back_in_hand
from ledger.moves.data import Step
from ledger.moves.facts import Fact, Facts
from ledger.moves.spec import Audience, Move, Tells, Watched, note
from ledger.moves.specs.merging import was_merged
from ledger.moves.unmerging import take_back
from ledger.services.rights import may_recheck
from ledger.states import SET_ASIDE, Action, EntryState, Party


def judged(verdict: Verdict, step: Step) -> Facts:
    """Writes the verdict on what was drawn of this entry.

    The move's own conditional UPDATE has seen to it that nobody else judges at the same time.
    """
    found = Recheck.objects.for_list().filter(entry=step.entry).waiting()
    recheck = next(one for one in found if may_recheck(one, step.person))
    recheck.verdict, recheck.words = verdict, step.data.note.strip()
    recheck.judged_by, recheck.judged_on = step.person, step.day
    recheck.save(update_fields=["verdict", "words", "judged_by", "judged_on"])
    return {Fact.DRAW: recheck.draw.label, Fact.DRAWN_STEP: recheck.event.get_action_display()}


def overturned(step: Step) -> Facts:
    """Set aside wrongly; what was merged comes back with all that had followed it."""
    told = judged(Verdict.OVERTURNED, step)
    return told | (take_back(step) if step.was["duplicate_of"] else {})


UPHOLD = Move(
    Action.UPHOLD,
    SET_ASIDE,
    None,
    frozenset({Party.RECHECKER}),
    "质检属实，维持原状",
    hint="撤单、不予受理或并入确有依据，维持原状",
    fields=(note("说明", needed=True),),
    follows=lambda step: judged(Verdict.UPHELD, step),
)
REINSTATE = Move(
    Action.REINSTATE,
    SET_ASIDE,
    EntryState.ACCEPTED,
    frozenset({Party.RECHECKER}),
    "质检不属实，已恢复受理，等待重新交办",
    hint="恢复受理，重新交办办理，重新计入两率；按重新打开计数并公开",
    fields=(note("说明", needed=True),),
    writes=lambda step: {"duplicate_of": None, **back_in_hand(step)},
    facts=lambda step: was_merged(step) | back_facts(step),
    follows=overturned,
    tells=Tells(
        NoticeKind.RETURNED,
        "质检不属实，已恢复受理，等待重新交办",
        Audience.EVERYBODY,
        clerks="质检不属实，已恢复受理，请重新交办",
    ),
    counter="reopen_count",
    watched=Watched("reinstated", "质检不属实"),
    by_terms=True,
    sets_deadline=True,
)
