"""Which entries a unit answers for, and how it has to do with the others: the one rule behind every 本单位.

A unit answers for an entry that it leads; before an entry is assigned, the unit that received it does. What it only
supports or only registered is another unit's to finish, and is told apart.
"""

from typing import Any, Self

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.rights.scope import DatedQuerySet

ANSWERS, SUPPORTS, REGISTERED = "answers", "supports", "registered"
OURS = [(ANSWERS, "本单位负责"), (SUPPORTS, "本单位只协办"), (REGISTERED, "本单位只登记")]


def answers_q(units: Any) -> Q:
    """`units`: a subquery of numbers, or the numbers; a person's have those below their unit among them."""
    return Q(lead_unit__in=units) | Q(lead_unit__isnull=True, unit__in=units)


def supports_q(units: Any) -> Q:
    parts = apps.get_model("ledger", "SupportingUnit").objects.filter(entry=OuterRef("pk"), unit__in=units)
    return Q(Exists(parts))


def only_supports_q(units: Any) -> Q:
    return supports_q(units) & ~answers_q(units)


def only_registered_q(units: Any) -> Q:
    return Q(unit__in=units) & ~answers_q(units) & ~supports_q(units)


def ours_q(kind: str, units: Any) -> Q:
    """The entries of one kind of OURS."""
    return {ANSWERS: answers_q, SUPPORTS: only_supports_q, REGISTERED: only_registered_q}[kind](units)


class AnsweringQuerySet(DatedQuerySet):
    """The same of a queryset of entries."""

    def answered_by(self, units: Any) -> Self:
        """Those these units answer for (`answers_q`): what 本单位 means beside a number of entries."""
        return self.filter(answers_q(units))

    def answered_for(self, viewer: Any) -> Self:
        """Those the units of a person, or of a wall, answer for; all of them for whoever sees everything.

        They are among the person's own rows (`visible_to`), but need not be looked for among what a unit only
        supports or only registered.
        """
        if not getattr(viewer, "is_active", False) or not viewer.sees_business:
            return self.none()
        return self if viewer.sees_all else self.answered_by(viewer.scope_units())

    def only_supported_for(self, viewer: Any) -> Self:
        """Those other units answer for and this person's only support: told apart, “另有协办”."""
        if not getattr(viewer, "is_active", False) or not viewer.sees_business or viewer.sees_all:
            return self.none()
        return self.filter(only_supports_q(viewer.scope_units()))

    def by_answering_unit(self) -> dict[int, int]:
        """How many there are, by the unit that answers for them."""
        rows = self.order_by().annotate(answers=Coalesce("lead_unit", "unit")).values_list("answers")
        return dict(rows.annotate(n=Count("pk")))
