from tests.access import ADMIN, COORDINATOR, STAFF, WORKING, Access
from tests.factories import CampaignFactory, CaseFactory, RecommendationFactory, TypicalCaseFactory

EDITORS = frozenset({STAFF, COORDINATOR, ADMIN})


def case(unit):
    return {"pk": CaseFactory(unit=unit).pk}


def recommendation(unit):
    return {"pk": RecommendationFactory(unit=unit).pk}


def typical(unit):
    return {"pk": TypicalCaseFactory(unit=unit).pk}


def campaign(unit):
    return {"pk": CampaignFactory(lead_unit=unit).pk}


TABLE: dict[str, Access] = {
    "cases:case-list": Access(WORKING),
    "cases:case-export": Access(WORKING),
    "cases:case-choices": Access(WORKING),
    "cases:case-create": Access(EDITORS),
    "cases:case-detail": Access(WORKING, case, scoped=True),
    "cases:case-edit": Access(EDITORS, case, scoped=True),
    "cases:recommendation-list": Access(WORKING),
    "cases:recommendation-export": Access(WORKING),
    "cases:recommendation-create": Access(EDITORS),
    "cases:recommendation-edit": Access(EDITORS, recommendation, scoped=True),
    "cases:typical-list": Access(WORKING),
    "cases:typical-export": Access(WORKING),
    "cases:typical-create": Access(EDITORS),
    "cases:typical-detail": Access(WORKING, typical),
    "cases:typical-edit": Access(EDITORS, typical, scoped=True),
    "cases:campaign-list": Access(WORKING),
    "cases:campaign-detail": Access(WORKING, campaign),
    "cases:campaign-create": Access({ADMIN}),
    "cases:campaign-edit": Access({ADMIN}, campaign),
}
