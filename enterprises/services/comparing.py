"""The register compared as a whole, and kept for the page that lists what may be entered twice."""

from django.db import transaction

from enterprises.doubles.finding import Pair, compare_all
from enterprises.models import LikelyDouble

FIND = "enterprises.doubles"
BATCH = 500


def refresh_doubles() -> int:
    """Compares all and keeps the likely pairs in the place of those before; gives back how many there are."""
    found = compare_all()
    with transaction.atomic():
        keep(found)
    return len(found)


def keep(found: dict[Pair, int]) -> None:
    stored = {(one.one_id, one.other_id): one for one in LikelyDouble.objects.select_for_update()}
    gone = [one.pk for pair, one in stored.items() if pair not in found]
    for start in range(0, len(gone), BATCH):
        LikelyDouble.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    changed = [one for pair, one in stored.items() if found.get(pair, one.points) != one.points]
    for one in changed:
        one.points = found[one.one_id, one.other_id]
    LikelyDouble.objects.bulk_update(changed, ["points"], batch_size=BATCH)
    fresh = (LikelyDouble(one_id=one, other_id=other, points=n) for (one, other), n in sorted(found.items())
             if (one, other) not in stored)  # fmt: skip
    LikelyDouble.objects.bulk_create(fresh, batch_size=BATCH)
