"""Which rows: scope, search, periods and the state of the ledger on a day."""

from datetime import date
from typing import Any, NoReturn, Self

from django.apps import apps
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, TextField

from accounts.rights.permissions import can
from accounts.rights.scope import DatedQuerySet, ScopedQuerySet
from common.periods import AnyPeriod
from common.sent.seeking import with_words
from enterprises.querysets import once_named
from ledger.answering import AnsweringQuerySet
from ledger.fulltext import holds
from ledger.lights import red_q
from ledger.states import EntryState

REOPENS = Q(from_state__in=sorted(EntryState.RESOLVED)) & ~Q(to_state__in=sorted(EntryState.RESOLVED))
SOUGHT = ("enterprise__name_key", "enterprise__pinyin", "project__name_key", "target_name", "summary", "officer__name")
# What people call the things that an entry belongs to, and where its units stand.
CALLED = [f"{unit}__{name}" for unit in ("unit", "lead_unit") for name in ("name", "short_name", "path")]
CALLED += ["enterprise__name", "project__name", "handler__name"]


class ActivityQuerySet(DatedQuerySet):
    """An activity belongs to its unit, to who did it and to who went along."""

    user_lookups = ("officer",)

    def scope_q(self, user: Any) -> Q:
        through = apps.get_model("ledger", "ServiceActivity").participants.through.objects.filter(
            serviceactivity=OuterRef("pk"), user=user
        )
        return super().scope_q(user) | Q(Exists(through))

    def search(self, words: str) -> Self:
        return with_words(self, words, *SOUGHT, also=once_named)

    def for_list(self) -> Self:
        return self.select_related(
            "enterprise", "project", "unit", "officer", "workstream", "campaign"
        ).prefetch_related("outputs")

    def for_detail(self) -> Self:
        return self.select_related(
            "enterprise__workstream", "project__workstream", "unit", "officer", "workstream", "campaign", "created_by"
        )


class OutputQuerySet(ScopedQuerySet):
    unit_lookups = ("activity__unit",)
    user_lookups = ("activity__officer",)

    def in_period(self, period: AnyPeriod) -> Self:
        return self.filter(activity__happened_on__gte=period.start, activity__happened_on__lt=period.next_start)


class SurveyQuerySet(DatedQuerySet):
    date_field = "visited_on"
    user_lookups = ("officer", "created_by")

    def search(self, words: str) -> Self:
        columns = ("enterprise__name_key", "enterprise__pinyin", "appeal", "officer_name")
        return with_words(self, words, *columns, also=once_named)

    def for_list(self) -> Self:
        return self.select_related("enterprise", "unit", "workstream", "category", "officer", "industry")


class EntryQuerySet(AnsweringQuerySet):
    """An entry belongs to the unit that registered it, the unit that leads, those that support, and who handles."""

    date_field = "registered_on"
    unit_lookups = ("unit", "lead_unit")
    user_lookups = ("handler", "registered_by")

    def scope_q(self, user: Any) -> Q:
        parts = apps.get_model("ledger", "SupportingUnit").objects.filter(entry=OuterRef("pk"))
        return super().scope_q(user) | Q(Exists(parts.filter(Q(unit__in=user.scope_units()) | Q(handler=user))))

    def open(self) -> Self:
        return self.filter(state__in=EntryState.OPEN)

    def working(self) -> Self:
        """Those whose deadline is still running."""
        return self.filter(state__in=EntryState.WORKING)

    def resolved(self) -> Self:
        return self.filter(state__in=EntryState.RESOLVED)

    def counted(self) -> Self:
        """Those in the rates' denominator."""
        return self.exclude(state__in=EntryState.EXCLUDED)

    def overdue(self, today: date) -> Self:
        """Those whose deadline is past; the clock of those that wait for the enterprise stands."""
        return self.filter(red_q(today))

    def as_of(self, day: date) -> "EntryQuerySet":
        """Entries registered by that day, with `state_then` and `unit_then` read from the events."""
        events = apps.get_model("ledger", "EntryEvent")
        last = events.objects.filter(entry=OuterRef("pk"), happened_on__lte=day).order_by("-seq")
        return self.filter(registered_on__lte=day).annotate(
            state_then=Subquery(last.values("to_state")[:1], output_field=CharField()),
            unit_then=Subquery(last.values("unit")[:1]),
        )

    def in_ledger_of(self, day: date, part: str = "year") -> Self:
        """本年度台账 of the day's year: unresolved on 1 January (`carried`, 历年结转) or registered since (`new`)."""
        new_year = date(day.year, 1, 1)
        if part == "new":
            return self.filter(registered_on__gte=new_year)
        events = apps.get_model("ledger", "EntryEvent")
        before = events.objects.filter(entry=OuterRef("pk"), happened_on__lt=new_year).order_by("-seq")
        stood = Subquery(before.values("to_state")[:1], output_field=CharField())
        carried = Q(registered_on__lt=new_year, stood_at_new_year__in=EntryState.OPEN)
        rule = carried if part == "carried" else carried | Q(registered_on__gte=new_year)
        return self.alias(stood_at_new_year=stood).filter(rule)

    def search(self, words: str) -> Self:
        """Every word somewhere in the entry: title, text, outcome, notes, names (ledger.fulltext)."""
        found = self
        for word in words.split():
            found = found.filter(holds(word, self.db))
        return found

    def for_list(self) -> Self:
        return self.select_related("enterprise", "project", "unit", "lead_unit", "handler", "workstream", "category")

    def for_lines(self) -> Self:
        """For the list on a page: without long texts, and of what an entry belongs to only what it is called."""
        own = [field.name for field in self.model._meta.concrete_fields if not isinstance(field, TextField)]
        return self.select_related(*(name.split("__")[0] for name in CALLED)).only(*own, *CALLED)


