"""Two people edit one record: the second is shown both texts and loses nothing.

A form takes `VersionedFormMixin`, a service saves through `save_version`, and the view does

    except StaleVersionError:
        form.show_conflict(Model.objects.get(pk=form.instance.pk))

then renders the form again with `{% include "components/conflict.html" %}` above its fields.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models, transaction
from django.db.models import F

from common.audit import last_editor
from common.forms.fields import overwrite
from common.sent.numbers import whole_number

SOMEBODY = "另一位同事"  # a change by nobody's hand, or by one the trail does not name


class StaleVersionError(Exception):
    """The record was saved by someone else since the form was opened."""


@dataclass(frozen=True)
class Difference:
    """One field on which the two disagree, in words."""

    label: str
    stored: str
    typed: str


@transaction.atomic
def save_version(instance: Any, version: int | None) -> None:
    """Saves an edited record if it still is the version the person opened; `version` grows by one.

    Raises:
        StaleVersionError: someone saved it in between; nothing is written.
    """
    rows = type(instance)._default_manager.filter(pk=instance.pk, version=version)
    if rows.update(version=F("version") + 1) != 1:
        raise StaleVersionError
    instance.version = (version or 0) + 1
    instance.save()


@transaction.atomic
def write_fields(rows: models.QuerySet[Any], **fields: Any) -> int:
    """Gives these rows, which each have a version, the values (by column) that they lack; returns how many changed.

    Each is held before it is read, and nothing else of it is written: what a colleague saves meanwhile stays. In the
    order of their keys, so that two who do this never wait for each other.
    """
    changed = 0
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        if any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            row.version += 1
            row.save(update_fields=[*fields, "version"])
            changed += 1
    return changed


def posted_version(data: Any, name: str = "version") -> int | None:
    """The version of the page that a form or a button was on; None where it says none that can be."""
    return whole_number(data.get(name))


class ComparedFormMixin(forms.Form):
    """Tells in words where what was typed differs from a stored record: field by field, and none left out.

    A field that is no column of the record needs its `stored_value`; one that is no part of the record at all
    (a tick that answers a question) is named in `uncompared`. Files are not compared.
    """

    uncompared: frozenset[str] = frozenset({"correction_reason"})

    def differences(self, stored: models.Model) -> list[Difference]:
        return [found for name in self.compared if (found := self.difference(name, stored)) is not None]

    @property
    def compared(self) -> list[str]:
        """The names of the fields that both texts have."""
        names = [bound.name for bound in self.visible_fields() if bound.name not in self.uncompared]
        return [name for name in names if not isinstance(self.fields[name], forms.FileField)]

    def difference(self, name: str, stored: models.Model) -> Difference | None:
        if name not in self.cleaned_data:
            return None
        choices = dict(getattr(self.fields[name], "choices", []) or []) if self.has_plain_choices(name) else {}
        values = self.stored_value(name, stored), self.cleaned_data[name]
        theirs, ours = (in_words(value, choices) for value in values)
        return Difference(str(self.fields[name].label or name), theirs, ours) if theirs != ours else None

    def stored_value(self, name: str, stored: models.Model) -> Any:
        """What the record holds of a field, as `cleaned_data` would have it."""
        return getattr(stored, name)

    def has_plain_choices(self, name: str) -> bool:
        field = self.fields[name]
        return isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)


class VersionedFormMixin(ComparedFormMixin):
    """Adds the hidden version and, after a conflict, `conflicts` and `conflict_by` for the page."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: list[Difference] = []
        self.conflict_by = ""
        self.initial.setdefault("version", getattr(getattr(self, "instance", None), "version", None))

    @property
    def posted_version(self) -> int | None:
        return posted_version(self.data, self.add_prefix("version")) if self.is_bound else None

    def show_conflict(self, stored: Any) -> None:
        """Keeps what was typed, lists where it differs, and lets the next save count for the stored version."""
        self.conflicts = self.differences(stored)
        self.conflict_by = last_editor(stored) or SOMEBODY
        overwrite(self, {self.add_prefix("version"): str(stored.version)})


def in_words(value: Any, choices: dict[Any, Any]) -> str:
    """A field's value as a person would read it."""
    match value:
        case None | "":
            return "（空）"
        case bool():
            return "是" if value else "否"
        case Decimal() | float():
            return f"{value:,.2f}"
        case date():
            return f"{value:%Y-%m-%d}"
        case models.Manager() | models.QuerySet() | list() | tuple():
            rows = value.all() if hasattr(value, "all") else value
            return "、".join(sorted(str(row) for row in rows)) or "（空）"
        case _:
            return str(choices.get(value, value))


__all__ = [
    "ComparedFormMixin",
    "Difference",
    "StaleVersionError",
    "VersionedFormMixin",
    "posted_version",
    "save_version",
    "write_fields",
]
