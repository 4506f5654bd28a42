"""What the page of one entry shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from accounts.models import User
from accounts.rights.permissions import can
from ledger.calendar import working_calendar
from ledger.lights import Light, light_of
from ledger.models import (
    EntryEvent,
    EntryPause,
    Escalation,
    ProblemEntry,
    Recheck,
    Recovery,
    SupervisionOrder,
    SupportingUnit,
)
from ledger.moves.facts import told_facts
from ledger.moves.table import LEADING, MOVES
from ledger.moves.who import actions_for, open_rechecks
from ledger.selectors.entries.lists import provisional
from ledger.selectors.entries.wording import RAISED
from ledger.services.checking.confirmations import may_ask
from ledger.services.entries.registering import may_correct
from ledger.services.supervising.supervision import may_issue
from ledger.states import SET_ASIDE, Action, Asked, EntryState


@dataclass(frozen=True)
class EntryPage:
    """What the detail page shows of one entry to one person."""

    entry: ProblemEntry
    light: Light | None
    provisional: bool
    pauses: list[EntryPause]
    waited: int  # working days the enterprise has been waited for since the clock stands
    events: list[EntryEvent]
    parts: list[SupportingUnit]
    recoveries: list[Recovery]
    recovered: Decimal
    main: Action | None  # what is likely to be done next
    beside: Action | None  # the button next to it
    others: list[Action]  # in the menu
    request: EntryEvent | None
    related: list[ProblemEntry]
    links: dict[str, bool]
    may_correct: bool
    may_add_money: bool
    may_ask_enterprise: bool
    raised: str
    may_supervise: bool
    orders: list[SupervisionOrder]
    climbs: list[Escalation]
    rechecks: list[Recheck]  # drawn for a second look and not judged yet


def entry_page(*, entry: Any, user: User, today: date) -> EntryPage:
    """`entry` as `find_entry` gives it, with `has_climbed`."""
    if entry.state in SET_ASIDE:
        prefetch_related_objects([entry], Prefetch("rechecks", Recheck.objects.for_list()))
    calendar, events = working_calendar(), story(entry)
    recoveries = list(entry_money(entry, user))
    actions = actions_for(entry, user, today)
    main, beside = buttons(actions)
    return EntryPage(
        entry=entry,
        light=light_of(entry, today, calendar),
        provisional=provisional(entry, calendar),
        pauses=list(entry.pauses.order_by("pk")) if entry.paused_on or entry.paused_days else [],
        waited=calendar.between(entry.paused_on, today) if entry.paused_on else 0,
        events=events,
        parts=list(entry.support.all()),
        recoveries=recoveries,
        recovered=sum((recovery.amount for recovery in recoveries), Decimal(0)),
        main=main,
        beside=beside,
        others=[action for action in actions if action not in (main, beside)],
        request=request_of(entry, events),
        related=related_entries(entry, user),
        links=reachable(entry, user),
        may_correct=may_correct(entry, user),
        may_add_money=can(user, "money.edit"),
        may_ask_enterprise=may_ask(entry, user),
        may_supervise=may_issue(entry, user),
        orders=list(entry.supervision_orders.visible_to(user).select_related("unit")),
        climbs=list(entry.escalations.select_related("order").order_by("pk")) if entry.has_climbed else [],
        rechecks=open_rechecks(entry),
        raised=RAISED.get(entry.raised, "") if entry.state in EntryState.OPEN else "",
    )


def buttons(actions: Sequence[Action]) -> tuple[Action | None, Action | None]:
    """What leads on and what stands beside it; where nothing leads on, the likeliest of the rest stands alone."""
    main = next((action for action in actions if action in LEADING), None)
    beside = MOVES[main].beside if main else next(iter(actions), None)
    return main, beside if beside in actions else None


def entry_money(entry: ProblemEntry, user: User) -> QuerySet[Recovery]:
    """Money of an entry as far as this person may see it; that of what was merged into it is part of its story."""
    own = Recovery.objects.visible_to(user).filter(entry=entry).values("pk")
    money = Recovery.objects.filter(Q(pk__in=own) | Q(entry__duplicate_of=entry))
    return money.select_related("entry").order_by("happened_on", "pk")


def request_of(entry: ProblemEntry, events: Sequence[EntryEvent]) -> EntryEvent | None:
    """The event by which the extension or deferral was asked for that now waits for a decision."""
    asking = {Asked.EXTENSION: Action.ASK_EXTENSION, Asked.DEFERRAL: Action.ASK_DEFERRAL}
    if not entry.asked:
        return None
    wanted = asking[Asked(entry.asked)]
    return next((event for event in reversed(events) if event.action == wanted), None)


def related_entries(entry: ProblemEntry, user: User) -> list[ProblemEntry]:
    """What was merged into it or split off it, and what it was split off; `is_open_to`: this person may look."""
    family = Q(duplicate_of=entry) | Q(split_from=entry)
    family |= Q(pk=entry.split_from_id) if entry.split_from_id else Q()
    found = ProblemEntry.objects.filter(family).select_related("enterprise", "unit").order_by("pk")
    mine = set(ProblemEntry.objects.visible_to(user).filter(family).values_list("pk", flat=True)) if found else set()
    for other in found:
        other.is_open_to = other.pk in mine
        other.kinship = "并入" if other.duplicate_of_id == entry.pk else "拆出"
        if other.pk == entry.split_from_id:
            other.kinship = "拆自"
    return list(found)


def story(entry: ProblemEntry) -> list[EntryEvent]:
    """The events, oldest first, each with its `facts`: what it settled besides the words."""
    events = list(entry.events.order_by("seq").prefetch_related("attachments"))
    for event in events:
        event.facts = told_facts(event.data, event.happened_on)
    return events


def reachable(entry: ProblemEntry, user: User) -> dict[str, bool]:
    """Which of the records it came from or leads to this person may open."""
    names = ("source_activity", "source_form", "case", "duplicate_of")
    linked = {name: getattr(entry, name) for name in names if getattr(entry, f"{name}_id")}
    return {
        name: type(record).objects.visible_to(user).filter(pk=record.pk).exists() for name, record in linked.items()
    }


def find_entry(pk: int, user: User) -> ProblemEntry | None:
    """The entry with all its page names, if this person may see it."""
    return (
        ProblemEntry.objects.visible_to(user)
        .for_list()
        .select_related("registered_by", "source_activity", "source_form", "case", "duplicate_of", "claimed_by")
        .select_related("asked_by", "split_from")
        .annotate(has_climbed=Exists(Escalation.objects.filter(entry=OuterRef("pk"))))
        .prefetch_related(Prefetch("support", SupportingUnit.objects.select_related("unit", "handler").order_by("pk")))
        .filter(pk=pk)
        .first()
    )
