"""Stored enterprises whose names come near those of a file: by an index, or in one pass over the register's cores."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from enterprises.models import Enterprise
from enterprises.names import SHORTEST_TYPED, core_key, one_apart, shapes

CHUNK = 900
PASS = 5000
PER_CORE = 50  # as many of one core are compared; a name like 超市 may have hundreds
SHOWN = 8
HOW = {
    "name": "名称相同",
    "core": "字号相同，只差地名或公司形式",
    "letter": "字号只差一个字",
    "part": "名称是这一格的一部分",
}


def find_near(names: Mapping[str, str]) -> dict[str, list[int]]:
    """The enterprises near each name, by name key: those of its core, and those whose core is one character apart."""
    by_core: dict[str, list[str]] = defaultdict(list)
    for key, name in names.items():
        by_core[core_key(name)].append(key)
    by_core.pop("", None)
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for core, pk in [*same_core(by_core), *one_letter_apart(by_core)]:
        for key in by_core[core]:
            if len(found[key]) < PER_CORE:
                found[key][pk] = None
    return {key: list(pks) for key, pks in found.items()}


def same_core(cores: Iterable[str]) -> Iterable[tuple[str, int]]:
    ordered = sorted(cores)
    for start in range(0, len(ordered), CHUNK):
        rows = Enterprise.objects.filter(core_key__in=ordered[start : start + CHUNK]).order_by("pk")
        yield from rows.values_list("core_key", "pk")


def one_letter_apart(cores: Iterable[str]) -> Iterable[tuple[str, int]]:
    """Cores of the file that are one letter from a stored one. Two such share their first or their last two letters,
    so that nearly all stored ones are passed over at once."""
    wanted = [core for core in cores if len(core) >= SHORTEST_TYPED]
    if not wanted:
        return
    heads, tails = {core[:2] for core in wanted}, {core[-2:] for core in wanted}
    by_shape: dict[str, list[str]] = defaultdict(list)
    for core in wanted:
        for shape in shapes(core):
            by_shape[shape].append(core)
    stored = Enterprise.objects.order_by().values_list("core_key", "pk")
    for core, pk in stored.iterator(chunk_size=PASS):
        if core[:2] in heads or core[-2:] in tails:
            alike = {other for shape in shapes(core) for other in by_shape.get(shape, ())}
            yield from ((other, pk) for other in sorted(alike) if one_apart(core, other))


def ranked(name: str, key: str, enterprises: Iterable[Enterprise]) -> tuple[dict[str, Any], ...]:
    """Candidates for a name as they are shown and kept, the nearest first, those still on the books before others."""
    core = core_key(name)
    scored = []
    for enterprise in enterprises:
        how = how_near(enterprise, key, core)
        close = SequenceMatcher(None, key, enterprise.name_key).ratio()
        rank = (list(HOW).index(how), not enterprise.is_active, -close, enterprise.pk)
        scored.append((rank, candidate(enterprise, HOW[how], close)))
    return tuple(found for _, found in sorted(scored, key=lambda item: item[0])[:SHOWN])


def how_near(enterprise: Enterprise, key: str, core: str) -> str:
    if enterprise.name_key == key:
        return "name"
    if enterprise.core_key == core:
        return "core"
    return "letter" if one_apart(enterprise.core_key, core) else "part"


def candidate(enterprise: Enterprise, how: str, close: float) -> dict[str, Any]:
    return {
        "pk": enterprise.pk,
        "name": enterprise.name,
        "code": enterprise.uscc or "",
        "industry": str(enterprise.industry or ""),
        "workstream": str(enterprise.workstream or ""),
        "active": enterprise.is_active,
        "how": how,
        "percent": round(close * 100),
    }
