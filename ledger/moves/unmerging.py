"""A merge that is taken back: whatever followed it returns, and what cannot be told apart is told.

Files come off the entry that had absorbed them, what had been merged before comes back along, the timeline of the
other says so. Money stays where it was recorded; what was recorded on the other since is named, to be looked at.
"""

from collections.abc import Iterable

from django.db.models import F

from ledger.models import Attachment, ClosedPeriod, EntryEvent, ProblemEntry, Recovery
from ledger.moves.data import MoveData, Step
from ledger.moves.events import in_order, last_event, write_event
from ledger.moves.facts import Fact, Facts, facts_of, kept
from ledger.moves.following import point
from ledger.states import Action


def take_back(step: Step) -> Facts:
    """Undoes all that followed the merge; gives back what the timeline tells of it.

    Raises:
        ClockBehindError: the other entry has moved later than the step.
    """
    entry, original = step.entry, step.was["duplicate_of"]
    back = [one for one in followers(entry, original) if one.pk != entry.pk]
    for follower in back:
        point(follower, original, entry, step.person)
    take_files_back(entry)
    told = kept({Fact.CAME_BACK: "、".join(one.number for one in back), Fact.MONEY_MEANWHILE: money_since(step)})
    previous = last_event(original)
    ProblemEntry.objects.filter(pk=original.pk).update(version=F("version") + 1)
    write_event(
        original,
        Action.RELEASE,
        step.actor,
        in_order(original, step.at, previous),
        MoveData(note=step.data.note),
        previous,
        {Fact.RELEASED: f"{entry.number} {entry.title}"} | told,
    )
    return told


def merges(entries: Iterable[ProblemEntry]) -> dict[int, EntryEvent]:
    """The last merge of each of these entries."""
    events = EntryEvent.objects.filter(entry__in=list(entries), action=Action.MARK_DUPLICATE)
    return {event.entry_id: event for event in events.order_by("seq")}


def target(event: EntryEvent) -> str:
    """The number of the entry that a merge went into, whatever that was itself merged into afterwards."""
    return str(facts_of(event.data).get(Fact.MERGED_INTO, ""))


def followers(entry: ProblemEntry, original: ProblemEntry) -> list[ProblemEntry]:
    """What is merged into the other only because it had been merged into this entry, or into one that had."""
    others = list(ProblemEntry.objects.filter(duplicate_of=original).exclude(pk=entry.pk).order_by("pk"))
    into = {pk: target(event) for pk, event in merges(others).items()}
    found, numbers = [], {entry.number}
    while more := [one for one in others if one not in found and into.get(one.pk) in numbers]:
        found += more
        numbers |= {one.number for one in more}
    return found


def take_files_back(entry: ProblemEntry, *, only_lost: bool = False) -> None:
    """Takes the entry's files off what had absorbed it, and off whatever that was merged into in its turn: with
    `only_lost`, those that the entry itself no longer has."""
    events = EntryEvent.objects.filter(entry=entry, action=Action.MARK_DUPLICATE)
    holders = ProblemEntry.objects.filter(number__in={target(event) for event in events})
    for event in EntryEvent.objects.filter(entry__in=holders, action=Action.ABSORB).select_related("entry"):
        absorbed = str(facts_of(event.data).get(Fact.ABSORBED, ""))
        if absorbed.split(" ", 1)[0] != entry.number:
            continue
        shared = Attachment.objects.filter(event=event)
        if only_lost:
            shared = shared.exclude(file__in=entry.attachments.values("file"))
        if shared:
            shared.delete()
            take_files_back(event.entry, only_lost=True)


def money_since(step: Step) -> str:
    """What was recorded on the other entry while the two were one: whose it is only people know."""
    merge = merges([step.entry]).get(step.entry.pk)
    if merge is None:
        return ""
    rows = Recovery.objects.filter(entry=step.was["duplicate_of"], created_at__gte=merge.occurred_at)
    return "、".join(str(one) for one in rows.order_by("pk"))


def counted_again(entry: ProblemEntry) -> str:
    """Which closed half-years counted it as merged: their figures stay, it counts from now on."""
    merge = merges([entry]).get(entry.pk)
    periods = ClosedPeriod.objects.filter(ends_on__gte=merge.happened_on).order_by("starts_on") if merge else ()
    labels = "、".join(one.label for one in periods)
    return f"{labels}已结账，按并入统计的数字不变，从今天起重新计入" if labels else ""
