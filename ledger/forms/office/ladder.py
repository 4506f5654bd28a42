from typing import Any

from django import forms

from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import ServiceFormMixin, StyledFormMixin
from ledger.models import AUDIENCES, LadderStep

WORDS = {"invalid": "要填整数", "required": "请填写工作日数"}


class StepForm(StyledFormMixin, ServiceFormMixin, VersionedFormMixin, forms.ModelForm):
    """One step of the ladder; the rules are in ledger.services.supervising.ladder_steps."""

    after_days = forms.IntegerField(
        label="逾期后第几个工作日",
        min_value=0,
        max_value=60,
        error_messages={**WORDS, "min_value": "不能是负数", "max_value": "最多 60 个工作日"},
        help_text="0 是变为逾期的当天，即期限后的第一个工作日",
    )
    answer_days = forms.IntegerField(
        label="督办单回复期限",
        initial=5,
        min_value=1,
        max_value=60,
        error_messages={**WORDS, "min_value": "至少 1 个工作日", "max_value": "最多 60 个工作日"},
    )
    use_required_attribute = False

    class Meta:
        model = LadderStep
        fields = ["after_days", *AUDIENCES, "issues_order", "answer_days", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()

    @property
    def audience_fields(self) -> list[Any]:
        return [self[name] for name in AUDIENCES]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in AUDIENCES):
            self.add_error(None, "请至少选择一种告知对象")
        return data
