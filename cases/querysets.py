from typing import Self

from django.apps import apps
from django.db.models import Q

from accounts.scope import OfficeWideQuerySet, ScopedQuerySet
from common.periods import AnyPeriod

# Brackets of a 案号 are full-width, whichever a keyboard gives.
BRACKETS = str.maketrans("()", "（）")


class LegalCaseQuerySet(ScopedQuerySet):
    def filed_in(self, period: AnyPeriod) -> Self:
        return self.filter(filed_on__gte=period.start, filed_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        found = self
        parties = apps.get_model("cases", "LegalCase").enterprises.through.objects
        for word in words.split():
            named = parties.filter(
                Q(enterprise__name__icontains=word) | Q(enterprise__pinyin__contains=word.casefold())
            ).values("legalcase")
            found = found.filter(
                Q(number__icontains=word)
                | Q(number__icontains=word.translate(BRACKETS))
                | Q(title__icontains=word)
                | Q(party_names__icontains=word)
                | Q(pk__in=named)
            )
        return found


class RecommendationQuerySet(ScopedQuerySet):
    def issued_in(self, period: AnyPeriod) -> Self:
        return self.filter(issued_on__gte=period.start, issued_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(number__icontains=word)
                | Q(subject__icontains=word)
                | Q(addressee__icontains=word)
                | Q(case__number__icontains=word.translate(BRACKETS))
            )
        return found


class TypicalCaseQuerySet(OfficeWideQuerySet):
    """Published, so the whole office may read them."""

    def published_in(self, period: AnyPeriod) -> Self:
        return self.filter(published_on__gte=period.start, published_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(Q(title__icontains=word) | Q(channel__icontains=word) | Q(summary__icontains=word))
        return found
