"""Which confirmations count: an entry is resolved once, however often it is opened again."""

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from common.periods import AnyPeriod, span_of
from ledger.models import ActionPlan, EntryEvent
from ledger.states import Action, EntryState
from reports.figures.registry.dates import half_of, within


def confirmations(period: AnyPeriod) -> QuerySet[EntryEvent]:
    """The confirmations by which entries of the period count as resolved: each entry once ever.

    It is the entry's first confirmation that held to the end of its own half-year, or still holds in one under way.
    Which one that is, is told by the entry's history and by no span that is asked for, so that months, quarters,
    half-years and years add up.
    """
    return held_confirmations(period).filter(~Exists(held_before()))


def repeated_confirmations(period: AnyPeriod) -> QuerySet[EntryEvent]:
    """Confirmations of the period that held as well, of entries that count by an earlier one."""
    return held_confirmations(period).filter(Exists(held_before()))


def held_confirmations(period: AnyPeriod) -> QuerySet[EntryEvent]:
    """The confirmations of the period that no reopening undid within their own half-year.

    After a confirmation only closing out and reopening are possible, so nothing but a reopening undoes it.
    """
    later = EntryEvent.objects.reopenings().filter(entry=OuterRef("entry"), seq__gt=OuterRef("seq"))
    undone = later.alias(half=half_of("happened_on")).filter(half=half_of(OuterRef("happened_on")))
    confirmed = EntryEvent.objects.filter(action=Action.CONFIRM, to_state__in=EntryState.RESOLVED)
    return confirmed.filter(within("happened_on", period), ~Exists(undone))


def held_before() -> QuerySet[EntryEvent]:
    """What says that an entry has an earlier confirmation that held: its reopening in a later half-year."""
    reopened = EntryEvent.objects.reopenings().filter(entry=OuterRef("entry"), seq__lt=OuterRef("seq"))
    before = EntryEvent.objects.filter(entry=OuterRef("entry"), seq__lt=OuterRef("seq"), action=Action.CONFIRM)
    last = before.order_by("-seq").annotate(half=half_of("happened_on")).values("half")[:1]
    return reopened.alias(half=half_of("happened_on"), confirmed=Subquery(last)).filter(half__gt=F("confirmed"))


def concentrated(period: AnyPeriod) -> QuerySet[EntryEvent]:
    """What counts as resolved since the day that the plan of the year of the period's end names, to that end."""
    since = ActionPlan.objects.filter(year=period.end.year).values("concentrated_from")[:1]
    year_to_date = span_of(date(period.end.year, 1, 1), period.end)
    return confirmations(year_to_date).filter(happened_on__gte=Subquery(since))


def has_plan(period: AnyPeriod) -> bool:
    return ActionPlan.objects.filter(year=period.end.year, concentrated_from__isnull=False).exists()


def registrations(period: AnyPeriod) -> QuerySet[EntryEvent]:
    """What was registered in the period, whatever became of it; an event's unit is the one that answered then."""
    return EntryEvent.objects.filter(within("happened_on", period), action=Action.REGISTER)
