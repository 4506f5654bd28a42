"""期初未结 + 新增 + 转入 + 重新打开 − 转出 − 化解 − 剔除 = 期末未结: what became of open entries, by events.

An entry is 未结 until the enterprise has confirmed it: what is only claimed to be done (办结) is still open. The
parts are counted from what happened to each entry as a whole within the period, so that moving back and forth makes
no number; opening and closing are counted for themselves, and `manage.py verify` compares.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from common.periods import AnyPeriod
from ledger.models import EntryEvent, ProblemEntry
from ledger.states import EntryState
from reports.days.changes import Changes, Place, changes_by_day, gathered
from reports.days.populations import Cohort, Population
from reports.figures.registry.dates import within

Found = dict[tuple[int | None, int | None], int]  # (workstream, unit) → number
Stood = tuple[str | None, int]  # state and unit

OPENING, CLOSING = "open_before", "open_after"
REGISTERED, RESOLVED, EXCLUDED = "newly_registered", "newly_resolved", "newly_excluded"
MOVED_IN, MOVED_OUT, REOPENED = "moved_in", "moved_out", "reopened"
ADJUSTED = "adjusted"  # moved in and reopened less moved out: a sum of three, never stored
RATED, RATED_DONE, RATED_RESOLVED = "rated_total", "rated_completed", "rated_resolved"
RATED_REJECTED, RATED_DUPLICATE, RATED_DEFERRED = "rated_rejected", "rated_duplicate", "rated_deferred"
# The same over the ledger of the year the period ends in (`reports.days.populations`).
YEAR, YEAR_DONE, YEAR_RESOLVED = "year_total", "year_completed", "year_resolved"
YEAR_REJECTED, YEAR_DUPLICATE, YEAR_DEFERRED = "year_rejected", "year_duplicate", "year_deferred"
YEAR_CARRIED = "year_carried"
LABELS = {
    OPENING: "期初未结",
    REGISTERED: "新增",
    RESOLVED: "化解",
    EXCLUDED: "剔除",
    ADJUSTED: "调整",
    CLOSING: "期末未结",
    MOVED_IN: "转入",
    MOVED_OUT: "转出",
    REOPENED: "重新打开",
    RATED: "计入两率",
    RATED_DONE: "已办结",
    RATED_RESOLVED: "已化解",
    RATED_REJECTED: "不予受理",
    RATED_DUPLICATE: "重复",
    RATED_DEFERRED: "挂账",
    YEAR: "计入两率（本年度）",
    YEAR_DONE: "已办结（本年度）",
    YEAR_RESOLVED: "已化解（本年度）",
    YEAR_REJECTED: "不予受理（本年度）",
    YEAR_DUPLICATE: "重复（本年度）",
    YEAR_DEFERRED: "挂账（本年度）",
    YEAR_CARRIED: "历年结转",
}
# How it is told: from what was open to what is, each part with its sign.
SIGNS = {
    OPENING: "",
    REGISTERED: "+",
    MOVED_IN: "+",
    REOPENED: "+",
    MOVED_OUT: "−",
    RESOLVED: "−",
    EXCLUDED: "−",
    CLOSING: "=",
}
COLUMNS = tuple(SIGNS)
RULE = " ".join(f"{sign} {LABELS[code]}".strip() for code, sign in SIGNS.items())
VERSION = 1  # of the definitions here: whoever changes what a part counts makes it one more
STORED = tuple(code for code in LABELS if code != ADJUSTED)
MEANINGS = {
    OPENING: "上一统计期末还没有化解的问题；单位按当时的责任单位",
    REGISTERED: "统计期内登记的问题，不论后来怎样；单位按登记时的责任单位",
    RESOLVED: "期初未结、新增或重新打开的问题中，到期末为已确认或已销号的，含重新化解；单位按期末责任单位",
    EXCLUDED: "统计期内不予受理（含撤单）或并入另一条的问题；单位按期末责任单位",
    MOVED_IN: "统计期内由别的单位转办、交办过来，到期末归本单位的问题；一方转出，一方转入，全部单位合计相等",
    MOVED_OUT: "期初或登记时归本单位、到期末归了别的单位的问题，交办到牵头单位的也在内",
    REOPENED: "期初已化解或已剔除，统计期内重新打开或恢复受理的问题；单位按期末责任单位",
    ADJUSTED: "转入减转出，加上重新打开；单位之间转办、交办，一方减一方加，全部单位合计为零",
    CLOSING: "到期末还没有化解的问题，办结而企业没有确认的也在内；单位按期末责任单位",
}

COUNTED = frozenset(EntryState.values) - EntryState.EXCLUDED
RATED_STATES = {
    RATED: COUNTED,
    RATED_DONE: EntryState.DONE,
    RATED_RESOLVED: EntryState.RESOLVED,
    RATED_REJECTED: frozenset({EntryState.REJECTED}),
    RATED_DUPLICATE: frozenset({EntryState.DUPLICATE}),
    RATED_DEFERRED: frozenset({EntryState.DEFERRED}),
}
YEAR_STATES = dict(
    zip(
        (YEAR, YEAR_DONE, YEAR_RESOLVED, YEAR_REJECTED, YEAR_DUPLICATE, YEAR_DEFERRED),
        RATED_STATES.values(),
        strict=True,
    )
)


@dataclass(frozen=True)
class Story:
    """Where an entry stood before the period, or began, and at its end: what `touched` tells of it."""

    state_was: str | None
    unit_was: int
    state_then: str
    unit_then: int
    was_reopened: bool


@dataclass(frozen=True)
class Rule:
    """A condition on an entry's story, the same for a query over `touched` (`q`) and for stories read (`holds`)."""

    q: Q
    holds: Callable[[Story], bool]

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(self.q & other.q, lambda story: self.holds(story) and other.holds(story))

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(self.q | other.q, lambda story: self.holds(story) or other.holds(story))

    def __invert__(self) -> "Rule":
        return Rule(~self.q, lambda story: not self.holds(story))


