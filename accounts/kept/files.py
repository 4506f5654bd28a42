"""Keeping what was chosen until the form is saved: after a refused save, and over a new sign-in.

A browser never sends a chosen file twice by itself. So the good ones are kept on the server, bound to person and form,
shown in the form with an ×, and given to the service with what is chosen anew. They go when the form is saved, when
it is emptied, and after a week.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.kept.models import DraftFile
from accounts.models import User
from common.files import check_upload, store, with_files
from common.sent.numbers import whole_number

MOST_FILES, MOST_BYTES = 20, 100 * 1024 * 1024  # of one form; of one person
KEPT_FOR = timedelta(days=7)
KEPT = "kept_file"  # the ids that a page still shows, each beside its ×


@with_files()
def keep(owner: User, key: str, field: str, uploads: Iterable[Any], *, waiting: bool = False) -> list[DraftFile]:
    """Keeps the uploads that may be kept; one that is kept already, byte for byte, is not kept again."""
    kept: list[DraftFile] = []
    mine = DraftFile.objects.filter(owner=owner)
    for upload in uploads:
        try:
            checked = check_upload(upload)
        except ValidationError:
            continue  # the form says what is wrong with it
        of_form = mine.filter(key=key)
        full = of_form.count() >= MOST_FILES or sum(mine.values_list("size", flat=True)) + checked.size > MOST_BYTES
        if full or of_form.filter(field=field, sha256=checked.sha256, is_waiting=waiting).exists():
            continue
        row = DraftFile(owner=owner, key=key, field=field, is_waiting=waiting, name=checked.name, size=checked.size,
                        sha256=checked.sha256, content_type=checked.content_type)  # fmt: skip
        store(row.file, checked.name, checked.file)
        row.save()
        kept.append(row)
    return kept


def drop(rows: Iterable[DraftFile]) -> None:
    """Deletes rows, and their bytes once that is certain."""
    for row in rows:
        storage, name = row.file.storage, str(row.file.name)
        row.delete()
        transaction.on_commit(partial(storage.delete, name), robust=True)


def prune(now: datetime) -> int:
    """Deletes what nobody has come back for; a thousand at a time."""
    old = list(DraftFile.objects.filter(created_at__lt=now - KEPT_FOR)[:1000])
    drop(old)
    return len(old)


class KeptFiles:
    """The kept files of one person's form, as a page shows them."""

    def __init__(self, request: Any, key: str) -> None:
        self.user, self.key, self.request = request.user, key, request
        rows = DraftFile.objects.visible_to(self.user)
        if request.method == "POST":
            shown = [pk for pk in map(whole_number, request.POST.getlist(KEPT)) if pk is not None]
            self.rows = list(rows.filter(pk__in=shown))
        else:
            self.rows = list(rows.filter(key=key))

    def by_field(self) -> dict[str, list[DraftFile]]:
        found: dict[str, list[DraftFile]] = defaultdict(list)
        for row in self.rows:
            found[row.field].append(row)
        return dict(found)

    def take_in(self, form: forms.Form) -> None:
        """After a refused save: keeps what was chosen; what was crossed out on the page is dropped."""
        shown = {row.pk for row in self.rows}
        drop(DraftFile.objects.visible_to(self.user).filter(key=self.key).exclude(pk__in=shown))
        for name, field in form.fields.items():
            if isinstance(field, forms.FileField):
                uploads = self.request.FILES.getlist(form.add_prefix(name))
                self.rows += keep(self.user, self.key, name, uploads)


class KeptFilesFormMixin(forms.Form):
    """File fields that also hold what is kept of them; the view gives `kept` and, where it shows the form again, calls
    `keep_files`."""

    def __init__(self, *args: Any, kept: KeptFiles | None = None, **kwargs: Any) -> None:
        self.kept = kept  # before the fields are bound: a bound field looks up its initial value once
        checked = {name: [row.checked for row in rows] for name, rows in self.kept_files.items()}
        kwargs["initial"] = {**(kwargs.get("initial") or {}), **checked}
        super().__init__(*args, **kwargs)

    @property
    def kept_files(self) -> dict[str, list[DraftFile]]:
        """What is kept, by field, for the page."""
        return self.kept.by_field() if self.kept else {}

    def keep_files(self) -> None:
        if self.kept and self.is_bound:
            self.kept.take_in(self)
