"""Over which entries a rate is told: this year's ledger, which the target judges, or all there ever were.

Source: docs/domain.md, “两率”. Both are always named. Of a day, an entry belongs to one of three cohorts of that day's
year; the two populations are made of these, so that one count gives both.
"""

from django.db.models import TextChoices

from ledger.states import EntryState


class Cohort(TextChoices):
    """How an entry came into the ledger of a year."""

    NEW = "new", "本年登记"
    CARRIED = "carried", "历年结转"  # registered before, unresolved on 1 January
    SETTLED = "settled", "往年已了结"  # registered before; resolved, rejected or a duplicate on 1 January


class Population(TextChoices):
    YEAR = "year", "本年度台账"
    ALL = "all", "累计"

    @property
    def cohorts(self) -> frozenset[Cohort]:
        return COHORTS[self]

    @property
    def meaning(self) -> str:
        """What it holds, in a sentence."""
        return MEANINGS[self]

    @classmethod
    def read(cls, word: str) -> "Population":
        """That of an address; this year's ledger where it names none."""
        return cls(word) if word in cls.values else cls.YEAR


COHORTS = {
    Population.YEAR: frozenset({Cohort.NEW, Cohort.CARRIED}),
    Population.ALL: frozenset(Cohort),
}
MEANINGS = {
    Population.YEAR: "当年1月1日尚未化解的问题（历年结转）加上当年登记的问题（本年登记），85%的目标按它考核",
    Population.ALL: "截至当日登记的全部问题，不分年度",
}


def at_new_year(state: str) -> Cohort:
    """Into which cohort of the new year an entry goes that was in a state when the old one ended."""
    return Cohort.CARRIED if state in EntryState.OPEN else Cohort.SETTLED
