"""Two firms side by side: each field, what hangs on each, and which of the two to keep by default. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.forms.conflicts import in_words
from enterprises.doubles.finding import card_of, formers_of
from enterprises.doubles.likeness import Likeness, likeness
from enterprises.doubles.plan import MergePlan, plan_merge
from enterprises.doubles.relations import How, relations
from enterprises.models import Enterprise, FormerName, NotDoubles

ONE, OTHER, BOTH = "one", "other", "both"
NOTHING = in_words(None, {})
JOINABLE = frozenset({"notes", "business_scope"})
# Chosen side by side; the words of a capital go with its amount.
CHOSEN = (
    "name", "uscc", "kind", "is_above_scale", "industry", "workstream", "legal_form", "registered_on",
    "registered_capital", "region", "address", "contact_name", "contact_phone", "business_scope", "notes", "is_active",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One field of both, in words; `differs` where a choice is needed."""

    name: str
    label: str
    one: str
    other: str
    differs: bool
    likely: str  # the side whose value is offered; empty where a person must say

    @property
    def both_said(self) -> bool:
        return NOTHING not in (self.one, self.other)

    @property
    def choices(self) -> list[tuple[str, str]]:
        offered = [(ONE, self.one), (OTHER, self.other)]
        return [*offered, (BOTH, "两段都留")] if self.name in JOINABLE else offered


@dataclass(frozen=True)
class Hanging:
    """How many records of one kind hang on each."""

    label: str
    one: int
    other: int


@dataclass(frozen=True)
class Comparison:
    one: Enterprise
    other: Enterprise
    likeness: Likeness
    lines: list[Line]
    hanging: list[Hanging]
    formers: tuple[Sequence[FormerName], Sequence[FormerName]]
    decided: NotDoubles | None
    keep: str  # the side to keep by default

    @property
    def asked(self) -> list[Line]:
        """Where both say something, and not the same: what only one of them says is taken."""
        return [line for line in self.lines if line.differs and line.both_said]

    @property
    def taken(self) -> dict[str, str]:
        """By field, the side that alone says something."""
        return {line.name: line.likely for line in self.lines if line.differs and not line.both_said}

    @property
    def plans(self) -> list[MergePlan]:
        """What the merge would do, whichever of the two is kept."""
        return [plan_merge(self.one, self.other), plan_merge(self.other, self.one)]


def compare(one: Enterprise, other: Enterprise) -> Comparison:
    kept = formers_of([one.pk, other.pk])
    hanging = [
        Hanging(relation.label, relation.rows(one).count(), relation.rows(other).count())
        for relation in relations()
        if relation.how != How.STAY
    ]
    keep = likelier(one, other, hanging)
    first, second = sorted((one.pk, other.pk))
    return Comparison(
        one=one,
        other=other,
        likeness=likeness(card_of(one, kept[one.pk]), card_of(other, kept[other.pk])),
        lines=[line_of(name, one, other, keep) for name in CHOSEN],
        hanging=[row for row in hanging if row.one or row.other],
        formers=(kept[one.pk], kept[other.pk]),
        decided=NotDoubles.objects.filter(one=first, other=second).first(),
        keep=keep,
    )


def likelier(one: Enterprise, other: Enterprise, hanging: Sequence[Hanging]) -> str:
    """Which to keep: that with a credit code, then that on which more hangs, then the older."""
    first = (bool(one.uscc), one.is_active, sum(row.one for row in hanging), -one.pk)
    second = (bool(other.uscc), other.is_active, sum(row.other for row in hanging), -other.pk)
    return ONE if first >= second else OTHER


def line_of(name: str, one: Enterprise, other: Enterprise, keep: str) -> Line:
    field = Enterprise._meta.get_field(name)
    ours, theirs = words_of(one, name), words_of(other, name)
    likely = keep
    if not is_said(one, name):
        likely = OTHER
    elif not is_said(other, name):
        likely = ONE
    elif name == "uscc" and ours != theirs:
        likely = ""
    return Line(name, str(field.verbose_name), ours, theirs, ours != theirs, likely)  # type: ignore[union-attr]


def is_said(firm: Enterprise, name: str) -> bool:
    return words_of(firm, name) != NOTHING


def words_of(firm: Enterprise, name: str) -> str:
    if name == "registered_capital" and firm.registered_capital is None:
        return firm.capital_text or NOTHING
    value = getattr(firm, name)
    choices = dict(Enterprise._meta.get_field(name).flatchoices or [])  # type: ignore[union-attr]
    return in_words(value, choices)
