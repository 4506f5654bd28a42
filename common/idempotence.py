"""One form, one record: a hidden key made with the page, unique in the database."""

import uuid
from typing import Any

from django import forms
from django.db import models


class SubmissionKeyField(models.UUIDField):
    """The key of the form that made the row; a second post of the same form finds the row instead of making another."""

    # what the types of Django's fields go by
    _pyi_private_set_type: uuid.UUID | str | None  # type: ignore[assignment]  # always nullable
    _pyi_private_get_type: uuid.UUID | None  # type: ignore[assignment]  # the same

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, unique=True, editable=False)
        super().__init__(*args, **kwargs)


class SubmissionFormMixin(forms.Form):
    """Adds the hidden key. The view looks for a row with `form.submission` first, and saves with it."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("submission_key", uuid.uuid4())

    @property
    def submission(self) -> uuid.UUID | None:
        raw = self.data.get(self.add_prefix("submission_key")) if self.is_bound else None
        try:
            return uuid.UUID(raw) if raw else None
        except ValueError:
            return None