def was(states: Collection[str]) -> Rule:
    return Rule(Q(state_was__in=states), lambda story: story.state_was in states)


def then(states: Collection[str]) -> Rule:
    return Rule(Q(state_then__in=states), lambda story: story.state_then in states)


NEW = Rule(Q(state_was__isnull=True), lambda story: story.state_was is None)
UNDONE = Rule(Q(was_reopened=True), lambda story: story.was_reopened)
ELSEWHERE = Rule(~Q(unit_was=F("unit_then")), lambda story: story.unit_was != story.unit_then)
REVIVED = (was(EntryState.RESOLVED) & UNDONE) | (was(EntryState.EXCLUDED) & ~then(EntryState.EXCLUDED))
CARRIED = NEW | was(EntryState.OPEN)  # of a unit before it may have been moved
MOVED = CARRIED & ELSEWHERE
IN_PLAY = CARRIED | REVIVED
# Which entries a part counts, and under which unit.
PARTS: dict[str, tuple[Rule, str]] = {
    REGISTERED: (NEW, "unit_was"),
    RESOLVED: (IN_PLAY & then(EntryState.RESOLVED), "unit_then"),
    EXCLUDED: (IN_PLAY & then(EntryState.EXCLUDED), "unit_then"),
    MOVED_IN: (MOVED, "unit_then"),
    MOVED_OUT: (MOVED, "unit_was"),
    REOPENED: (REVIVED, "unit_then"),
}


def parts_of(story: Story) -> Iterator[tuple[str, int]]:
    """The parts an entry counts in, and under which unit."""
    for code, (rule, place) in PARTS.items():
        if rule.holds(story):
            yield code, getattr(story, place)


