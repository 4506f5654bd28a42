"""One step for many entries: looked at first, then made one by one through the service of the single step."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from common.idempotence import AlreadySavedError, own_key, saved_before
from common.periods import local_date
from common.rows.database import one_at_a_time
from ledger.deadlines import current_terms
from ledger.models import BulkOperation, BulkRun, Notice, NoticeKind, ProblemEntry
from ledger.moves.clock import likely_deadline
from ledger.moves.data import MoveData, Step
from ledger.moves.rules import check_step
from ledger.moves.table import MOVES
from ledger.services.entries.moving import advance_entry, ensure_movable
from ledger.services.errors import LedgerError
from ledger.services.messages.notices import notify, tell_together
from ledger.services.people.receiving import Office
from ledger.services.periods import ensure_open
from ledger.states import Action, EntryState

MOST = 200


@dataclass(frozen=True)
class Typed:
    """What comes with the operation, for all entries alike: as the moves take it, and in words by label."""

    data: MoveData
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """What will be done with an entry, or why not."""

    entry: ProblemEntry
    done: bool
    words: str
    told: list[int] = field(default_factory=list)  # whom a reminder reaches


def look_at(
    operation: str, entries: Sequence[ProblemEntry], *, actor: User, at: datetime, data: MoveData | None
) -> list[Line]:
    """What the operation would do with each entry; writes nothing. Without `data`, as far as can be said yet."""
    if operation == BulkOperation.REMIND:
        return list(remind_lines(entries, at, Office.now()).values())
    try:
        ensure_open(local_date(at))
    except LedgerError as error:
        return [Line(entry, False, str(error)) for entry in entries]
    data = replace(data, terms=current_terms()) if data else None
    action = Action(operation)
    return [elsewhere(action, entry) or step_line(action, entry, actor, at, data) for entry in entries]


def elsewhere(action: Action, entry: ProblemEntry) -> Line | None:
    """An entry that is not where the step starts: nobody was faster, it was ticked as it is."""
    if entry.state in MOVES[action].sources:
        return None
    return Line(entry, False, f"现为“{entry.get_state_display()}”，不能{action.label}")


def step_line(action: Action, entry: ProblemEntry, actor: User, at: datetime, data: MoveData | None) -> Line:
    try:
        ensure_movable(entry, action, actor, at)
        if data is None:
            return Line(entry, True, f"可以{action.label}")
        own = own_data(action, entry, data, at)
        check_step(MOVES[action], Step(entry, actor, at, own))
    except LedgerError as error:
        return Line(entry, False, str(error))
    return Line(entry, True, outlook(action, entry, own))


def own_data(action: Action, entry: ProblemEntry, data: MoveData, at: datetime) -> MoveData:
    """The same for one entry: a deadline left open is the one its own form would suggest."""
    if action != Action.ASSIGN or data.deadline or data.terms is None:
        return data
    return replace(data, deadline=likely_deadline(entry, local_date(at), data.terms))


def outlook(action: Action, entry: ProblemEntry, data: MoveData) -> str:
    """What will be done with this one."""
    if action == Action.ACCEPT:
        return "受理，接着交办"
    if action == Action.CLOSE_OUT:
        return f"销号，企业{entry.get_rating_display()}"
    to = f"{data.lead_unit}{data.handler.name if data.handler else ''}"
    until = f"，期限 {data.deadline.month}月{data.deadline.day}日" if data.deadline else ""
    return f"交办{to}{until}"


def remind_lines(entries: Sequence[ProblemEntry], at: datetime, office: Office) -> dict[int, Line]:
    """By entry, whom a reminder reaches; each is reminded of once a day, by whomever, alone or with others."""
    told, lines = reminded_on(local_date(at), entries), {}
    for entry in entries:
        if entry.state not in EntryState.WORKING:
            lines[entry.pk] = Line(entry, False, f"现为“{entry.get_state_display()}”，不用催办")
        elif entry.pk in told:
            lines[entry.pk] = Line(entry, False, "今天已经催办过")
        else:
            people = office.receiving(entry)
            names = "、".join(person.name for person in people)
            lines[entry.pk] = Line(entry, True, f"催办{names}", [person.pk for person in people])
    return lines


def reminded_on(day: date, entries: Sequence[ProblemEntry]) -> set[int]:
    """Which of the entries somebody was reminded of that day: one by one, or among several told together."""
    notices = Notice.objects.filter(entry__in=entries, kind=NoticeKind.REMINDED, made_at__date=day)
    runs = BulkRun.objects.filter(operation=BulkOperation.REMIND, run_at__date=day)
    together = {line["entry"] for lines in runs.values_list("lines", flat=True) for line in lines if line["done"]}
    return set(notices.values_list("entry", flat=True)) | together


def run(
    operation: str,
    entries: Sequence[ProblemEntry],
    *,
    actor: User,
    at: datetime,
    typed: Typed,
    submission: uuid.UUID,
) -> BulkRun:
    """Does it, each entry for itself: one refused stops none of the others. Once for each `submission` key.

    Each entry's `version` is the one the person saw; what was changed since is refused like any single step.

    Raises:
        AlreadySavedError: the form has done something else before.
    """
    made = BulkRun(actor=actor, operation=operation, run_at=at, asked=dict(typed.words))
    made.submission = own_key(actor, submission)
    try:
        with transaction.atomic():
            made.save()
            do_all(made, entries, typed.data)
            return made
    except IntegrityError:
        earlier = saved_before(BulkRun, actor, submission)
        if earlier is None:
            raise
        chosen = {line["entry"] for line in earlier.lines}
        same = (earlier.operation, earlier.asked) == (operation, made.asked)
        if not same or not chosen.issuperset(entry.pk for entry in entries):  # what was done may be out of sight now
            raise AlreadySavedError(earlier) from None
        return earlier


def do_all(made: BulkRun, entries: Sequence[ProblemEntry], data: MoveData) -> None:
    if made.operation == BulkOperation.REMIND:
        one_at_a_time(BulkOperation.REMIND)  # two who remind of the same entries come one after the other
        done = remind_lines(entries, made.run_at, Office.now())
    else:
        data, action = replace(data, terms=current_terms()), Action(made.operation)
        # In one order, whatever that of the list: two who take the same entries never wait for each other.
        ordered = sorted(entries, key=attrgetter("pk"))
        done = {one.pk: take(action, one, made.actor, made.run_at, data) for one in ordered}
    lines = [done[entry.pk] for entry in entries]
    made.lines = [
        {"entry": one.entry.pk, "label": str(one.entry), "done": one.done, "words": one.words, "told": one.told}
        for one in lines
    ]
    made.save(update_fields=["lines"])
    tell(made, [line.entry for line in lines if line.done], data.note)


def tell(made: BulkRun, entries: Sequence[ProblemEntry], note: str) -> None:
    """One notice a person for all that the step told them, or that they are reminded of."""
    link = f"{reverse('ledger:entry-list')}?run={made.pk}"
    if made.operation != BulkOperation.REMIND:
        if tells := MOVES[Action(made.operation)].tells:
            tell_together(entries, tells.kind, tells.words, link, at=made.run_at)
        return
    office, more = Office.now(), f"：{note}" if note else ""
    for entry in entries:
        words = f"{entry.number} {entry.title} 请抓紧办理{more}"
        notify(office.receiving(entry), NoticeKind.REMINDED, entry, words, by=made.actor, at=made.run_at)
    tell_together(entries, NoticeKind.REMINDED, "请抓紧办理", link, at=made.run_at, more=more)


def take(action: Action, entry: ProblemEntry, actor: User, at: datetime, data: MoveData) -> Line:
    seen = entry.version
    line = step_line(action, entry, actor, at, data)
    if not line.done:
        return line
    try:
        own = own_data(action, entry, data, at)
        advance_entry(entry=entry, action=action, actor=actor, at=at, data=own, seen=seen)
    except LedgerError as error:
        return Line(entry, False, str(error))
    return line
