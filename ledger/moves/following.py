"""What follows a move beyond the entry itself: files, origins and story go where the problem goes.

A merged entry gives the surviving one its files and its story; a split one gives the new ones its origin and files.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from accounts.models import User
from common.audit import note_changes
from common.periods import local_date
from ledger.models import Attachment, EntryEvent, ProblemEntry
from ledger.moves.data import MoveData, Piece
from ledger.moves.events import in_order, last_event, write_event
from ledger.moves.facts import Fact
from ledger.services.numbers import next_numbers
from ledger.states import Action

SERIES = "JS"
INHERITED = (
    *("category", "priority", "source", "source_activity", "source_form", "led_by", "enterprise", "project"),
    *("workstream", "contact_name", "contact_phone", "unit", "registered_by"),
)


def lock_both(entry: ProblemEntry, original: ProblemEntry) -> None:
    """Holds both rows, and what was merged into either before, in one order, so that two merges into each other can
    neither both happen nor wait forever."""
    both = [entry.pk, original.pk]
    found = Q(pk__in=both) | Q(duplicate_of__in=both)
    list(ProblemEntry.objects.select_for_update().filter(found).order_by("pk"))
    original.refresh_from_db()


def merge(entry: ProblemEntry, actor: User, at: datetime, note: str) -> EntryEvent:
    """Writes into the surviving entry what was merged into it: an event with the words and files of the other.

    What had been merged into the entry before now belongs to the surviving one too.

    Raises:
        ClockBehindError: the surviving entry has moved later than `at`.
    """
    original = entry.duplicate_of
    assert original is not None  # noqa: S101 -- the table of moves asks for it
    previous = last_event(original)
    at = in_order(original, at, previous)
    ProblemEntry.objects.filter(pk=original.pk).update(version=F("version") + 1)
    lead_on(entry, original, actor)
    told = {Fact.ABSORBED: f"{entry.number} {entry.title}", Fact.SOURCE: entry.get_source_display()}
    event = write_event(
        original, Action.ABSORB, actor, at, MoveData(note="\n".join(story_words(entry, note))), previous, told
    )
    share(entry.attachments.all(), actor, entry=original, event=event)
    return event


def lead_on(entry: ProblemEntry, original: ProblemEntry, actor: User) -> None:
    """What had been merged into the entry is now merged into what that gave way to."""
    for follower in ProblemEntry.objects.filter(duplicate_of=entry).order_by("pk"):
        point(follower, entry, original, actor)


def point(follower: ProblemEntry, was: ProblemEntry, now: ProblemEntry, actor: User) -> None:
    """Merges an entry into another than before, with the audit row of it."""
    ProblemEntry.objects.filter(pk=follower.pk).update(duplicate_of=now, version=F("version") + 1)
    note_changes([(follower, {"duplicate_of": (was, now)})], actor)


def story_words(entry: ProblemEntry, note: str) -> Iterable[str]:
    """What was said on the merged entry, for those who go on with the other."""
    if entry.content:
        yield entry.content
    for event in entry.events.order_by("seq"):
        if event.note and event.action != Action.MARK_DUPLICATE:
            yield f"{event.happened_on:%Y-%m-%d} {event.actor_name}{event.get_action_display()}：{event.note}"
    if note:
        yield note


def split(entry: ProblemEntry, actor: User, at: datetime, pieces: Iterable[Piece]) -> list[ProblemEntry]:
    """Registers the pieces as entries of their own, today: no figure of a past day changes."""
    wanted, day = list(pieces), local_date(at)
    files = list(entry.attachments.all())
    made = []
    for number, piece in zip(next_numbers(SERIES, day.year, len(wanted)), wanted, strict=True):
        new = ProblemEntry.objects.create(
            number=number,
            title=piece.title,
            content=piece.content,
            registered_on=day,
            split_from=entry,
            **{name: getattr(entry, name) for name in INHERITED},
        )
        event = write_event(new, Action.REGISTER, actor, at, told={Fact.SPLIT_FROM: entry.number})
        share(files, actor, entry=new, event=event)
        made.append(new)
    return made


def share(files: Iterable[Attachment], by: User, *, entry: ProblemEntry, event: EntryEvent) -> None:
    """The same bytes under another entry, so that whoever sees that one sees them; removing asks whether others do."""
    Attachment.objects.bulk_create(
        Attachment(
            file=kept.file.name,
            name=kept.name,
            size=kept.size,
            sha256=kept.sha256,
            content_type=kept.content_type,
            uploaded_by=kept.uploaded_by or by,
            entry=entry,
            event=event,
        )
        for kept in files
    )
