"""Who sees which rows: the one rule. Every list, count, chart, search, export and form choice starts here."""

from typing import Any, Protocol, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from common.periods import AnyPeriod


class Audience(Protocol):
    """Whoever rows are shown to: a person, or a unit in a person's place (`accounts.units.trees.Viewer`)."""

    @property
    def is_active(self) -> bool: ...

    @property
    def sees_business(self) -> bool: ...

    @property
    def sees_all(self) -> bool: ...

    def scope_units(self) -> Any:
        """The units whose rows are theirs, as a subquery."""


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows whose rows it holds.

    `unit_lookups` name the paths to the units a row belongs to; `user_lookups` the people it belongs to
    whatever their unit. A model shared by the whole office sets `office_wide`.
    """

    unit_lookups: tuple[str, ...] = ("unit",)
    user_lookups: tuple[str, ...] = ()
    office_wide = False

    def visible_to(self, user: Audience | AnonymousUser | None) -> Self:
        """The rows this person may see; nobody unknown, inactive or auditing sees any."""
        if user is None or isinstance(user, AnonymousUser) or not user.is_active or not user.sees_business:
            return self.none()
        if self.office_wide or user.sees_all:
            return self
        return self.filter(self.scope_q(user))

    def scope_q(self, user: Audience) -> Q:
        units = user.scope_units()
        rule = Q(pk__in=[])
        for lookup in self.unit_lookups:
            rule |= Q(**{f"{lookup}__in": units})
        for lookup in self.user_lookups:
            rule |= Q(**{lookup: user})
        return rule


def scoped(model: type[models.Model]) -> ScopedQuerySet:
    """All rows of any one of our models.

    Raises:
        TypeError: the model does not say whose its rows are.
    """
    rows = model._default_manager.all()
    if not isinstance(rows, ScopedQuerySet):
        raise TypeError(f"{model.__name__} has no scope")
    return rows


class DatedQuerySet(ScopedQuerySet):
    """Rows with a business date; periods are half-open."""

    date_field = "happened_on"

    def in_period(self, period: AnyPeriod) -> Self:
        return self.filter(**{f"{self.date_field}__gte": period.start, f"{self.date_field}__lt": period.next_start})


class OfficeWideQuerySet(ScopedQuerySet):
    """Registers that the whole office shares: who is who, and what is served."""

    office_wide = True
