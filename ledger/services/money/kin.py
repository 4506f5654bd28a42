"""What belongs to one story, and so may hold the same money twice.

A problem's story is told on the entry it was merged into and on those merged into it, on what it was split off and
what was split off it, on the case it was resolved through and on the activity it was heard at. Once merged, always
kin: a merging that was taken back has left money on either side all the same.

These read past anybody's scope: money that two units recorded is counted twice whoever looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, groupby

from django.db.models import Q, QuerySet

from cases.models import LegalCase
from ledger.models import EntryEvent, ProblemEntry, Recovery, ServiceActivity
from ledger.states import Action

Subject = LegalCase | ProblemEntry | ServiceActivity
# Where an event names the other entry: by code, or by the label of the days before.
MERGED = {Action.MARK_DUPLICATE: ("duplicate_of", "并入"), Action.ABSORB: ("absorbed", "并入的问题")}


@dataclass
class Kin:
    """The keys of what belongs together."""

    cases: set[int] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)
    activities: set[int] = field(default_factory=set)

    def money(self) -> QuerySet[Recovery]:
        found = Q(case__in=self.cases) | Q(entry__in=self.entries) | Q(activity__in=self.activities)
        return Recovery.objects.filter(found).select_related("case", "entry", "activity", "unit")


def kin_of(subject: Subject) -> Kin:
    """Whatever tells the story of this case, problem or activity. An activity leads on to all problems heard at it
    only where it is what was asked about: two problems of one visit are two stories."""
    kin = Kin()
    match subject:
        case LegalCase():
            kin.cases.add(subject.pk)
            follow(kin, keys(ProblemEntry.objects.filter(case=subject)))
        case ProblemEntry():
            follow(kin, {subject.pk})
        case _:
            kin.activities.add(subject.pk)
            follow(kin, keys(ProblemEntry.objects.filter(source_activity=subject)))
    return kin


def keys(entries: QuerySet[ProblemEntry]) -> set[int]:
    return set(entries.order_by().values_list("pk", flat=True))


def follow(kin: Kin, entries: set[int]) -> None:
    """Adds these entries and, step by step, all that they lead to."""
    while entries:
        kin.entries |= entries
        rows = ProblemEntry.objects.filter(pk__in=entries).order_by()
        links = list(rows.values_list("duplicate_of", "split_from", "case", "source_activity"))
        cases = {case for *_, case, _ in links if case} - kin.cases
        kin.cases |= cases
        kin.activities |= {activity for *_, activity in links if activity}
        near = Q(duplicate_of__in=entries) | Q(split_from__in=entries) | Q(case__in=cases)
        if numbers := once_merged(entries):
            near |= Q(number__in=numbers)
        named = {pk for into, origin, *_ in links for pk in (into, origin) if pk}
        entries = (named | keys(ProblemEntry.objects.filter(near))) - kin.entries


def once_merged(entries: Iterable[int]) -> set[str]:
    """The numbers of what these entries were merged into or absorbed at any time."""
    events = EntryEvent.objects.filter(entry__in=entries, action__in=MERGED).order_by()
    told = [data.get(key) for action, data in events.values_list("action", "data") for key in MERGED[Action(action)]]
    return {str(words).split(" ", 1)[0] for words in told if words}


def same_money(subject: Subject, kind: str, amount: Decimal, *, but: Recovery | None = None) -> list[Recovery]:
    """Earlier records of the same kind and amount in the same story; none that somebody said is other money than
    `but`, which is left out itself."""
    found = kin_of(subject).money().filter(kind=kind, amount=amount).order_by("pk")
    return list(found.exclude(pk=but.pk).exclude(apart_from=but) if but else found)


def doubtful_pairs(subject: Subject) -> list[tuple[Recovery, Recovery]]:
    """Two by two, money in the story of this subject that may be one sum recorded twice, and of which nobody has
    said that it is not."""
    money = sorted(kin_of(subject).money(), key=alike)
    groups = [list(group) for _, group in groupby(money, key=alike)]
    pairs = [pair for group in groups for pair in combinations(sorted(group, key=lambda one: one.pk), 2)]
    said = apart(pairs) if pairs else set()
    return [pair for pair in pairs if frozenset(one.pk for one in pair) not in said]


def alike(recovery: Recovery) -> tuple[str, Decimal]:
    return recovery.kind, recovery.amount


def apart(pairs: Sequence[tuple[Recovery, Recovery]]) -> set[frozenset[int]]:
    """Those of which somebody said that they are two."""
    links = Recovery.apart_from.through.objects.filter(from_recovery__in={one.pk for one, _ in pairs})
    return {frozenset(pair) for pair in links.values_list("from_recovery", "to_recovery")}
