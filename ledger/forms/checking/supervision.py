from datetime import date
from typing import Any

from django import forms

from accounts.kept.files import KeptFilesFormMixin
from common.forms.fields import DateInput, StyledFormMixin
from common.idempotence import SubmissionFormMixin
from ledger.forms.fields import CleanTextMixin, files, words


class OrderForm(CleanTextMixin, SubmissionFormMixin, StyledFormMixin, forms.Form):
    """What a leader demands and by when; the number is given when it is issued."""

    demand = words("督办要求", "请写明督办要求", rows=5, max_length=1000)
    deadline = forms.DateField(
        label="回复期限",
        widget=DateInput(),
        error_messages={"required": "请填写回复期限", "invalid": "回复期限不是有效日期，请重新选择"},
    )

    def __init__(self, *args: Any, likely: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"deadline": likely, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.style()


class ReplyForm(KeptFilesFormMixin, CleanTextMixin, StyledFormMixin, forms.Form):
    reply = words("回复", "请写明办理情况和下一步打算", rows=5, max_length=2000)
    files: Any = files("附件", "办理情况报告、函件、照片等，单个不超过 20 MB")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()


class VerdictForm(CleanTextMixin, StyledFormMixin, forms.Form):
    """What a leader says to an answer; sending it back needs words and a day."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    words = words("意见", rows=3, max_length=1000, help_text="退回重报的必须写明")
    deadline = forms.DateField(
        label="重报期限",
        required=False,
        widget=DateInput(),
        help_text="只在退回重报时用",
        error_messages={"invalid": "重报期限不是有效日期，请重新选择"},
    )

    def __init__(self, *args: Any, likely: date, number: int | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"deadline": likely, **kwargs.get("initial", {}), "number": number}
        super().__init__(*args, **kwargs)
        self.likely = likely
        self.style()

    @property
    def until(self) -> date:
        return self.cleaned_data["deadline"] or self.likely
