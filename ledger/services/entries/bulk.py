"""One step for many entries: looked at first, then made one by one through the service of the single step."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from common.periods import local_date
from ledger.deadlines import current_terms
from ledger.models import BulkRun, Notice, NoticeKind, ProblemEntry
from ledger.moves.clock import likely_deadline
from ledger.moves.data import MoveData, Step
from ledger.moves.rules import check_step
from ledger.moves.table import MOVES
from ledger.services.entries.moving import advance_entry, ensure_movable
from ledger.services.errors import LedgerError
from ledger.services.messages.notices import notify, tell_together
from ledger.services.people.receiving import receiving
from ledger.services.periods import ensure_open
from ledger.states import Action, EntryState

MOST = 200
REMIND = "remind"
OPERATIONS = {Action.ASSIGN.value: "批量交办", REMIND: "批量催办"}


@dataclass(frozen=True)
class Line:
    """What will be done with an entry, or why not."""

    entry: ProblemEntry
    done: bool
    words: str


def look_at(
    operation: str, entries: Sequence[ProblemEntry], *, actor: User, at: datetime, data: MoveData | None
) -> list[Line]:
    """What the operation would do with each entry; writes nothing. Without `data`, as far as can be said yet."""
    if operation == REMIND:
        return [remind_line(entry, at) for entry in entries]
    try:
        ensure_open(local_date(at))
    except LedgerError as error:
        return [Line(entry, False, str(error)) for entry in entries]
    data = replace(data, terms=current_terms()) if data else None
    return [assign_line(entry, actor, at, data) for entry in entries]


def assign_line(entry: ProblemEntry, actor: User, at: datetime, data: MoveData | None) -> Line:
    try:
        ensure_movable(entry, Action.ASSIGN, actor, at)
        if data is None:
            return Line(entry, True, "可以交办")
        own = assigned(entry, data, at)
        check_step(MOVES[Action.ASSIGN], Step(entry, actor, at, own))
    except LedgerError as error:
        return Line(entry, False, str(error))
    to = f"{own.lead_unit}{own.handler.name if own.handler else ''}"
    until = f"，期限 {own.deadline.month}月{own.deadline.day}日" if own.deadline else ""
    return Line(entry, True, f"交办{to}{until}")


def assigned(entry: ProblemEntry, data: MoveData, at: datetime) -> MoveData:
    """The same for one entry: a deadline left open is the one its own form would suggest."""
    if data.deadline or data.terms is None:
        return data
    return replace(data, deadline=likely_deadline(entry, local_date(at), data.terms))


def remind_line(entry: ProblemEntry, at: datetime) -> Line:
    if entry.state not in EntryState.WORKING:
        return Line(entry, False, f"现为“{entry.get_state_display()}”，不用催办")
    told = receiving(entry)
    last = Notice.objects.filter(entry=entry, kind=NoticeKind.REMINDED).order_by("-made_at").first()
    if last and local_date(last.made_at) == local_date(at):
        return Line(entry, False, "今天已经催办过")
    return Line(entry, True, f"催办{'、'.join(person.name for person in told)}")


def run(
    operation: str, entries: Sequence[ProblemEntry], *, actor: User, at: datetime, data: MoveData, submission: uuid.UUID
) -> BulkRun:
    """Does it, each entry for itself: one refused stops none of the others. Once for each `submission` key.

    Each entry's `version` is the one the person saw; what was changed since is refused like any single step.
    """
    ordered = sorted(entries, key=attrgetter("pk"))
    try:
        with transaction.atomic():
            made = BulkRun.objects.create(actor=actor, operation=operation, run_at=at, submission=submission)
            terms = current_terms() if operation != REMIND else None
            # In one order, whatever that of the list: two who take the same entries never wait for each other.
            done = {entry.pk: do(operation, entry, actor, at, replace(data, terms=terms)) for entry in ordered}
            lines = [done[entry.pk] for entry in entries]
            made.lines = [
                {"entry": one.entry.pk, "label": str(one.entry), "done": one.done, "words": one.words} for one in lines
            ]
            made.save(update_fields=["lines"])
            tell_once(made, [line.entry for line in lines if line.done])
            return made
    except IntegrityError:
        earlier = BulkRun.objects.filter(submission=submission, actor=actor).first()
        if earlier is None:
            raise
        return earlier


def tell_once(made: BulkRun, entries: Sequence[ProblemEntry]) -> None:
    """One notice a person for all that was assigned to them; reminders stay apart, since each is due once a day."""
    if made.operation == Action.ASSIGN:
        link = f"{reverse('ledger:entry-list')}?run={made.pk}"
        tell_together(entries, NoticeKind.ASSIGNED, "交办给您", link, at=made.run_at)


def do(operation: str, entry: ProblemEntry, actor: User, at: datetime, data: MoveData) -> Line:
    if operation == REMIND:
        line = remind_line(entry, at)
        if line.done:
            note = f"：{data.note}" if data.note else ""
            notify(
                receiving(entry),
                NoticeKind.REMINDED,
                entry,
                f"{entry.number} {entry.title} 请抓紧办理{note}",
                by=actor,
                at=at,
            )
        return line
    seen = entry.version
    line = assign_line(entry, actor, at, data)
    if not line.done:
        return line
    try:
        advance_entry(entry=entry, action=Action.ASSIGN, actor=actor, at=at, data=assigned(entry, data, at), seen=seen)
    except LedgerError as error:
        return Line(entry, False, str(error))
    return line
