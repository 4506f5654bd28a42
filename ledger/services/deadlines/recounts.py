"""Counting deadlines anew when the calendar or the rules have changed: first to look at, then in one transaction.

Only deadlines set by rule move; a date somebody chose stays. What moved is kept row by row (`DeadlineShift`) and told
on each entry's own timeline. Counting twice changes nothing the second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import User
from common.audit import note_changes
from common.periods import local_date
from ledger.calendar import WorkingCalendar
from ledger.deadlines import Terms
from ledger.models import (
    CalendarVersion,
    DeadlineBasis,
    DeadlineShift,
    EntryEvent,
    EntryPause,
    ProblemEntry,
    RuleChange,
)
from ledger.moves.facts import Fact
from ledger.states import Action, EntryState

CHUNK = 300
WRITTEN = ["deadline", "counted_days", "paused_days", "calendar_version", "version"]


@dataclass(frozen=True)
class Shift:
    """A deadline that would be another, or is by now."""

    entry: ProblemEntry
    was: date
    now: date

    @property
    def is_later(self) -> bool:
        return self.now > self.was


@dataclass(frozen=True)
class Outlook:
    """What a change does to the open entries, before it is made."""

    shifts: Sequence[Shift]
    by_rule: int  # open entries whose deadline a rule set
    by_hand: int  # open entries whose deadline somebody chose; they stay
    today: date

    @property
    def later(self) -> int:
        return sum(shift.is_later for shift in self.shifts)

    @property
    def earlier(self) -> int:
        return len(self.shifts) - self.later

    @property
    def unmoved(self) -> int:
        return self.by_rule - len(self.shifts)

    @property
    def newly_overdue(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.now < self.today <= shift.was and runs(shift.entry)]

    @property
    def no_longer_overdue(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.was < self.today <= shift.now and runs(shift.entry)]


def runs(entry: ProblemEntry) -> bool:
    return entry.state in EntryState.WORKING and entry.paused_on is None


def by_rule() -> QuerySet[ProblemEntry]:
    """The open entries whose deadline moves with the calendar and the rules."""
    return ProblemEntry.objects.open().filter(deadline_basis=DeadlineBasis.RULE).order_by("pk")


def outlook(terms: Terms, today: date, entries: Iterable[ProblemEntry] | None = None) -> Outlook:
    """What counting by these terms would change; writes nothing."""
    rows = list(by_rule().select_related("unit", "lead_unit", "category") if entries is None else entries)
    by_hand = ProblemEntry.objects.open().filter(deadline_basis=DeadlineBasis.HAND).count()
    return Outlook(shifts_of(rows, terms), len(rows), by_hand, today)


def shifts_of(rows: Sequence[ProblemEntry], terms: Terms) -> list[Shift]:
    """The entries of these whose deadline becomes another, each with the columns it is counted from brought up to
    date; the rest get theirs too."""
    waited = working_days_waited(rows, terms.calendar)
    found = []
    for entry in rows:
        was, start = entry.deadline, entry.counted_from
        if was is None or start is None:
            continue  # not assigned yet: no deadline to move
        entry.paused_days = waited.get(entry.pk, entry.paused_days)
        entry.counted_days = terms.rules.allowed(entry.category_id, entry.priority)
        now = terms.calendar.add(start, entry.counted_days + entry.paused_days)
        if now != was:
            found.append(Shift(entry, was, now))
    return found


def working_days_waited(rows: Sequence[ProblemEntry], calendar: WorkingCalendar) -> dict[int, int]:
    """How long each of those that ever waited for the enterprise did so, by this calendar; ended stretches only.

    Also of those that waited over days off alone: by another calendar these may have been working days.
    """
    waited: dict[int, int] = defaultdict(int)
    if not rows:
        return waited
    keys = [entry.pk for entry in rows]
    pauses = EntryPause.objects.filter(entry__gte=min(keys), entry__lte=max(keys), ended_on__isnull=False)
    for pk, started_on, ended_on in pauses.order_by().values_list("entry", "started_on", "ended_on"):
        waited[pk] += calendar.between(started_on, ended_on or started_on)
    return waited


@dataclass(frozen=True)
class Part:
    """What was counted in one go: up to which entry, how many there were, how many of them moved."""

    last: int
    counted: int
    moved: int


def recount(terms: Terms, at: datetime, actor: User | None, cause: CalendarVersion | RuleChange) -> int:
    """Brings every deadline set by rule up to date; returns how many moved. Runs in the caller's transaction."""
    return recount_part(terms, at, actor, cause).moved