def touched(period: AnyPeriod) -> QuerySet[Any]:
    """Entries something happened to in the period: where they stood before it, or began, and where at its end."""
    events = EntryEvent.objects.filter(entry=OuterRef("pk"))
    before = events.filter(happened_on__lt=period.start).order_by("-seq")
    last = events.filter(happened_on__lt=period.next_start).order_by("-seq")
    during = events.filter(within("happened_on", period))
    undone = during.reopenings()
    return ProblemEntry.objects.filter(Exists(during)).annotate(
        state_was=Subquery(before.values("to_state")[:1], output_field=CharField()),
        unit_was=Coalesce(Subquery(before.values("unit")[:1]), Subquery(events.order_by("seq").values("unit")[:1])),
        state_then=Subquery(last.values("to_state")[:1], output_field=CharField()),
        unit_then=Subquery(last.values("unit")[:1]),
        was_reopened=Exists(undone),
    )


def balance(period: AnyPeriod, changes: Changes | None = None) -> Iterator[tuple[str, Found]]:
    """Every part by matter and unit, in two statements however many entries there are.

    `changes` are those of all days up to the period's end or later, where the caller has read them already.
    """
    found: dict[str, Found] = {code: defaultdict(int) for code in STORED}
    changes = changes_by_day(period.end) if changes is None else changes
    for place, state, number in standing(changes, period.start - timedelta(days=1)):
        if state in EntryState.OPEN:
            found[OPENING][place.workstream, place.unit] += number
    for place, state, number in standing(changes, period.end):
        for code in counted_at_the_end(place, state):
            found[code][place.workstream, place.unit] += number
    for matter, story, number in stories(period):
        for code, unit in parts_of(story):
            found[code][matter, unit] += number
    yield from found.items()


def standing(changes: Changes, day: date) -> Iterator[tuple[Place, str, int]]:
    """Where how many entries stood at the end of a day, and in which state."""
    for place, states in gathered(changes, day).items():
        for state, number in states.items():
            if number:
                yield place, state, number


def counted_at_the_end(place: Place, state: str) -> Iterator[str]:
    """The codes an entry counts under by how it stands at the period's end."""
    if state in EntryState.OPEN:
        yield CLOSING
    yield from (code for code, states in RATED_STATES.items() if state in states)
    if place.cohort in Population.YEAR.cohorts:
        yield from (code for code, states in YEAR_STATES.items() if state in states)
        if place.cohort == Cohort.CARRIED:
            yield YEAR_CARRIED


def stories(period: AnyPeriod) -> Iterator[tuple[int | None, Story, int]]:
    """What `touched` tells, grouped: the matter, the story, and how many entries have it. State and unit are found
    together, as one text."""
    events = EntryEvent.objects.filter(entry=OuterRef("pk"))
    unit = Cast("unit", CharField())
    told = Concat("to_state", Value(" "), unit, output_field=CharField())
    begun = events.order_by("seq").values(told=Concat(Value(" "), unit, output_field=CharField()))[:1]
    before = events.filter(happened_on__lt=period.start).order_by("-seq").values(told=told)[:1]
    last = events.filter(happened_on__lt=period.next_start).order_by("-seq").values(told=told)[:1]
    during = events.filter(within("happened_on", period))
    undone = during.reopenings()
    rows = ProblemEntry.objects.filter(Exists(during)).order_by()
    keys = {
        "was": Coalesce(Subquery(before), Subquery(begun)),
        "then": Subquery(last, output_field=CharField()),
        "was_reopened": Exists(undone),
    }
    for matter, began, ended, reopened, number in rows.values_list("workstream").annotate(**keys, n=Count("pk")):
        (state_was, unit_was), (state_then, unit_then) = stood(began), stood(ended)
        yield matter, Story(state_was, unit_was, state_then or "", unit_then, reopened), number


def stood(told: str) -> Stood:
    """`"handling 3"` → handling, in unit 3; without a state of what was not there yet."""
    state, unit = told.split(" ")
    return state or None, int(unit)
