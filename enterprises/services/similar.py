"""Names that may mean the same: what is left of a name once place and legal form are set aside is compared."""

import re
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Q

from common.text import name_key
from enterprises.names import core

NUMBERS = re.compile(r"\d+")
CLOSE = 0.75
PREFILTER = 300
SHOWN = 5


def closeness(one: str, other: str) -> float:
    """0 to 1; names that differ by a number (一期 of 2, 分店 3) are different things."""
    if NUMBERS.findall(one) != NUMBERS.findall(other):
        return 0.0
    if min(len(one), len(other)) >= 3 and (one in other or other in one):
        return 1.0
    return SequenceMatcher(None, one, other).ratio()


def similar_names(rows: Any, name: str) -> list[Any]:
    """The five rows whose names come closest, closest first; the database narrows them by pairs of characters."""
    wanted = core(name)
    pairs = {wanted[at : at + 2] for at in range(max(len(wanted) - 1, 1))}
    rule = Q(name_key=name_key(name))
    for pair in sorted(pairs)[:20]:
        rule |= Q(name_key__contains=pair)
    scored = [(closeness(wanted, core(row.name)), row) for row in rows.filter(rule).order_by("name", "pk")[:PREFILTER]]
    close = sorted((item for item in scored if item[0] >= CLOSE), key=lambda item: -item[0])
    return [row for _, row in close[:SHOWN]]
