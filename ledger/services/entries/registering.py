"""Registering ledger entries and putting their text right, until somebody begins to handle them."""

import uuid
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F

from accounts.models import User
from common.closing import Corrected, changed_words
from common.files import CheckedFile, with_files
from common.forms.conflicts import write_fields
from common.idempotence import AlreadySavedError, differing, only_adds, own_key, saved_before
from common.periods import local_date
from ledger.closed.guard import look, settle
from ledger.deadlines import current_terms
from ledger.models import ProblemEntry
from ledger.moves.events import write_event
from ledger.moves.following import SERIES
from ledger.moves.parties import RECEIVERS
from ledger.moves.who import parties_of
from ledger.services.deadlines.recounts import recount_one
from ledger.services.entries.history import CORRECTED, log_change, what_happened
from ledger.services.errors import EditConflictError, MoveRefusedError
from ledger.services.files import attach, unknown
from ledger.services.numbers import next_numbers
from ledger.services.periods import ensure_open
from ledger.states import Action, EntryState, Party

RULED_BY = frozenset({"category", "priority"})  # what the rules of deadlines go by
CORRECTABLE = frozenset({EntryState.REGISTERED, EntryState.ACCEPTED})


def may_correct(entry: ProblemEntry, user: User) -> bool:
    """The registrar and those who receive it may put its text right until it is assigned."""
    return entry.state in CORRECTABLE and bool(parties_of(entry, user) & (RECEIVERS | {Party.REGISTRAR}))


def create_entry(
    *,
    actor: User | None,
    at: datetime,
    submission: uuid.UUID | None = None,
    files: Sequence[CheckedFile] = (),
    **fields: Any,
) -> ProblemEntry:
    """Registers an entry: number, row, first event and files together; once for each `submission` key.

    A form sent again with more in it, as after an answer that got lost, puts that into what it has registered.

    Raises:
        PeriodClosedError: `at` lies in a closed period.
        AlreadySavedError: the form has registered something else before.
    """
    made = registered_before(submission, actor, at, files, fields)
    if made:
        return made
    try:
        return register(actor=actor, at=at, submission=submission, files=files, **fields)
    except IntegrityError:
        made = registered_before(submission, actor, at, files, fields)
        if made is None:
            raise
        return made


def registered_before(
    submission: uuid.UUID | None, actor: User | None, at: datetime, files: Sequence[CheckedFile], fields: Any
) -> ProblemEntry | None:
    """What the form has registered already, with what came now added to it; None when it comes for the first time."""
    made = saved_before(ProblemEntry, actor, submission)
    if made is None or actor is None:
        return made
    more, other = unknown(made, files), differing(made, fields)
    if not more and not other:
        return made
    if made.version > 1 or not all(only_adds(getattr(made, name), fields[name]) for name in other):
        raise AlreadySavedError(made)
    added = {name: fields[name] for name in other}
    return correct_entry(entry=made, actor=actor, at=at, version=made.version, fields=added, files=more)


@with_files()
def register(
    *, actor: User | None, at: datetime, submission: uuid.UUID | None, files: Sequence[CheckedFile], **fields: Any
) -> ProblemEntry:
    day = local_date(at)
    ensure_open(day)
    number = next_numbers(SERIES, day.year)[0]
    entry = ProblemEntry.objects.create(
        number=number, registered_on=day, registered_by=actor, submission=own_key(actor, submission), **fields
    )
    event = write_event(entry, Action.REGISTER, actor, at)
    attach(files, by=actor, entry=entry, event=event)
    return entry


@with_files()
def correct_entry(  # noqa: PLR0913 -- who, when, on what seen, the words, the files, why so late
    *,
    entry: ProblemEntry,
    actor: User,
    at: datetime,
    version: int,
    fields: Mapping[str, Any],
    files: Sequence[CheckedFile] = (),
    reason: str = "",
) -> ProblemEntry:
    """Puts the text of an entry right, as long as nobody has begun to handle it; more files go with its registration.

    Raises:
        MoveRefusedError: not this person, or too late.
        EditConflictError: someone changed or moved it since `version`; `theirs` is the row now.
        PeriodClosedError: figures of a closed period would change (those of its own day and of its money, of how the
            ledger stood, of what was resolved under a leader), and no `reason` is given.
    """
    seen = look(entry)
    if not parties_of(entry, actor) & (RECEIVERS | {Party.REGISTRAR}):
        raise MoveRefusedError("只有登记人、登记单位联络员和政法委办公室能修改内容")
    if entry.state not in CORRECTABLE:
        raise MoveRefusedError(f"{entry.number} 现为“{entry.get_state_display()}”，交办后不能再改登记内容")
    stored = copy(entry)
    was = {name: getattr(entry, name) for name in (*fields, "deadline", "counted_days")}
    changed = ProblemEntry.objects.filter(pk=entry.pk, version=version, state__in=CORRECTABLE).update(
        version=F("version") + 1, **fields
    )
    entry.refresh_from_db()
    if changed != 1:
        raise EditConflictError(f"{what_happened(entry)}，您的修改没有保存，请对照后再存", entry)
    if any(was[name] != getattr(entry, name) for name in RULED_BY & fields.keys()):
        recount_one(entry, current_terms(), at, actor, "类别或缓急更正，按规则定的期限随之变动")
    log_change(entry, was, actor, CORRECTED)
    move_money(entry)
    settle(seen, Corrected(entry, lambda: changed_words(stored, entry), reason, actor))
    attach(unknown(entry, files), by=actor, entry=entry, event=entry.events.order_by("seq").first())
    return entry


def move_money(entry: ProblemEntry) -> None:
    """Money of an entry goes along to another matter; it stays with the unit that answered for it."""
    write_fields(entry.recoveries.all(), workstream_id=entry.workstream_id)
