"""Entries much like the one being registered: perhaps the same problem, reported before."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from common.text import half_width, name_key
from ledger.models import ProblemEntry
from ledger.states import EntryState

LATELY = 2000  # entries of anyone's that are compared
OF_THE_SAME = 300  # entries of the same enterprise or project that are
SHOWN = 5
ALIKE, ALIKE_HERE = 50, 20  # per cent of the pairs of characters two titles share


@dataclass(frozen=True)
class Similar:
    entry: ProblemEntry
    percent: int
    is_same_place: bool


def pairs(title: str) -> Counter[str]:
    """Each two neighbouring characters of a title, its signs and blanks set aside."""
    plain = name_key(half_width(title))
    return Counter(plain[at : at + 2] for at in range(len(plain) - 1))


def alike(one: Counter[str], other: Counter[str]) -> int:
    """Dice's measure in per cent: shared pairs, twice, over all pairs."""
    whole = one.total() + other.total()
    return 200 * (one & other).total() // whole if whole else 0


def similar_entries(*, user: User, title: str, enterprise: int | None, project: int | None) -> list[Similar]:
    """What this person may see that is like it, most alike first; of the same enterprise or project sooner than of
    others. Three statements at most, however large the ledger: the latest entries are compared, not all."""
    wanted = pairs(title)
    if not wanted:
        return []
    seen = ProblemEntry.objects.visible_to(user).exclude(state=EntryState.DUPLICATE).order_by("-registered_on", "-pk")
    narrow = seen.values_list("pk", "title", "enterprise", "project")
    rows = {row[0]: row for row in narrow[:LATELY]}
    here = Q(enterprise=enterprise, enterprise__isnull=False) | Q(project=project, project__isnull=False)
    if enterprise or project:
        rows |= {row[0]: row for row in narrow.filter(here)[:OF_THE_SAME]}
    ranked = []
    for pk, other, of_enterprise, of_project in rows.values():
        same = bool((enterprise and of_enterprise == enterprise) or (project and of_project == project))
        percent = alike(wanted, pairs(other))
        if percent >= (ALIKE_HERE if same else ALIKE):
            ranked.append((same, percent, pk))
    best = sorted(ranked, reverse=True)[:SHOWN]
    entries = ProblemEntry.objects.select_related("enterprise", "project").in_bulk([pk for _, _, pk in best])
    return [Similar(entries[pk], percent, same) for same, percent, pk in best if pk in entries]
