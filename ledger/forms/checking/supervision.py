from datetime import date
from typing import Any

from django import forms

from common.forms.fields import DateInput, StyledFormMixin
from common.idempotence import SubmissionFormMixin
from ledger.forms.fields import CleanTextMixin, words


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


class ReplyForm(CleanTextMixin, StyledFormMixin, forms.Form):
    reply = words("回复", "请写明办理情况和下一步打算", rows=5, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()
