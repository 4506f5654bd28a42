"""Keeping files: bytes to storage under a random name, the row in the caller's transaction."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from cases.models import LegalCase
from common.files import CheckedFile
from ledger.models import Attachment
from ledger.services.errors import LedgerError


def attach(files: Iterable[CheckedFile], *, by: User | None, **subject: Any) -> list[Attachment]:
    """Keeps checked files with an `entry` (and its `event`), an `activity` or a `case`.

    All bytes are written before the first row; if any of it fails, all of them are removed: no row points at a
    missing file, and callers attach last, so that an orphan is at worst a crash's.
    """
    kept: list[Attachment] = []
    try:
        for checked in files:
            attachment = Attachment(
                name=checked.name,
                size=checked.size,
                sha256=checked.sha256,
                content_type=checked.content_type,
                uploaded_by=by,
                **subject,
            )
            attachment.file.save(checked.name, checked.file, save=False)
            kept.append(attachment)
        with transaction.atomic():
            for attachment in kept:
                attachment.save()
    except Exception:
        for attachment in kept:
            if attachment.file.name:
                attachment.file.storage.delete(attachment.file.name)
        raise
    return kept


@transaction.atomic
def keep_with_case(case: LegalCase, files: Iterable[CheckedFile], *, by: User) -> list[Attachment]:
    """Keeps files with a case; one that is there already, byte for byte, is not kept again (a second click, too)."""
    LegalCase.objects.select_for_update().get(pk=case.pk)
    known = set(case.attachments.values_list("sha256", flat=True))
    return attach([file for file in files if file.sha256 not in known], by=by, case=case)


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
