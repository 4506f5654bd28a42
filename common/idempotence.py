"""One form, one record: a hidden key made with the page, unique in the database.

The same person's same form sent again with the same content is a repeat and finds the record it has made. With another
content it is asked about: what was saved and what came now are shown side by side, and the person keeps the one,
changes it, or saves another. A colleague's key (one phone, two people) is as good as unused: keys are each person's.

    except AlreadySavedError as error:
        form.show_saved(error.stored, see=…, change=…)

then renders the form again with `{% include "components/saved_before.html" %}` above its fields.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db import models

from common.forms.conflicts import ComparedFormMixin, Difference

M = TypeVar("M", bound=models.Model)


class SubmissionKeyField(models.UUIDField):
    """The key of the form that made the row; a second post of the same form finds the row instead of making another."""

    # what the types of Django's fields go by
    _pyi_private_set_type: uuid.UUID | str | None  # type: ignore[assignment]  # always nullable
    _pyi_private_get_type: uuid.UUID | None  # type: ignore[assignment]  # the same

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, unique=True, editable=False)
        super().__init__(*args, **kwargs)


class AlreadySavedError(Exception):
    """The form has made `stored` already, and what came now is something else; nothing is written."""

    def __init__(self, stored: Any) -> None:
        super().__init__(f"已保存过：{stored}。这次填的与那次不同，还没有保存")
        self.stored = stored


def own_key(person: Any, submission: uuid.UUID | str | None) -> uuid.UUID | None:
    """The key of a person's form as it is stored: nobody else's form can have the same."""
    if submission is None or person is None:
        return uuid.UUID(str(submission)) if submission else None
    return uuid.uuid5(uuid.UUID(str(submission)), str(person.pk))


def saved_before(model: type[M], person: Any, submission: uuid.UUID | str | None) -> M | None:
    """The record that this person's form with this key has made."""
    key = own_key(person, submission)
    return model._base_manager.filter(submission=key).first() if key else None


def repeat_words(before: models.Model | None, now: models.Model) -> str:
    """What a form that had made `before` is told when it comes again; nothing when it came for the first time."""
    if before is None:
        return ""
    if getattr(before, "version", 1) == getattr(now, "version", 1):
        return f"已保存过：{now}，没有重复登记；要再记一条，请另开一张表单"
    return f"已保存过：{now}；这次补充的也存进去了，没有另记一条"


def differing(stored: Any, given: Mapping[str, Any]) -> set[str]:
    """Which columns of a record differ from what came: blank is blank, rows are told by their keys."""
    return {name for name, value in given.items() if plain(getattr(stored, name)) != plain(value)}


def plain(value: Any) -> Any:
    match value:
        case None | "":
            return None
        case str():
            return "\n".join(value.strip().splitlines())
        case models.Model():
            return value.pk
        case models.Manager() | models.QuerySet() | list() | tuple():
            rows = value.all() if hasattr(value, "all") else value
            return {plain(row) for row in rows} or None
        case _:
            return value


def only_adds(stored: Any, given: Any) -> bool:
    """Whether nothing of what is stored would be lost: nothing was there, or the text goes on, or the rows are more."""
    before, now = plain(stored), plain(given)
    if before is None or before == now:
        return True
    if isinstance(before, str) and isinstance(now, str):
        return now.startswith(before)
    return isinstance(before, set) and isinstance(now, set) and before <= now


@dataclass(frozen=True)
class SavedBefore:
    """What a form has saved, for the page that asks: the record, where it is seen and changed, what came now."""

    record: models.Model
    see: str
    change: str
    differences: list[Difference]


class SubmissionFormMixin(ComparedFormMixin):
    """Adds the hidden key. The service looks for a row with `form.submission` first, and saves with it."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.saved: SavedBefore | None = None
        self.initial.setdefault("submission_key", uuid.uuid4())
        if self.is_bound and self.data.get("another_key"):  # 另存为一条, chosen on the page that asked
            self.put("submission_key", self.data["another_key"])

    @property
    def submission(self) -> uuid.UUID | None:
        raw = self.data.get(self.add_prefix("submission_key")) if self.is_bound else None
        try:
            return uuid.UUID(raw) if raw else None
        except ValueError:
            return None

    @property
    def another_key(self) -> uuid.UUID:
        """A key for another record of the same content, made with the page that asks."""
        return uuid.uuid4()

    def show_saved(self, stored: models.Model, *, see: str, change: str = "") -> None:
        """Keeps what was typed and lists where it differs from what the form has saved before.

        `see` is the address of the record; `change` of its edit form, to which the same fields can be sent.
        """
        self.saved = SavedBefore(stored, see, change, [*self.differences(stored), *self.more_files(stored)])
        self.put("version", str(getattr(stored, "version", "")))

    def more_files(self, stored: Any) -> list[Difference]:
        """Files that came now and are not with the record."""
        if not hasattr(stored, "attachments"):
            return []
        kept = dict(stored.attachments.values_list("sha256", "name"))
        fields = {name: field for name, field in self.fields.items() if isinstance(field, forms.FileField)}
        came = {name: [file.name for file in self.cleaned_data.get(name) or [] if file.sha256 not in kept]
                for name in fields}  # fmt: skip
        had = "、".join(kept.values()) or "（没有文件）"
        return [Difference(str(fields[name].label), had, "、".join(names)) for name, names in came.items() if names]

    def put(self, name: str, value: str) -> None:
        data = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix(name)] = value
        self.data = data
