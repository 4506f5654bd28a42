from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, F, ForeignObjectRel, Model, OuterRef, Prefetch, Q, Subquery

from accounts.rights.scope import DatedQuerySet, OfficeWideQuerySet, ScopedQuerySet
from common.periods import Period
from common.sent.seeking import with_words
from common.text import name_key


def once_named(word: str, enterprise: str = "enterprise") -> Q:
    """Rows whose firm (by the path to it) had a name, or a credit code, that holds the word."""
    formers = apps.get_model("enterprises", "FormerName")._base_manager.order_by()
    return Q((f"{enterprise}__in", with_words(formers, word, "name_key", "pinyin", "uscc").values("enterprise")))


class SearchableQuerySet(OfficeWideQuerySet):
    """Search by Chinese words, pinyin initials or full pinyin."""

    extra_search: tuple[str, ...] = ()

    def search(self, words: str) -> Self:
        return with_words(self, words, "name_key", "pinyin", *self.extra_search)


def reverse_of(model: type[Model], name: str) -> ForeignObjectRel:
    """The relation by which other rows point at this model's.

    Raises:
        TypeError: the name is that of a field of its own.
    """
    relation = model._meta.get_field(name)
    if not isinstance(relation, ForeignObjectRel):
        raise TypeError(f"{model.__name__}.{name} is no reverse relation")
    return relation


class ServedQuerySet(SearchableQuerySet):
    """What officers serve: enterprises and projects, with their visits and pairings.

    Visits are reached by the reverse relation `activities`, so that this app need not know who records them. With
    `user` only the visits that person may see count; without, all of them (tallies, commands).
    """

    def visits(self, user: Any = None) -> DatedQuerySet:
        relation = reverse_of(self.model, "activities")
        rows = relation.related_model._default_manager.all()
        if not isinstance(rows, DatedQuerySet):
            raise TypeError(f"{relation.related_model} is no record of visits")
        seen = rows if user is None else rows.visible_to(user)
        return seen.filter(**{relation.field.name: OuterRef("pk")})

    def visited_in(self, period: Period, user: Any = None) -> Self:
        """With any service activity in the period."""
        return self.filter(Exists(self.visits(user).in_period(period)))

    def not_visited_in(self, period: Period, user: Any = None) -> Self:
        return self.filter(~Exists(self.visits(user).in_period(period)))

    def not_visited_since(self, day: date, user: Any = None) -> Self:
        return self.filter(~Exists(self.visits(user).filter(happened_on__gte=day)))

    def with_last_visit(self, user: Any = None) -> Self:
        latest = self.visits(user).order_by("-happened_on").values("happened_on")[:1]
        return self.annotate(last_visit=Subquery(latest))

    def pairings_in_force(self, day: date) -> "PairingQuerySet":
        relation = reverse_of(self.model, "pairings")
        return PairingQuerySet(relation.related_model).on(day).filter(**{relation.field.name: OuterRef("pk")})

    def paired(self, day: date, holds: bool = True) -> Self:
        in_force = Exists(self.pairings_in_force(day))
        return self.filter(in_force if holds else ~in_force)

    def served_by_unit(self, unit: Any, day: date) -> Self:
        """Paired that day with an officer of the unit or of one below it."""
        rows = self.pairings_in_force(day).filter(officer__unit__path__startswith=unit.path)
        return self.filter(Exists(rows))

    def with_pairings(self, day: date) -> Self:
        """`pairings_now`: those in force, with officer and unit, oldest first."""
        served: PairingQuerySet = PairingQuerySet(reverse_of(self.model, "pairings").related_model)
        rows = served.on(day).select_related("officer__unit").order_by("starts_on", "pk")
        return self.prefetch_related(Prefetch("pairings", rows, to_attr="pairings_now"))

    def named(self, name: str) -> Self:
        return self.filter(name_key=name_key(name))

    def oldest_visit_first(self) -> Self:
        return self.order_by(F("last_visit").asc(nulls_first=True), "name", "pk")


class EnterpriseQuerySet(ServedQuerySet):
    def search(self, words: str) -> Self:
        """Names and codes that a firm had find it as well."""
        return with_words(self, words, "name_key", "pinyin", "uscc", also=lambda word: once_named(word, "pk"))


class KeyProjectQuerySet(ServedQuerySet):
    extra_search = ("number",)


class PairingQuerySet(ScopedQuerySet):
    """Who serves whom is known to the whole office: it is on the door of every enterprise."""

    office_wide = True

    def on(self, day: date) -> Self:
        """In force that day, both ends included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def of(self, officer: Any) -> Self:
        return self.filter(officer=officer)

    def ended(self, day: date) -> Self:
        return self.filter(ends_on__lt=day)

    def search(self, words: str) -> Self:
        served = ("enterprise__name_key", "enterprise__pinyin", "project__name_key", "project__pinyin")
        return with_words(self, words, "officer__name", "officer__pinyin", *served, also=once_named)

    def for_list(self) -> Self:
        return self.select_related("officer__unit", "enterprise", "project")
