from typing import Any

from django import forms

from common.forms.fields import StyledFormMixin
from ledger.forms import fields
from ledger.forms.fields import CleanTextMixin
from ledger.models import Rating


class AnswerForm(CleanTextMixin, StyledFormMixin, forms.Form):
    """What an enterprise says of how its problem was handled; the rules are the service's."""

    rating = forms.ChoiceField(
        label="问题解决了吗",
        choices=Rating.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择满意、基本满意或不满意",
            "invalid_choice": "请选择满意、基本满意或不满意",
        },
    )
    words = fields.words("您想说的", rows=4, max_length=1000, help_text="不满意的，请写一句哪里没有解决")
    name = fields.words("您的姓名或职务", max_length=50, help_text="可以不填")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].widget.attrs["placeholder"] = "例如：货款已收到第一期，还差两期"
        self.style()
