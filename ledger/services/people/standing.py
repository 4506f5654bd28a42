"""Those named in a move as they are stored now, held until it is done: nobody who has just left is given work.

Whoever closes an account, moves a person or switches a unit off holds its row as well (`accounts.services.held`), so
that the two come one after the other: either the work is counted there, or the person is refused here.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from accounts.models import Unit, User
from common.rows.database import share_rows
from ledger.moves.data import MoveData


def as_they_stand(data: MoveData) -> MoveData:
    """The same move with its people and units read anew."""
    units = fresh(Unit.objects.all(), [data.lead_unit, *data.supporting_units])
    people = fresh(User.objects.select_related("unit"), [data.handler, data.registrar, data.supporter])
    if not units and not people:
        return data
    return replace(
        data,
        lead_unit=data.lead_unit and units.get(data.lead_unit.pk),
        supporting_units=[units[unit.pk] for unit in data.supporting_units if unit.pk in units],
        handler=data.handler and people.get(data.handler.pk),
        registrar=data.registrar and people.get(data.registrar.pk),
        supporter=data.supporter and people.get(data.supporter.pk),
    )


def fresh(rows: QuerySet[Any], given: Iterable[Any]) -> dict[int, Any]:
    keys = sorted({row.pk for row in given if row is not None})
    if not keys:
        return {}
    share_rows(rows.model, keys)
    return rows.in_bulk(keys)
