from typing import Self

from django.db.models import Q

from accounts.scope import OfficeWideQuerySet, ScopedQuerySet
from common.periods import Period


class LegalCaseQuerySet(ScopedQuerySet):
    def filed_in(self, period: Period) -> Self:
        return self.filter(filed_on__gte=period.start, filed_on__lt=period.next_start)

    def closed_in(self, period: Period) -> Self:
        return self.filter(closed_on__gte=period.start, closed_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            named = self.model.enterprises.through.objects.filter(enterprise__name__icontains=word).values("legalcase")
            found = found.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(pk__in=named))
        return found


class RecommendationQuerySet(ScopedQuerySet):
    def issued_in(self, period: Period) -> Self:
        return self.filter(issued_on__gte=period.start, issued_on__lt=period.next_start)


class TypicalCaseQuerySet(OfficeWideQuerySet):
    """Published, so the whole office may read them."""

    def published_in(self, period: Period) -> Self:
        return self.filter(published_on__gte=period.start, published_on__lt=period.next_start)
