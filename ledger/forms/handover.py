"""What is typed to hand over somebody's work."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from common.forms.fields import PersonSelect, StyledFormMixin, rows_field
from ledger.forms.fields import CleanTextMixin, name_people
from ledger.services.handover import people_of


class HandoverForm(CleanTextMixin, StyledFormMixin, forms.Form):
    use_required_attribute = False

    to = forms.ModelChoiceField(
        User.objects.none(), label="交给谁", required=False, empty_label="请选择接手的人", widget=PersonSelect()
    )
    reason = forms.CharField(
        label="交接的原因",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "如：岗位调整，由某某接手"}),
        error_messages={"required": "请写明交接的原因，如岗位调整、调离"},
    )

    def __init__(self, *args: Any, user: User, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(user).working().exclude(pk=person.pk).select_related("unit")
        to = rows_field(self.fields, "to")
        to.queryset = people.order_by("unit__order", "username")
        name_people(to)
        self.style()

    @property
    def picked(self) -> list[str]:
        return self.data.getlist("picked") if isinstance(self.data, MultiValueDict) else []

    def clean(self) -> dict[str, Any]:
        if not self.picked:
            raise forms.ValidationError("请勾选要交接的事项")
        return super().clean() or self.cleaned_data
