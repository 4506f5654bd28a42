"""Keeping files: bytes to storage under a random name, the row in the caller's transaction; undone, both go."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from cases.models import LegalCase
from common.files import CheckedFile, store, with_files
from ledger.models import Attachment
from ledger.services.errors import LedgerError


@with_files()
def attach(files: Iterable[CheckedFile], *, by: User | None, **subject: Any) -> list[Attachment]:
    """Keeps checked files with an `entry` (and its `event`), an `activity` or a `case`; services do it `with_files`.

    All bytes are written before the first row: no row points at a missing file, and an orphan is at worst a crash's
    (`manage.py verify` lists them).
    """
    kept: list[Attachment] = []
    for checked in files:
        attachment = Attachment(
            name=checked.name,
            size=checked.size,
            sha256=checked.sha256,
            content_type=checked.content_type,
            uploaded_by=by,
            **subject,
        )
        store(attachment.file, checked.name, checked.file)
        kept.append(attachment)
    for attachment in kept:
        attachment.save()
    return kept


def unknown(subject: Any, files: Iterable[CheckedFile]) -> list[CheckedFile]:
    """The files that are not with the subject yet, byte for byte."""
    known = set(subject.attachments.values_list("sha256", flat=True))
    return [file for file in files if file.sha256 not in known]


@with_files()
def keep_with_case(case: LegalCase, files: Iterable[CheckedFile], *, by: User) -> list[Attachment]:
    """Keeps files with a case; one that is there already, byte for byte, is not kept again (a second click, too)."""
    LegalCase.objects.select_for_update().get(pk=case.pk)
    return attach(unknown(case, files), by=by, case=case)


def remove(attachment: Attachment) -> None:
    """Deletes the row, and the bytes once that is certain.

    Raises:
        LedgerError: it came with an event of the ledger; the record keeps what it was decided on.
    """
    if attachment.event_id:
        raise LedgerError(f"“{attachment.name}”是台账事件的材料，已留档，不能删除")
    storage, name = attachment.file.storage, str(attachment.file.name)
    attachment.delete()
    transaction.on_commit(partial(delete_unused, storage, name), robust=True)


def delete_unused(storage: Any, name: str) -> None:
    """Deletes bytes that no attachment points at any more: merged and split entries share theirs."""
    if not Attachment.objects.filter(file=name).exists():
        storage.delete(name)
