"""What the pages of recoveries need besides the rows themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from cases.models import LegalCase
from common.sent.numbers import whole_number
from ledger.models import ProblemEntry, Recovery
from ledger.services.money.kin import Subject, doubtful_pairs
from ledger.services.money.recoveries import SUBJECTS, name_of, place_words
from ledger.services.rights import may_change

PAGES = {"case": "cases:case-detail", "entry": "ledger:entry-detail", "activity": "ledger:activity-detail"}


def sum_of(rows: QuerySet) -> Decimal:
    return rows.order_by().aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00")


def subject_named(user: Any, query: Any) -> Subject | None:
    """The one subject an address names (`?case=1`, `?entry=1`, `?activity=1`), if this person may see it."""
    named = [(name, str(query.get(name))) for name in SUBJECTS if query.get(name)]
    if len(named) != 1 or whole_number(named[0][1]) is None:
        return None
    name, key = named[0]
    return SUBJECTS[name].objects.visible_to(user).filter(pk=key).first()


def subject_words(subject: Subject) -> str:
    """What a subject is, in words: `案件 （2023）湘0781民初1号`, `问题 JS-2026-0001 …`, `服务活动 …`."""
    if isinstance(subject, LegalCase):
        return f"案件 {subject.number} {subject.title}".strip()
    return f"{'问题' if isinstance(subject, ProblemEntry) else '服务活动'} {subject}"


def subject_choices(user: Any, words: str, limit: int = 7) -> list[dict[str, str]]:
    """What money may belong to, found by words, the newest of each kind: `case:12`, `entry:3`, `activity:5`. Without
    words one's own of late come first to mind."""
    newest = {"case": "-filed_on", "entry": "-registered_on", "activity": "-happened_on"}
    found: list[Subject] = []
    for name, model in SUBJECTS.items():
        rows: Any = model.objects.visible_to(user).search(words)
        related = ("enterprise", "project") if name != "case" else ()
        found += rows.select_related(*related).order_by(newest[name], "-pk")[:limit]
    return [
        {"value": f"{name_of(one)}:{one.pk}", "text": subject_words(one), "pinyin": f"{words} {subject_words(one)}"}
        for one in found
    ]


def subject_marked(mark: str) -> dict[str, str]:
    """The address of what a mark of the chooser (`case:12`) names; empty where it is none."""
    name, _, key = mark.partition(":")
    return {name: key} if name in SUBJECTS and whole_number(key) is not None else {}


def subject_url(subject: Subject) -> str:
    return reverse(PAGES[name_of(subject)], args=[subject.pk])


def earlier_on(subject: Subject, user: Any) -> list[Recovery]:
    """What was recorded on the subject before, oldest first."""
    rows = Recovery.objects.visible_to(user).filter(**{name_of(subject): subject})
    return list(rows.order_by("happened_on", "pk"))


@dataclass(frozen=True)
class Side:
    """One of two sums that may be the same: where it was recorded, as far as this person may know."""

    recovery: Recovery
    place: str
    url: str
    is_seen: bool
    may_remove: bool


@dataclass(frozen=True)
class Doubt:
    """Two sums of one story that may have been one."""

    sides: Sequence[Side]
    may_say: bool  # this person may say that they are two

    @property
    def kind(self) -> str:
        return self.sides[0].recovery.get_kind_display()

    @property
    def amount(self) -> Decimal:
        return self.sides[0].recovery.amount

    @property
    def same_day(self) -> bool:
        return len({side.recovery.happened_on for side in self.sides}) == 1


def doubts(subject: Subject, user: Any) -> list[Doubt]:
    """What a page asks about the money of its subject and of what that belongs with; only pairs of which this person
    sees one."""
    pairs = doubtful_pairs(subject)
    if not pairs:
        return []
    money = [recovery for pair in pairs for recovery in pair]
    seen = visible(Recovery, money, user)
    opens = {name: visible(model, subjects(money, name), user) for name, model in SUBJECTS.items()}
    sides = {one.pk: side_of(one, user, one.pk in seen, opens) for one in money}
    return [
        Doubt(both, any(side.may_remove for side in both))
        for both in ([sides[one.pk] for one in pair] for pair in pairs)
        if any(side.is_seen for side in both)
    ]


def subjects(money: Iterable[Recovery], name: str) -> list[Any]:
    return [getattr(one, name) for one in money if getattr(one, f"{name}_id")]


def visible(model: type[Any], records: Iterable[Any], user: Any) -> set[int]:
    """The keys of those that this person may see."""
    wanted = {record.pk for record in records}
    return set(model.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def side_of(recovery: Recovery, user: Any, seen: bool, opens: Mapping[str, set[int]]) -> Side:
    own = seen and user.can("money.edit") and may_change(recovery, user)
    subject = recovery.subject
    url = subject_url(subject) if subject.pk in opens[name_of(subject)] else ""
    return Side(recovery, place_words(recovery, seen=seen), url, seen, own)
