"""One officer's times with two firms that become one: what overlaps is one time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from enterprises.models import Pairing

NOTES = 200


@dataclass
class Joined:
    """What becomes of the pairings: `moved` get the other firm, `stretched` other days, `removed` are in another."""

    moved: list[Pairing] = field(default_factory=list)
    stretched: list[Pairing] = field(default_factory=list)
    removed: list[Pairing] = field(default_factory=list)


def join_pairings(kept: Iterable[Pairing], coming: Iterable[Pairing]) -> Joined:
    """Changes the pairings in memory: those of the firm that is kept, and those that come to it."""
    standing, joined = sorted(kept, key=begins), Joined()
    for one in sorted(coming, key=begins):
        over = [other for other in standing if other.officer_id == one.officer_id and overlap(one, other)]
        if not over:
            joined.moved.append(one)
            standing.append(one)
            continue
        whole = over[0]
        stretch(whole, [*over[1:], one])
        standing = [other for other in standing if other not in over[1:]]
        joined.removed += [*over[1:], one]
        if whole not in joined.moved and whole not in joined.stretched:
            joined.stretched.append(whole)
    gone = {id(one) for one in joined.removed}
    joined.moved = [one for one in joined.moved if id(one) not in gone]
    joined.stretched = [one for one in joined.stretched if id(one) not in gone]
    return joined


def begins(pairing: Pairing) -> tuple[date, int]:
    return pairing.starts_on, pairing.pk


def overlap(one: Pairing, other: Pairing) -> bool:
    """Both ends included."""
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def stretch(whole: Pairing, others: Iterable[Pairing]) -> None:
    for other in others:
        whole.starts_on = min(whole.starts_on, other.starts_on)
        whole.ends_on = max(whole.ends_on, other.ends_on) if whole.ends_on and other.ends_on else None
        if other.notes and other.notes not in whole.notes:
            whole.notes = "；".join(filter(None, [whole.notes, other.notes]))[:NOTES]
