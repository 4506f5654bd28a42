"""期初未结 + 新增 − 化解 − 剔除 ± 调整 = 期末未结: where the ledger's open entries came from and went, by the events.

An entry is 未结 until the enterprise has confirmed it: what is only claimed to be done (办结) is still open. The
parts are counted from what happened to each entry as a whole within the period, so that moving back and forth makes
no number; opening and closing are counted for themselves, and `manage.py verify` compares.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from common.periods import AnyPeriod
from ledger.models import EntryEvent, ProblemEntry
from ledger.states import EntryState
from reports.days.changes import Changes, changes_by_day, gathered
from reports.figures.dates import within

Found = dict[tuple[int | None, int | None], int]  # (workstream, unit) → number
Stood = tuple[str | None, int]  # state and unit

OPENING, CLOSING = "open_before", "open_after"
REGISTERED, RESOLVED, EXCLUDED = "newly_registered", "newly_resolved", "newly_excluded"
MOVED_IN, MOVED_OUT, REOPENED = "moved_in", "moved_out", "reopened"
ADJUSTED = "adjusted"  # moved in and reopened less moved out: a sum of three, never stored
RATED, RATED_DONE, RATED_RESOLVED = "rated_total", "rated_completed", "rated_resolved"
RATED_REJECTED, RATED_DUPLICATE, RATED_DEFERRED = "rated_rejected", "rated_duplicate", "rated_deferred"
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
}
VERSION = 1  # of the definitions here: whoever changes what a part counts makes it one more
STORED = tuple(code for code in LABELS if code != ADJUSTED)
MEANINGS = {
    OPENING: "上一统计期末还没有化解的问题；单位按当时的责任单位",
    REGISTERED: "统计期内登记的问题，不论后来怎样；单位按登记时的责任单位",
    RESOLVED: "期初未结、新增或重新打开的问题中，到期末为已确认或已销号的，含重新化解；单位按期末责任单位",
    EXCLUDED: "统计期内不予受理（含撤单）或并入另一条的问题；单位按期末责任单位",
    ADJUSTED: "转入减转出，加上重新打开；单位之间转办、交办，一方减一方加，全部单位合计为零",
    CLOSING: "到期末还没有化解的问题，办结而企业没有确认的也在内；单位按期末责任单位",
}

NEW = Q(state_was__isnull=True)
REVIVED = Q(state_was__in=EntryState.RESOLVED, was_reopened=True) | (
    Q(state_was__in=EntryState.EXCLUDED) & ~Q(state_then__in=EntryState.EXCLUDED)
)
CARRIED = NEW | Q(state_was__in=EntryState.OPEN)  # of a unit before it may have been moved
MOVED = CARRIED & ~Q(unit_was=F("unit_then"))
IN_PLAY = CARRIED | REVIVED
# Which entries a part counts, and under which unit.
PARTS: dict[str, tuple[Q, str]] = {
    REGISTERED: (NEW, "unit_was"),
    RESOLVED: (IN_PLAY & Q(state_then__in=EntryState.RESOLVED), "unit_then"),
    EXCLUDED: (IN_PLAY & Q(state_then__in=EntryState.EXCLUDED), "unit_then"),
    MOVED_IN: (MOVED, "unit_then"),
    MOVED_OUT: (MOVED, "unit_was"),
    REOPENED: (REVIVED, "unit_then"),
}


def touched(period: AnyPeriod) -> QuerySet[ProblemEntry]:
    """Entries something happened to in the period: where they stood before it, or began, and where at its end."""
    events = EntryEvent.objects.filter(entry=OuterRef("pk"))
    before = events.filter(happened_on__lt=period.start).order_by("-seq")
    last = events.filter(happened_on__lt=period.next_start).order_by("-seq")
    during = events.filter(within("happened_on", period))
    undone = during.filter(from_state__in=EntryState.RESOLVED).exclude(to_state__in=EntryState.RESOLVED)
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
    for state, unit, matter, number in standing(changes, period.start - timedelta(days=1)):
        if state in EntryState.OPEN:
            found[OPENING][matter, unit] += number
    for state, unit, matter, number in standing(changes, period.end):
        for code, counts in (
            (CLOSING, state in EntryState.OPEN),
            (RATED, state not in EntryState.EXCLUDED),
            (RATED_DONE, state in EntryState.DONE),
            (RATED_RESOLVED, state in EntryState.RESOLVED),
            (RATED_REJECTED, state == EntryState.REJECTED),
            (RATED_DUPLICATE, state == EntryState.DUPLICATE),
            (RATED_DEFERRED, state == EntryState.DEFERRED),
        ):
            if counts:
                found[code][matter, unit] += number
    for matter, was, then, was_reopened, number in stories(period):
        for code, unit in parts_of(was[1], then[1], was[0], then[0], was_reopened):
            found[code][matter, unit] += number
    yield from found.items()


def standing(changes: Changes, day: date) -> Iterator[tuple[str, int, int | None, int]]:
    """State, unit, matter and number of all entries at the end of a day."""
    for (unit, matter, _), states in gathered(changes, day).items():
        for state, number in states.items():
            if number:
                yield state, unit, matter, number


def stories(period: AnyPeriod) -> Iterator[tuple[int | None, Stood, Stood, bool, int]]:
    """What `touched` tells, grouped: the matter, where entries stood before and at the end, whether they were
    reopened, and how many. State and unit are found together, as one text."""
    events = EntryEvent.objects.filter(entry=OuterRef("pk"))
    unit = Cast("unit", CharField())
    told = Concat("to_state", Value(" "), unit, output_field=CharField())
    begun = events.order_by("seq").values(told=Concat(Value(" "), unit, output_field=CharField()))[:1]
    before = events.filter(happened_on__lt=period.start).order_by("-seq").values(told=told)[:1]
    last = events.filter(happened_on__lt=period.next_start).order_by("-seq").values(told=told)[:1]
    during = events.filter(within("happened_on", period))
    undone = during.filter(from_state__in=EntryState.RESOLVED).exclude(to_state__in=EntryState.RESOLVED)
    rows = ProblemEntry.objects.filter(Exists(during)).order_by()
    keys = {
        "was": Coalesce(Subquery(before), Subquery(begun)),
        "then": Subquery(last, output_field=CharField()),
        "was_reopened": Exists(undone),
    }
    for matter, was, then, was_reopened, number in rows.values_list("workstream").annotate(**keys, n=Count("pk")):
        yield matter, stood(was), stood(then), was_reopened, number


def stood(told: str) -> Stood:
    """`"handling 3"` → handling, in unit 3; without a state of what was not there yet."""
    state, unit = told.split(" ")
    return state or None, int(unit)


def parts_of(
    was: int | None, then: int | None, state_was: str | None, state_then: str, was_reopened: bool
) -> Iterator[tuple[str, int | None]]:
    """The same rule as `PARTS`, over rows already grouped: which parts an entry counts in, and under which unit."""
    carried = state_was is None or state_was in EntryState.OPEN
    revived = (state_was in EntryState.RESOLVED and was_reopened) or (
        state_was in EntryState.EXCLUDED and state_then not in EntryState.EXCLUDED
    )
    if state_was is None:
        yield REGISTERED, was
    if carried and was != then:
        yield MOVED_IN, then
        yield MOVED_OUT, was
    if revived:
        yield REOPENED, then
    if (carried or revived) and state_then in EntryState.RESOLVED:
        yield RESOLVED, then
    if (carried or revived) and state_then in EntryState.EXCLUDED:
        yield EXCLUDED, then
