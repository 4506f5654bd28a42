"""Whose rows of the roster a person sees."""

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When

from accounts.rights.permissions import Role
from accounts.rights.scope import ScopedQuerySet


class RosterQuerySet(ScopedQuerySet):
    """A shift is known to the unit that sends somebody, to the person, and to the headquarters' own work group, whose
    people come from several units."""

    unit_lookups = ("unit", "officer__unit")
    user_lookups = ("officer",)

    def scope_q(self, user: Any) -> Q:
        rule, group = super().scope_q(user), getattr(user, "work_group_id", None)
        return rule | Q(workstream__work_group=group) if group else rule

    def arranged_by(self, user: Any) -> Self:
        """Those that a person may change: of units that person clerks for, nobody else's."""
        if not user.can("duty.edit"):
            return self.none()
        if user.sees_all:
            return self
        units = user.scope_units()
        return self.filter(Q(unit__in=units) | Q(officer__unit__in=units))

    def of_days(self, first: date, last: date) -> Self:
        return self.filter(day__gte=first, day__lte=last)

    def with_gap(self) -> Self:
        """With `gap`, why nobody will come (`models.Gap`, empty where somebody will)."""
        leaves = apps.get_model("duty", "DutyLeave").objects
        away = leaves.filter(officer=OuterRef("officer"), starts_on__lte=OuterRef("day"), ends_on__gte=OuterRef("day"))
        return self.annotate(
            gap=Case(
                When(Q(officer__is_active=False) | Q(officer__role=Role.AUDITOR), then=Value("left")),
                When(~Q(officer__unit=F("unit")) | Q(officer__unit=None), then=Value("moved")),
                When(Exists(away), then=Value("leave")),
                default=Value(""),
                output_field=CharField(),
            )
        )

    def coming(self) -> Self:
        return self.with_gap().filter(gap="")

    def not_coming(self) -> Self:
        return self.with_gap().exclude(gap="")

    def gap_changed(self) -> Self:
        """Whose gap is another than the one that was told."""
        return self.with_gap().exclude(gap=F("told_gap"))

    def for_list(self) -> Self:
        return self.select_related("workstream", "officer", "unit").order_by("day", "half", "officer__pinyin", "pk")


class SwapQuerySet(ScopedQuerySet):
    """Seen by the two, and by whoever clerks for one of them."""

    unit_lookups = ("asked_by__unit", "asked_of__unit")
    user_lookups = ("asked_by", "asked_of")

    def for_list(self) -> Self:
        return self.select_related("asked_by__unit", "asked_of__unit", "answered_by")


class LeaveQuerySet(ScopedQuerySet):
    """A person's own, and the unit's."""

    unit_lookups = ("officer__unit",)
    user_lookups = ("officer",)
