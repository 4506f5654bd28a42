from typing import Self

from django.apps import apps
from django.db.models import Q

from accounts.rights.scope import OfficeWideQuerySet, ScopedQuerySet
from common.periods import AnyPeriod
from common.sent.seeking import with_words
from enterprises.querysets import once_named


class LegalCaseQuerySet(ScopedQuerySet):
    def filed_in(self, period: AnyPeriod) -> Self:
        return self.filter(filed_on__gte=period.start, filed_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        found = self
        parties = apps.get_model("cases", "LegalCase").enterprises.through.objects
        for word in words.split():
            columns = ("enterprise__name_key", "enterprise__pinyin")
            named = with_words(parties.all(), word, *columns, also=once_named).values("legalcase")
            written = Q(number__holds=word) | Q(title__holds=word) | Q(party_names__holds=word)
            found = found.filter(written | Q(pk__in=named))
        return found


class RecommendationQuerySet(ScopedQuerySet):
    def issued_in(self, period: AnyPeriod) -> Self:
        return self.filter(issued_on__gte=period.start, issued_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        return with_words(self, words, "number", "subject", "addressee", "case__number")


class TypicalCaseQuerySet(OfficeWideQuerySet):
    """Published, so the whole office may read them."""

    def published_in(self, period: AnyPeriod) -> Self:
        return self.filter(published_on__gte=period.start, published_on__lt=period.next_start)

    def search(self, words: str) -> Self:
        return with_words(self, words, "title", "channel", "summary")
