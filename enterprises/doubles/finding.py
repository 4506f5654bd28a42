"""Which firms may be one: those that share a key are compared, never all with all. For one firm its keys are looked up
by index; for the whole register they are sorted into groups in memory, key by key."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from enterprises.doubles.likeness import BODY, Card, Likeness, likeness
from enterprises.models import Enterprise, FormerName, LikelyDouble, NotDoubles
from enterprises.names import SHORTEST_TYPED, one_apart
from enterprises.uscc import ALPHABET, check_digit

MOST = 20  # a key that more firms share (an agent's telephone, a park's address) says nothing
SHOWN = 5
COLUMNS = ("pk", "name_key", "core_key", "uscc", "phone_key", "address_key")
Cards = dict[int, Card]
Pair = tuple[int, int]


def card_of(firm: Enterprise, formers: Iterable[FormerName] = ()) -> Card:
    kept = list(formers)
    keys = frozenset(former.name_key for former in kept)
    codes = frozenset(former.uscc for former in kept if former.uscc)
    return Card(firm.name_key, firm.core_key, firm.uscc or "", firm.phone_key, firm.address_key, keys, codes)


def formers_of(pks: Iterable[int]) -> Mapping[int, list[FormerName]]:
    found: dict[int, list[FormerName]] = defaultdict(list)
    for former in FormerName.objects.filter(enterprise__in=set(pks)).order_by("pk"):
        found[former.enterprise_id].append(former)
    return found


def doubles_of(firm: Enterprise, user: Any) -> list[tuple[Enterprise, Likeness]]:
    """The firms most likely to be the given one, stored or not, the likeliest first; without those that somebody has
    told apart from it. A handful of look-ups by index."""
    formers = formers_of([firm.pk])[firm.pk] if firm.pk else []
    mine = card_of(firm, formers)
    rows = Enterprise.objects.visible_to(user).filter(sharing(mine)).exclude(pk=firm.pk)
    if firm.pk:
        rows = rows.exclude(pk__in=told_apart(firm.pk))
    near = list(rows.select_related("industry", "workstream").order_by("pk")[: MOST * 5])
    theirs = formers_of(row.pk for row in near)
    found = [(row, likeness(mine, card_of(row, theirs[row.pk]))) for row in near]
    likely = sorted((one for one in found if one[1].is_likely), key=lambda one: (-one[1].points, one[0].pk))
    return likely[:SHOWN]


def sharing(card: Card) -> Q:
    """Firms that share a key with it, by their own columns or by a name they had."""
    keys = [card.name_key, *card.formers]
    rule = Q(core_key=card.core_key) | Q(name_key__in=keys)
    rule |= Q(pk__in=FormerName.objects.filter(name_key=card.name_key).values("enterprise"))
    if card.uscc:
        rule |= Q(uscc__in=[*neighbours(card.uscc), *card.codes])
        rule |= Q(pk__in=FormerName.objects.filter(uscc=card.uscc).values("enterprise"))
    for column in ("phone_key", "address_key"):
        if key := getattr(card, column):
            rule |= Q(**{column: key})
    return rule


def neighbours(code: str) -> list[str]:
    """The valid codes that differ in one place, and so in the check digit."""
    if len(code) != 18 or set(code) - set(ALPHABET):
        return []
    firsts = (code[:at] + letter + code[at + 1 : 17] for at in range(17) for letter in ALPHABET if letter != code[at])
    return [first + check_digit(first) for first in firsts]


def told_apart(pk: int) -> list[int]:
    pairs = NotDoubles.objects.filter(Q(one=pk) | Q(other=pk)).values_list("one", "other")
    return [other if one == pk else one for one, other in pairs]


def likely_pairs(user: Any) -> QuerySet[LikelyDouble]:
    """Those found when all were compared last, of firms that still stand and that nobody has told apart."""
    decided = NotDoubles.objects.filter(one=OuterRef("one"), other=OuterRef("other"))
    rows: QuerySet[LikelyDouble] = LikelyDouble.objects.visible_to(user)
    standing = rows.filter(one__merged_into=None, other__merged_into=None).filter(~Exists(decided))
    return standing.select_related("one", "other").order_by("-points", "pk")


def compare_all() -> dict[Pair, int]:
    """Every likely pair of the register, with its points."""
    cards = all_cards()
    pairs: set[Pair] = set()
    for key in KEYS:
        pairs |= alike(cards, key)
    pairs |= former_pairs(cards)
    for group in near_names(cards):
        pairs |= {pair for pair in group if one_apart(*(cards[pk].core_key for pk in pair))}
    points = {pair: likeness(*(cards[pk] for pk in pair)) for pair in pairs}
    return {pair: found.points for pair, found in points.items() if found.is_likely}


def all_cards() -> Cards:
    formers: dict[int, set[str]] = defaultdict(set)
    codes: dict[int, set[str]] = defaultdict(set)
    for pk, key, code in FormerName.objects.order_by().values_list("enterprise", "name_key", "uscc"):
        formers[pk].add(key)
        codes[pk] |= {code} - {""}
    rows = Enterprise.objects.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=5000)
    return {
        pk: Card(name, core, code or "", phone, address, frozenset(formers.get(pk, ())), frozenset(codes.get(pk, ())))
        for pk, name, core, code, phone, address in rows
    }


KEYS: tuple[Callable[[Card], str], ...] = (
    lambda card: card.name_key,
    lambda card: card.core_key,
    lambda card: card.phone_key,
    lambda card: card.address_key,
    lambda card: card.uscc[BODY],
)


def alike(cards: Cards, key: Callable[[Card], str]) -> set[Pair]:
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, card in cards.items():
        if value := key(card):
            groups[value].append(pk)
    return {pair for group in groups.values() if len(group) <= MOST for pair in combinations(group, 2)}


def former_pairs(cards: Cards) -> set[Pair]:
    """A firm of the name, or of the code, that another had."""
    had: dict[str, list[int]] = defaultdict(list)
    for pk, card in cards.items():
        for key in (*card.formers, *card.codes):
            had[key].append(pk)
    return {
        (min(pk, other), max(pk, other))
        for pk, card in cards.items() if had
        for key in (card.name_key, card.uscc) if key
        for other in had.get(key, ()) if other != pk
    }  # fmt: skip


def near_names(cards: Cards) -> Iterator[set[Pair]]:
    """Pairs whose names may differ by one character: such two are the same without it. Place by place, so that only
    one shape a firm is held in memory at a time."""
    whole: dict[str, list[int]] = defaultdict(list)
    for pk, card in cards.items():
        if len(card.core_key) >= SHORTEST_TYPED:
            whole[card.core_key].append(pk)
    for at in range(max(map(len, whole), default=0)):
        shapes: dict[str, list[int]] = defaultdict(list)
        for core, pks in whole.items():
            if at < len(core):
                rest = core[:at] + core[at + 1 :]
                shapes[rest] += pks[:MOST]
                yield {(min(a, b), max(a, b)) for a in pks[:MOST] for b in whole.get(rest, ())[:MOST] if a != b}
        yield {pair for pks in shapes.values() if 1 < len(pks) <= MOST for pair in combinations(sorted(set(pks)), 2)}
