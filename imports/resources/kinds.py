"""The kinds of workbook, by the word the command and the address use."""

from imports.resources.activities import ActivityResource
from imports.resources.base import ImportResource
from imports.resources.cases import CaseResource
from imports.resources.enterprises import EnterpriseResource
from imports.resources.pairings import PairingResource
from imports.resources.projects import ProjectResource
from imports.resources.recommendations import RecommendationResource
from imports.resources.roster import RosterResource
from imports.resources.surveys import SurveyResource

RESOURCES: dict[str, ImportResource] = {
    cls.kind: cls()
    for cls in (
        EnterpriseResource,
        ProjectResource,
        RosterResource,
        PairingResource,
        SurveyResource,
        ActivityResource,
        CaseResource,
        RecommendationResource,
    )
}
