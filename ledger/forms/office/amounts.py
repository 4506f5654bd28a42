from typing import Any

from django import forms

from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import StyledFormMixin
from ledger.models import MoneyRule


class MoneyRuleForm(StyledFormMixin, VersionedFormMixin, forms.ModelForm):
    class Meta:
        model = MoneyRule
        fields = ["ask_from"]
        error_messages = {"ask_from": {"required": "请填写金额（元）"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()
