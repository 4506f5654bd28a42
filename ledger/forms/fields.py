"""Fields several forms share: choosing one of many without sending them all, files, clean text."""

from collections.abc import Callable
from typing import Any

from django import forms

from accounts.models import User
from common.forms.fields import RemoteSelect
from common.forms.uploads import ManyFilesField, ManyFilesInput
from common.text import clean

PICTURES = ".jpg,.jpeg,.png,.webp,.pdf,.doc,.docx,.xls,.xlsx"


class RemoteChoiceField(forms.ModelChoiceField):
    """One row of a scoped queryset, found as people type."""

    def __init__(self, queryset: Any, *, label_by: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.label_by = label_by
        kwargs.setdefault("widget", RemoteSelect())
        kwargs.setdefault("error_messages", {"invalid_choice": "没有这一条，或不在您的范围内，请重新选择"})
        super().__init__(queryset, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return self.label_by(obj)


def words(label: str, missing: str = "", *, rows: int = 0, **kwargs: Any) -> forms.CharField:
    if rows:
        kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
    if missing:
        kwargs["error_messages"] = {"required": missing}
    return forms.CharField(label=label, required=bool(missing), **kwargs)


def files(label: str, help_text: str) -> ManyFilesField:
    widget = ManyFilesInput(attrs={"multiple": True, "accept": PICTURES})
    return ManyFilesField(label=label, required=False, widget=widget, help_text=help_text)


def name_people(field: forms.ModelChoiceField) -> None:
    """Each person to choose from stands there with the unit."""
    field.label_from_instance = person_at_unit  # type: ignore[assignment, method-assign]  # Django's way


def person_at_unit(person: User) -> str:
    return f"{person.name}（{person.unit or '未定单位'}）"


class CleanTextMixin:
    """Text arrives without control characters and outer blanks."""

    def clean(self: Any) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data  # type: ignore[misc]  # of the form it stands beside
        return {name: clean(value) if isinstance(value, str) else value for name, value in data.items()}