class WithEntryQuerySet(ScopedQuerySet):
    """What hangs on an entry and is seen with it."""

    def scope_q(self, user: Any) -> Q:
        return Q(entry__in=apps.get_model("ledger", "ProblemEntry").objects.visible_to(user).values("pk"))


class ShiftQuerySet(WithEntryQuerySet):
    def search(self, words: str) -> Self:
        return with_words(self, words, "entry__number", "entry__title", "unit__name")

    def for_list(self) -> Self:
        return self.select_related("entry", "unit", "version", "rule_change", "event")


class EscalationQuerySet(WithEntryQuerySet):
    def search(self, words: str) -> Self:
        return with_words(self, words, "entry__number", "entry__title", "told_to")

    def for_list(self) -> Self:
        return self.select_related("entry", "unit", "order")


class EventQuerySet(WithEntryQuerySet):
    """Events are seen with their entry, and are never changed in bulk either."""

    def latest_by(self, day: date) -> Self:
        """The last event of each entry up to a day: its state and unit then."""
        events = apps.get_model("ledger", "EntryEvent").objects
        later = events.filter(entry=OuterRef("entry"), happened_on__lte=day, seq__gt=OuterRef("seq"))
        return self.filter(~Exists(later), happened_on__lte=day)

    def reopenings(self) -> Self:
        """The steps out of the resolved states. They are few, and have an index of their own."""
        return self.filter(REOPENS)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("台账事件不能修改")

    def delete(self) -> NoReturn:
        raise TypeError("台账事件不能删除")


class RecoveryQuerySet(DatedQuerySet):
    """Money belongs to the unit of what it is tied to, and to whoever recorded it."""

    user_lookups = ("created_by",)

    def search(self, words: str) -> Self:
        return with_words(self, words, "basis", "case__number", "entry__number")

    def for_list(self) -> Self:
        return self.select_related(
            "case", "entry", "activity__enterprise", "activity__project", "unit", "workstream", "created_by"
        )


class SupervisionQuerySet(DatedQuerySet):
    """An order belongs to the unit it presses; who handles or registered the entry sees it too."""

    date_field = "issued_on"
    unit_lookups = ("unit", "entry__unit", "entry__lead_unit")
    user_lookups = ("entry__handler", "entry__registered_by")

    def late(self, today: date) -> Self:
        """Past the day by which the unit had to answer."""
        return self.unanswered().filter(deadline__lt=today)

    def unanswered(self) -> Self:
        """Still waiting for the unit's answer."""
        return self.filter(replied_on=None, ended_on=None)

    def search(self, words: str) -> Self:
        return with_words(self, words, "number", "entry__number", "entry__title", "demand")

    def for_list(self) -> Self:
        return self.select_related("entry__enterprise", "unit", "issued_by", "acknowledged_by", "replied_by")


class OrderReplyQuerySet(ScopedQuerySet):
    """An answer is seen with its order."""

    def scope_q(self, user: Any) -> Q:
        return Q(order__in=apps.get_model("ledger", "SupervisionOrder").objects.visible_to(user).values("pk"))


class AttachmentQuerySet(ScopedQuerySet):
    """A file is seen by whoever sees what it is attached to."""

    def scope_q(self, user: Any) -> Q:
        def seen(app: str, model: str) -> QuerySet:
            return apps.get_model(app, model).objects.visible_to(user).values("pk")

        return (
            Q(entry__in=seen("ledger", "ProblemEntry"))
            | Q(activity__in=seen("ledger", "ServiceActivity"))
            | Q(case__in=seen("cases", "LegalCase"))
            | Q(order_reply__order__in=seen("ledger", "SupervisionOrder"))
        )


class SavedViewQuerySet(ScopedQuerySet):
    """One's own, one's unit's and everybody's: also those who see all rows see nobody else's own views."""

    def visible_to(self, user: Any) -> Self:
        if not getattr(user, "is_active", False) or not user.sees_business:
            return self.none()
        return self.filter(Q(owner=user) | Q(audience="all") | Q(audience="unit", unit=user.unit_id or -1))


class NoticeQuerySet(ScopedQuerySet):
    """A person's own, whatever else they may see."""

    def visible_to(self, user: Any) -> Self:
        known = getattr(user, "is_active", False) and user.sees_business
        return self.filter(recipient=user) if known else self.none()

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class BulkRunQuerySet(ScopedQuerySet):
    """Shown to whoever ran it."""

    def visible_to(self, user: Any) -> Self:
        known = getattr(user, "is_active", False) and user.sees_business
        return self.filter(actor=user) if known else self.none()


class OwnQuerySet(ScopedQuerySet):
    """Written to one person, whatever else that person or others may see."""

    def visible_to(self, user: Any) -> Self:
        known = getattr(user, "is_active", False) and user.sees_business
        return self.filter(person=user) if known else self.none()


class ReminderSettingsQuerySet(ScopedQuerySet):
    """Robots and what they were given to say: whoever sets the reminders."""

    def visible_to(self, user: Any) -> Self:
        return self if can(user, "reminders.edit") else self.none()


class RobotMessageQuerySet(ReminderSettingsQuerySet):
    def search(self, words: str) -> Self:
        return with_words(self, words, "words", "robot__name")

    def for_list(self) -> Self:
        return self.select_related("robot", "made_by")


class VacancyQuerySet(ScopedQuerySet):
    """What has nobody belongs to the unit that answers for it; without one only to those who see everything."""

    def search(self, words: str) -> Self:
        return with_words(self, words, "what", "person__name", "unit__name")

    def for_list(self) -> Self:
        return self.select_related("unit", "person__unit")
