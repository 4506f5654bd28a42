"""The requests of a survey row on a preview, joined into one and taken apart again by a click."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from imports.errors import ImportRefusedError
from imports.models import ImportBatch, ImportRow
from imports.pages.correcting import MATCH, change, keep, own, row_of
from imports.resources.surveys_requests import ITEMS, WHOLE
from imports.tables.adjust import Place


@transaction.atomic
def join(batch: ImportBatch, place: Place, *, joined: bool, actor: User, at: datetime) -> ImportRow:
    """All requests of the row become one entry in the words of the cell, or each its own again.

    Raises:
        ImportRefusedError: the row has not several requests (any more), or the batch is not waiting any more.
    """
    change(batch, actor)
    row = row_of(batch, place)
    parts = row.values.get("parts")
    if not parts:
        raise ImportRefusedError("这一行的诉求已经变了，请刷新后查看")
    for name in ("by", "at"):
        parts.pop(name, None)
    if joined or parts["asked"]:
        value = {"to": WHOLE if joined else ITEMS, "name": "问题诉求", "all": False}
        parts |= keep(row, MATCH, parts["key"], value, actor, at)
    else:  # as it is without anybody's word
        own(row, MATCH, parts["key"]).delete()
    parts["joined"] = joined
    row.values["checking"] = True
    row.save(update_fields=["values"])
    return row
