from datetime import date
from typing import Any, Self

from django.db.models import Q

from accounts.scope import OfficeWideQuerySet, ScopedQuerySet
from common.text import name_key


class SearchableQuerySet(OfficeWideQuerySet):
    """Search by Chinese words, pinyin initials or full pinyin."""

    extra_search: tuple[str, ...] = ()

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            rule = Q(name__icontains=word) | Q(pinyin__contains=word.casefold())
            for lookup in self.extra_search:
                rule |= Q(**{lookup: word.upper()})
            found = found.filter(rule)
        return found


class EnterpriseQuerySet(SearchableQuerySet):
    extra_search = ("uscc__startswith",)

    def named(self, name: str) -> Self:
        return self.filter(name_key=name_key(name))


class KeyProjectQuerySet(SearchableQuerySet):
    extra_search = ("number",)


class PairingQuerySet(ScopedQuerySet):
    """Who serves whom is known to the whole office: it is on the door of every enterprise."""

    office_wide = True

    def on(self, day: date) -> Self:
        """In force that day, both ends included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def of(self, officer: Any) -> Self:
        return self.filter(officer=officer)
