from typing import Any

from django import forms

from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import StyledFormMixin, words_field
from ledger.forms.fields import CleanTextMixin, words
from ledger.models import RecheckRule, Verdict


class VerdictForm(CleanTextMixin, StyledFormMixin, forms.Form):
    """What the re-checker found; the hidden version is that of the entry that was looked at."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=999_999_999)
    verdict = forms.ChoiceField(
        label="结论",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择属实或不属实", "invalid_choice": "请选择属实或不属实"},
    )
    words = words("复核情况", "请写明查了什么、依据是什么", rows=4, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()


class RecheckRuleForm(StyledFormMixin, VersionedFormMixin, forms.ModelForm):
    class Meta:
        model = RecheckRule
        fields = ["percent", "every"]
        widgets = {"every": forms.RadioSelect}
        error_messages = {
            "percent": {
                "required": "请填写抽查比例",
                "invalid": "抽查比例要填整数",
                "min_value": "抽查比例至少 1%%",
                "max_value": "抽查比例最多 100%%",
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = words_field(self.fields, "every")
        every.choices = every.choices
        self.style()
