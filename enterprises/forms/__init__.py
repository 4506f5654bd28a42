from enterprises.forms.doubles import FormerNameForm, MergeForm, OtherFirmForm, WhyForm
from enterprises.forms.register import (
    EnterpriseForm,
    PairingEndForm,
    PairingForm,
    ProjectForm,
    choices_url,
)

__all__ = [
    "EnterpriseForm",
    "FormerNameForm",
    "MergeForm",
    "OtherFirmForm",
    "PairingEndForm",
    "PairingForm",
    "ProjectForm",
    "WhyForm",
    "choices_url",
]