def recount_part(
    terms: Terms,
    at: datetime,
    actor: User | None,
    cause: CalendarVersion | RuleChange,
    after: int = 0,
    most: int | None = None,
) -> Part:
    """Brings deadlines set by rule up to date, those of the entries `after` one; all of them unless told how many."""
    rows = list(by_rule().select_for_update().filter(pk__gt=after)[:most])
    if not rows:
        return Part(after, 0, 0)
    before = {entry.pk: (entry.counted_days, entry.paused_days) for entry in rows}
    shifts = shifts_of(rows, terms)
    otherwise = [entry for entry in rows if before[entry.pk] != (entry.counted_days, entry.paused_days)]
    ProblemEntry.objects.bulk_update(otherwise, ["counted_days", "paused_days"], batch_size=CHUNK)
    for shift in shifts:
        shift.entry.deadline = shift.now
        shift.entry.calendar_version_id = terms.calendar.version
        shift.entry.version += 1
    events = tell(shifts, at, actor, cause)
    ProblemEntry.objects.bulk_update([shift.entry for shift in shifts], WRITTEN, batch_size=CHUNK)
    EntryEvent.objects.bulk_create(events, batch_size=CHUNK)
    note_changes(((shift.entry, {"deadline": (shift.was, shift.now)}) for shift in shifts), actor)
    DeadlineShift.objects.bulk_create(
        [kept(shift, event, cause) for shift, event in zip(shifts, events, strict=True)], batch_size=CHUNK
    )
    still = by_rule().filter(pk__gt=after, pk__lte=rows[-1].pk).exclude(calendar_version=terms.calendar.version)
    still.update(calendar_version=terms.calendar.version)
    return Part(rows[-1].pk, len(rows), len(shifts))


def recount_one(entry: ProblemEntry, terms: Terms, at: datetime, actor: User, why: str) -> None:
    """Brings a deadline set by rule up to date whose rule is another now that the entry was put right.

    Runs in the caller's transaction, which has raised the entry's version.
    """
    if entry.deadline_basis != DeadlineBasis.RULE:
        return
    shifts = shifts_of([entry], terms)
    entry.deadline = shifts[0].now if shifts else entry.deadline
    entry.calendar_version_id = terms.calendar.version
    columns = {name: getattr(entry, name) for name in WRITTEN if name != "version"}
    ProblemEntry.objects.filter(pk=entry.pk).update(**columns)
    EntryEvent.objects.bulk_create(tell(shifts, at, actor, why))


def tell(
    shifts: Sequence[Shift], at: datetime, actor: User | None, cause: CalendarVersion | RuleChange | str
) -> list[EntryEvent]:
    """The event of each entry whose deadline moved; never earlier than its last one."""
    last = last_events([shift.entry.pk for shift in shifts])
    events = []
    for shift in shifts:
        previous, entry = last[shift.entry.pk], shift.entry
        moment = max(at, previous.occurred_at)
        events.append(
            EntryEvent(
                entry=entry,
                seq=previous.seq + 1,
                action=Action.RECOUNT,
                from_state=previous.to_state,
                to_state=previous.to_state,
                unit_id=entry.responsible_unit_id,
                actor=actor,
                actor_name=actor.name if actor else "系统",
                occurred_at=moment,
                happened_on=local_date(moment),
                note=str(cause),
                data={Fact.WAS_DEADLINE: shift.was.isoformat(), Fact.DEADLINE: shift.now.isoformat()},
            )
        )
    return events


def last_events(pks: Sequence[int]) -> dict[int, EntryEvent]:
    """The newest event of each entry."""
    found: dict[int, EntryEvent] = {}
    for start in range(0, len(pks), CHUNK):
        for event in EntryEvent.objects.filter(entry__in=pks[start : start + CHUNK]).order_by("entry", "seq"):
            found[event.entry_id] = event
    return found


def kept(shift: Shift, event: EntryEvent, cause: CalendarVersion | RuleChange) -> DeadlineShift:
    return DeadlineShift(
        entry=shift.entry,
        event=event,
        unit_id=shift.entry.responsible_unit_id,
        was=shift.was,
        now=shift.now,
        version=cause if isinstance(cause, CalendarVersion) else None,
        rule_change=cause if isinstance(cause, RuleChange) else None,
    )
