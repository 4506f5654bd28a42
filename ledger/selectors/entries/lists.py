"""What the ledger's list shows, and how its rows are chosen."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import Unit, User
from common.web.pages import addresses
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import last_yellow_day, light_of, light_q, red_q, running_q
from ledger.models import (
    ConfirmationLink,
    EntryEvent,
    ProblemCategory,
    ProblemEntry,
)
from ledger.moves.facts import short_day
from ledger.selectors.entries.wording import choice_label
from ledger.states import EntryState

CHOICES_SECONDS = 60
ANSWER_DAYS = 5  # working days; then the enterprise is called


def due_q(due: str, today: date) -> Q:
    """`1`: overdue; `soon`: the yellow ones; `none`: no deadline yet; `long`: waiting for the enterprise too long.

    `unanswered`: the enterprise has been asked, or the claim made, five working days ago and nobody has heard from it.
    """
    if due == "1":
        return red_q(today)
    if due == "none":
        return Q(state__in=EntryState.WORKING, deadline__isnull=True)
    calendar = working_calendar()
    if due == "long":
        return long_pause_q(today, calendar)
    if due == "unanswered":
        return unanswered_q(today, calendar)
    return running_q() & Q(deadline__gte=today, deadline__lte=last_yellow_day(today, calendar))


def unanswered_q(today: date, calendar: WorkingCalendar) -> Q:
    """Asked, or claimed, `ANSWER_DAYS` working days ago, and nobody has heard from the enterprise since."""
    asked_by = calendar.before(today, ANSWER_DAYS)
    asked = ConfirmationLink.objects.filter(
        entry=OuterRef("pk"), answered_at=None, revoked_at=None, created_at__date__gt=asked_by
    )
    return Q(state=EntryState.COMPLETED, completed_on__lte=asked_by) & ~Q(Exists(asked))


def long_pause_q(today: date, calendar: WorkingCalendar) -> Q:
    """Waiting for the enterprise for more than `LONG_PAUSE_DAYS` working days."""
    return Q(state__in=EntryState.WORKING, paused_on__lte=calendar.before(today, settings.LONG_PAUSE_DAYS + 1))


def by_colour(colour: str, today: date) -> Q:
    return light_q(colour, today, last_yellow_day(today, working_calendar()))


def list_choices() -> dict[str, list[tuple[str, str]]]:
    """Units, matters and categories to filter by: one query, kept for a minute. Units no more in use come last: what
    they have is still found."""
    kept = cache.get("ledger.list_choices")
    if kept is None:
        kinds: dict[str, QuerySet[Any]] = {
            "unit": Unit.objects.all(),
            "workstream": Workstream.objects.all(),
            "category": ProblemCategory.objects.all(),
        }
        always, in_use = Value(True), {"unit": F("is_active")}
        parts = [
            rows.order_by()
            .annotate(listed_as=Value(kind), key=Cast("pk", CharField()), used=in_use.get(kind, always))
            .values_list("used", "order", "listed_as", "key", "name")
            for kind, rows in kinds.items()
        ]
        kept = {kind: [] for kind in kinds}
        found = parts[0].union(*parts[1:], all=True)
        for used, _, kind, key, name in sorted(found, key=lambda row: (not row[0], row[1])):
            kept[kind].append((key, name if used else f"{name}（已停用）"))
        cache.set("ledger.list_choices", kept, CHOICES_SECONDS)
    return kept


def list_page(keys: Sequence[int], today: date, day: date | None = None, *, whole: bool = False) -> list[ProblemEntry]:
    """The entries of one page in the order of their keys, each with its `url`, its `light` (None where no deadline
    runs) and whether its deadline is `provisional`.

    As of a past `day`, each with its state and unit then and `since`, the steps made after it. `whole`: with all that
    columns chosen by hand may show.
    """
    rows = (ProblemEntry.objects.for_list() if whole else ProblemEntry.objects.for_lines()).filter(pk__in=keys)
    found = {entry.pk: entry for entry in (rows.as_of(day) if day else rows)}
    calendar, lit = working_calendar(), [found[key] for key in keys if key in found]
    address = addresses("ledger:entry-detail")
    for entry in lit:
        entry.url = address(entry.pk)
        entry.light = light_of(entry, today, calendar)
        entry.provisional = provisional(entry, calendar)
    if day:
        show_changes(lit, day)
    return lit


def provisional(entry: ProblemEntry, calendar: WorkingCalendar) -> bool:
    """The deadline still runs and lies beyond the last announced year."""
    if entry.deadline is None or entry.state not in EntryState.WORKING:
        return False
    return calendar.is_provisional(entry.deadline)


def show_changes(entries: Sequence[Any], day: date) -> None:
    """Gives each entry `stood` and `unit_stood`, its state and unit that day, and `since`, what was done afterwards."""
    units = dict(list_choices()["unit"])
    later: dict[int, list[EntryEvent]] = defaultdict(list)
    for event in EntryEvent.objects.filter(entry__in=entries, happened_on__gt=day).order_by("entry", "seq"):
        later[event.entry_id].append(event)
    for entry in entries:
        entry.stood, entry.unit_stood = EntryState(entry.state_then), units.get(str(entry.unit_then), "")
        entry.since = [f"{short_day(event.happened_on)}{event.get_action_display()}" for event in later[entry.pk]]


def entry_choices(*, user: User, words: str, leave_out: int | None = None) -> list[dict[str, str]]:
    """Entries another may be a duplicate of, found by number, title or enterprise."""
    rows = ProblemEntry.objects.visible_to(user).counted().exclude(pk=leave_out or 0)
    found = rows.search(words).select_related("enterprise").order_by("-registered_on", "-pk")[:20]
    return [{"value": str(entry.pk), "text": choice_label(entry), "pinyin": words} for entry in found]
