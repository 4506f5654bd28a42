from datetime import date

import factory

from cases.models import (
    Campaign,
    CaseKind,
    CaseState,
    LegalCase,
    ProcuratorialRecommendation,
    TypicalCase,
)
from tests.factories.accounts import UnitFactory


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    name = factory.Sequence(lambda n: f"样例行动{n:03d}")
    starts_on = date(2023, 1, 1)


class CaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LegalCase

    class Params:
        closed = factory.Trait(state=CaseState.CLOSED, closed_on=date(2023, 5, 20))

    number = factory.Sequence(lambda n: f"（2023）湘0781民初{n:04d}号")
    kind = CaseKind.SALES_CONTRACT
    unit = factory.SubFactory(UnitFactory)
    filed_on = date(2023, 3, 1)


class RecommendationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProcuratorialRecommendation

    number = factory.Sequence(lambda n: f"津检建〔2023〕{n}号")
    unit = factory.SubFactory(UnitFactory)
    issued_on = date(2023, 5, 1)


class TypicalCaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TypicalCase

    title = factory.Sequence(lambda n: f"样例案例{n:03d}")
    unit = factory.SubFactory(UnitFactory)
    published_on = date(2023, 6, 1)
    channel = "样例频道"
