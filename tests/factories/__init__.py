"""Boring factories, one a model. People and firms are made up: 干警0001, 津市样例…."""

from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.cases import (
    CampaignFactory,
    CaseFactory,
    RecommendationFactory,
    TypicalCaseFactory,
)
from tests.factories.enterprises import EnterpriseFactory, KeyProjectFactory, PairingFactory
from tests.factories.ledger import (
    ActivityFactory,
    EntryFactory,
    RecoveryFactory,
    SurveyFormFactory,
    move,
)

__all__ = [
    "ActivityFactory",
    "CampaignFactory",
    "CaseFactory",
    "EnterpriseFactory",
    "EntryFactory",
    "KeyProjectFactory",
    "PairingFactory",
    "RecommendationFactory",
    "RecoveryFactory",
    "SurveyFormFactory",
    "TypicalCaseFactory",
    "UnitFactory",
    "UserFactory",
    "move",
]
