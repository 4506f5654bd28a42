"""Moving ledger entries: the only code that writes their state."""

from dataclasses import replace
from datetime import datetime

from django.db.models import F

from accounts.models import User
from common.files import with_files
from common.periods import local_date
from ledger.deadlines import current_terms
from ledger.models import EntryEvent, ProblemEntry, Rating
from ledger.moves.changes import deadline_facts, written
from ledger.moves.data import MoveData, Step
from ledger.moves.events import in_order, last_event, write_event
from ledger.moves.following import lock_both
from ledger.moves.orders import end_orders
from ledger.moves.rules import check_step
from ledger.moves.table import MOVES
from ledger.moves.who import marks_of, parties_of
from ledger.services.entries.history import describe_conflict, log_change
from ledger.services.errors import MoveConflictError, MoveRefusedError
from ledger.services.files import attach
from ledger.services.messages.notices import tell_about
from ledger.services.people.standing import as_they_stand
from ledger.services.periods import ensure_open
from ledger.states import Action, EntryState, Mark, Party


def advance_entry(
    *,
    entry: ProblemEntry,
    action: Action,
    actor: User | None,
    at: datetime,
    data: MoveData | None = None,
    seen: int | None = None,
) -> EntryEvent:
    """Moves an entry: conditional UPDATE on the state and version the person saw, event in the same transaction.

    `seen` is the version on the person's page (that of `entry` unless given). The same person's same move with the
    same content posted twice is one move. A call-back that found the enterprise dissatisfied sends the entry back.
    No `actor` is the enterprise itself, answering by its link (`services.checking.confirmations`).

    Raises:
        MoveRefusedError: not from this state, or not this person.
        MissingNeedError: something the move needs is not there; `field` names it.
        MoveConflictError: someone else was faster, or this person with something else; `event` is what was done.
        ClockBehindError: the clock stands before the entry's last step.
        PeriodClosedError: `at` lies in a closed period.
    """
    data, seen = data or MoveData(), entry.version if seen is None else seen
    if action == Action.CONFIRM and data.rating == Rating.UNSATISFIED:
        action = Action.SEND_BACK
    data = MOVES[action].taking(data)
    try:
        return move_entry(entry, action, actor, at, data, seen)
    except MoveConflictError:
        twice = moved_already(entry, action, actor, data, seen)
        if twice is None:
            raise
        return twice


@with_files()
def move_entry(
    entry: ProblemEntry, action: Action, actor: User | None, at: datetime, data: MoveData, seen: int
) -> EntryEvent:
    move = MOVES[action]
    if move.by_terms and data.terms is None:
        data = replace(data, terms=current_terms())
    data = as_they_stand(data)
    if other := data.duplicate_of or entry.duplicate_of:
        lock_both(entry, other)
    ensure_movable(entry, action, actor, at, seen)
    step = Step(entry, actor, at, data)
    check_step(move, step)
    ensure_open(step.day)
    changes = written(move, step)
    told = move.facts(step) | deadline_facts(changes)
    moved = ProblemEntry.objects.filter(pk=entry.pk, state=entry.state, version=seen).update(
        state=move.target or EntryState(entry.state), version=F("version") + 1, **changes
    )
    if moved != 1:
        raise MoveConflictError(describe_conflict(entry, action), last_event(entry))
    previous = last_event(entry)
    # Asked only now: the winner of a race is not “earlier”.
    step, day = replace(step, at=in_order(entry, at, previous)), step.day
    if step.day != day:
        changes = written(move, step)
        told = move.facts(step) | deadline_facts(changes)
        ProblemEntry.objects.filter(pk=entry.pk).update(**changes)
    was = {name: getattr(entry, name) for name in ("state", *changes)}
    entry.refresh_from_db()
    told |= move.follows(replace(step, was=was)) | end_orders(move, step, changes)
    event = write_event(entry, action, actor, step.at, data, previous, told)
    log_change(entry, was, actor)
    attach(data.files, by=actor, entry=entry, event=event)
    tell_about(event)
    return event


def ensure_movable(
    entry: ProblemEntry, action: Action, actor: User | None, at: datetime, seen: int | None = None
) -> None:
    """Whether this person may make this move on what they saw.

    Raises:
        MoveConflictError: the entry is no longer as they saw it, or no longer where the move starts.
        MoveRefusedError: the move belongs to others, or must wait.
    """
    if entry.state not in MOVES[action].sources or (seen is not None and entry.version != seen):
        raise MoveConflictError(describe_conflict(entry, action), last_event(entry))
    parties = parties_of(entry, actor) if actor else frozenset({Party.ENTERPRISE})
    if not MOVES[action].permits(parties):
        raise MoveRefusedError(refusal(action, parties))
    marks = marks_of(entry, local_date(at))
    obstacle = MOVES[action].obstacle(marks)
    if obstacle:
        first = "，请先“继续办理”" if Mark.PAUSED in marks and action != Action.PAUSE else ""
        raise MoveRefusedError(f"{entry.number} {obstacle}，现在不能{action.label}{first}")


def moved_already(
    entry: ProblemEntry, action: Action, actor: User | None, data: MoveData, seen: int
) -> EntryEvent | None:
    """The event of the very move asked for, when it was this person who made it a moment ago (a double click)."""
    entry.refresh_from_db()
    last = last_event(entry)
    mine = last is not None and (last.actor_id, last.action, last.sent) == (actor and actor.pk, action, data.digest())
    return last if mine and entry.version == seen + 1 else None


def refusal(action: Action, parties: frozenset[Party]) -> str:
    why = MOVES[action].conflict_of_interest(parties)
    return f"{action.label}{why}" if why else f"{action.label}由{'、'.join(sorted(MOVES[action].who))}办理，您不在其中"
