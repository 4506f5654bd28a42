"""曾用名 that renames leave: by which a firm is still found once it has another name."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from common.audit import note_added
from common.text import name_key
from enterprises.models import Enterprise, FormerName, NameOrigin

Renamed = tuple[Enterprise, str]  # the firm as it is now, and the name it had


def note_renames(renamed: Iterable[Renamed], *, origin: NameOrigin, today: date, by: Any = None) -> None:
    """Keeps the names that firms had until today. What differs by brackets, width or dots alone is the same name."""
    changed = [(firm, name) for firm, name in renamed if name_key(name) != firm.name_key]
    until: dict[int, date | None] = {}
    for part in range(0, len(changed), 500):
        firms = [firm.pk for firm, _ in changed[part : part + 500]]
        rows = FormerName.objects.filter(enterprise__in=firms, origin__in=[NameOrigin.RENAMED, NameOrigin.IMPORTED])
        until |= dict(rows.order_by("used_until", "pk").values_list("enterprise", "used_until"))
    kept = []
    for firm, name in changed:
        one = FormerName(enterprise=firm, name=name, origin=origin, noted_by=by)
        one.used_from, one.used_until = until.get(firm.pk), today
        one.fill_keys()
        kept.append(one)
    note_added(FormerName.objects.bulk_create(kept), by)
