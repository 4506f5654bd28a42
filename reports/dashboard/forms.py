"""Making a 大屏."""

from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import Unit, User
from common.forms.fields import DateInput, StyledFormMixin
from common.idempotence import SubmissionFormMixin
from reports.dashboard.screens import NewScreen

USUAL = timedelta(days=365)


class ScreenForm(StyledFormMixin, SubmissionFormMixin, forms.Form):
    name = forms.CharField(
        label="挂在哪里", max_length=50, help_text="例如：指挥大厅", error_messages={"required": "请写明挂在哪里"}
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="范围",
        required=False,
        empty_label="全市",
        help_text="选一个单位的，只显示该单位的数字",
    )
    expires_on = forms.DateField(
        label="有效期至",
        widget=DateInput,
        error_messages={"required": "请填写日期", "invalid": "日期看不懂，请写成 2027-10-31 这样"},
    )

    def __init__(self, data: Any = None, *, user: User, today: date) -> None:
        super().__init__(data, initial={"expires_on": today + USUAL})
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        field.queryset = Unit.objects.visible_to(user).filter(is_active=True)
        self.style()

    def to_data(self) -> NewScreen:
        given = self.cleaned_data
        return NewScreen(given["name"], given["unit"], given["expires_on"])
