"""Fields several forms share: choosing one of many without sending them all, files, clean text."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from common.text import clean
from common.uploads import ManyFilesField, ManyFilesInput

PICTURES = ".jpg,.jpeg,.png,.webp,.pdf,.doc,.docx,.xls,.xlsx"


class RemoteSelect(forms.Select):
    """A Tom Select that asks `data-url` as people type; the page carries only what is chosen and a few likely ones.

    `likely` gives those few, so that the form works without scripts too.
    """

    def __init__(self, *, url: Any = None, likely: Callable[[], Iterable[Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.likely = likely or (lambda: ())
        self.attrs |= {"data-choose": "1", **({} if url is None else {"data-url": url})}

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        rows = self.choices.queryset  # type: ignore[union-attr]
        label = self.choices.field.label_from_instance  # type: ignore[union-attr]
        asked = [pk for pk in value if str(pk).isdigit()]
        shown = {row.pk: row for row in (rows.filter(pk__in=asked) if asked else ())}
        shown |= {row.pk: row for row in self.likely()}
        options = [(str(pk), label(row)) for pk, row in shown.items()]
        return [
            (None, [self.create_option(name, key, text, key in value, index)], index)
            for index, (key, text) in enumerate([("", self.attrs.get("placeholder", "")), *options])
        ]


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
    widget = ManyFilesInput(attrs={"multiple": True, "accept": PICTURES, "hx-preserve": "true"})
    return ManyFilesField(label=label, required=False, widget=widget, help_text=help_text)


class CleanTextMixin:
    """Text arrives without control characters and outer blanks."""

    def clean(self: Any) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data  # type: ignore[misc]
        return {name: clean(value) if isinstance(value, str) else value for name, value in data.items()}
