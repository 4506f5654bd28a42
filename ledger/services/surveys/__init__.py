"""征求意见调查表 typed by hand: what was typed (`typed`), registering (`recording`), putting it right (`changing`)."""

from ledger.services.surveys.changing import update_survey
from ledger.services.surveys.recording import SameSurveyError, record_survey
from ledger.services.surveys.rules import REQUESTED, may_change_survey
from ledger.services.surveys.typed import SurveyData

__all__ = ["REQUESTED", "SameSurveyError", "SurveyData", "may_change_survey", "record_survey", "update_survey"]
