"""The two rates, always side by side, as of any day, computed from the events (docs/domain.md).

办结率 = completed, confirmed or closed ÷ all; 化解率 = confirmed or closed ÷ all; all = registered by the day less
the rejected and the duplicates then. Compared as integers; an empty denominator has no rate.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import BigIntegerField, Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Unit, User
from enterprises.models import Workstream
from ledger.models import ActionPlan, EntryEvent
from ledger.states import EntryState

NO_RATE = "—"
UNSTATED = "未注明"
DEFAULT_TARGET = 85  # %, docs/domain.md
# Steps that could make a rate look better than it is; each is counted and published beside it.
WATCHED = {
    "withdraw": "withdrawn",
    "extend": "extended",
    "pause": "paused",
    "return": "returned",
    "transfer": "transferred",
    "split": "split",
    "send_back": "sent_back",
    "reopen": "reopened",
    "reinstate": "reinstated",
}
WATCHED_LABELS = {
    "withdrawn": "撤单",
    "extended": "延期",
    "paused": "等待企业",
    "returned": "退单",
    "transferred": "转办",
    "split": "拆分",
    "sent_back": "退回重办",
    "reopened": "重新打开",
    "reinstated": "质检不属实",
}

NO_STEPS: Mapping[str, int] = MappingProxyType({})


def percent_text(part: int, whole: int) -> str:
    """One decimal, floored: 84.96% reads 84.9%, so that no text claims a target the integers deny."""
    if not whole:
        return NO_RATE
    floored = thousandths(part, whole)
    return f"{floored // 10}.{floored % 10}%"


def thousandths(part: int, whole: int) -> int:
    """A share floored to thousandths; 0 of nothing."""
    return part * 1000 // whole if whole else 0


@dataclass(frozen=True)
class Rates:
    """The counts behind both rates on a day, those that could hide something included."""

    registered: int = 0
    rejected: int = 0
    duplicate: int = 0
    completed: int = 0  # in 办结, 确认 or 销号
    resolved: int = 0  # in 确认 or 销号
    deferred: int = 0  # 挂账, counted as unresolved
    withdrawn: int = 0  # how many times entries were withdrawn, extended … up to the day
    extended: int = 0
    paused: int = 0  # waiting for the enterprise
    returned: int = 0
    transferred: int = 0
    split: int = 0
    sent_back: int = 0
    reopened: int = 0
    reinstated: int = 0  # set aside wrongly, as a re-check found
    target: int = DEFAULT_TARGET

    @classmethod
    def of(cls, states: Counter[str], steps: Mapping[str, int] = NO_STEPS, target: int = DEFAULT_TARGET) -> "Rates":
        """`steps` says how often each of the WATCHED was made."""
        return cls(
            registered=sum(states.values()),
            rejected=states[EntryState.REJECTED],
            duplicate=states[EntryState.DUPLICATE],
            completed=sum(states[state] for state in EntryState.DONE),
            resolved=sum(states[state] for state in EntryState.RESOLVED),
            deferred=states["deferred"],
            **{name: steps.get(action, 0) for action, name in WATCHED.items()},
            target=target,
        )

    @property
    def total(self) -> int:
        """The denominator."""
        return self.registered - self.rejected - self.duplicate

    @property
    def unresolved(self) -> int:
        return self.total - self.resolved

    @property
    def completion_text(self) -> str:
        return percent_text(self.completed, self.total)

    @property
    def resolution_text(self) -> str:
        return percent_text(self.resolved, self.total)

    @property
    def reached(self) -> bool:
        """Whether 化解率 has reached the target; nothing registered reaches nothing."""
        return bool(self.total) and self.resolved * 100 >= self.target * self.total

    @property
    def missing(self) -> int:
        """How many more entries must be resolved to reach the target."""
        return max(-(-self.target * self.total // 100) - self.resolved, 0)


@dataclass(frozen=True)
class RateTable:
    """Both rates of all, by responsible unit and by workstream; names in their order, only those with entries."""

    day: date
    target: int
    target_on: date | None
    all: Rates
    by_unit: dict[str, Rates]
    by_workstream: dict[str, Rates]

    @property
    def days_left(self) -> int | None:
        """Calendar days to the target date; negative once it is past."""
        return None if self.target_on is None else (self.target_on - self.day).days


def rates_on(day: date, user: User | None = None) -> RateTable:
    """The rates as they stood at the end of a day; for someone of one unit, of what that unit answered for then."""
    events = scoped(EntryEvent.objects.latest_by(day), user)
    states = events.order_by().values_list("unit", "entry__workstream", "to_state").annotate(n=Count("pk"))
    return table_of(day, user, *counted(states))


def table_of(day: date, user: User | None, by_unit: "Counters", by_workstream: "Counters") -> RateTable:
    """The rates of entries by state, with the steps counted beside them."""
    plan = ActionPlan.objects.filter(year=day.year).first()
    target = plan.target_percent if plan else DEFAULT_TARGET
    watched = EntryEvent.objects.filter(action__in=WATCHED, happened_on__lte=day)
    watched = scoped(watched.annotate(by=Coalesce(unit_before(), "unit", output_field=BigIntegerField())), user, "by")
    steps = watched.order_by().values_list("by", "entry__workstream", "action").annotate(n=Count("pk"))
    of_unit, of_workstream = counted(steps)
    units = dict(Unit.objects.values_list("pk", "name"))
    workstreams = dict(Workstream.objects.values_list("pk", "name"))
    return RateTable(
        day=day,
        target=target,
        target_on=plan.target_on if plan else None,
        all=Rates.of(sum(by_unit.values(), Counter()), sum(of_unit.values(), Counter()), target),
        by_unit=named(by_unit, of_unit, units, target),
        by_workstream=named(by_workstream, of_workstream, workstreams, target),
    )


def unit_before() -> Subquery:
    """The unit that was answerable when the step was made: it is the one that handed on, returned or asked."""
    before = EntryEvent.objects.filter(entry=OuterRef("entry"), seq=OuterRef("seq") - 1)
    return Subquery(before.values("unit")[:1])


def scoped(events: QuerySet[EntryEvent], user: User | None, unit: str = "unit") -> QuerySet[EntryEvent]:
    """Events of one of the person's own units: `EntryEvent.unit` is the one answerable after the event."""
    if user is None:
        return events
    if not user.is_active or not user.sees_business:
        return events.none()
    return events if user.sees_all else events.filter(**{f"{unit}__in": user.scope_units()})


Counters = dict[int | None, Counter[str]]


def counted(groups: Iterable[tuple[int | None, int | None, str, int]]) -> tuple[Counters, Counters]:
    """Counts by unit and by workstream of (unit, workstream, what, number)."""
    by_unit: Counters = defaultdict(Counter)
    by_workstream: Counters = defaultdict(Counter)
    for unit, workstream, what, number in groups:
        by_unit[unit][what] += number
        by_workstream[workstream][what] += number
    return by_unit, by_workstream


def named(states: Counters, steps: Counters, names: dict[int, str], target: int) -> dict[str, Rates]:
    keys = [key for key in [*names, None] if key in states or key in steps]
    return {names[key] if key is not None else UNSTATED: Rates.of(states[key], steps[key], target) for key in keys}


def rates_over(days: Iterable[date], user: User | None = None, *, target: int | None = None) -> dict[date, Rates]:
    """Both rates at the end of each of many days, in one statement: each event takes one entry out of a state and
    puts it into another, so the states of any day are the sum of the moves up to it. A caller that has read the
    plan passes its target."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    target = target_of(wanted[-1].year) if target is None else target
    steps = moves_by_day(wanted[-1], user)
    states: Counter[str] = Counter()
    made: Counter[str] = Counter()
    at, found = 0, {}
    for day in wanted:
        while at < len(steps) and steps[at].day <= day:
            states[steps[at].state] += steps[at].number
            made[steps[at].action] -= min(steps[at].number, 0)
            at += 1
        found[day] = Rates.of(states, made, target)
    return found


@dataclass(frozen=True, order=True)
class Step:
    """So many entries more (or fewer) in a state from a day on."""

    day: date
    state: str
    number: int
    action: str = ""  # of those that left: a step is counted where it was made


def moves_by_day(last: date, user: User | None) -> list[Step]:
    """What every day up to the last added to and took from each state, in one statement.

    For someone of one unit, an event comes in if that unit is answerable after it, and goes out if it was before.
    """
    if user is not None and not (user.is_active and user.sees_business):
        return []
    events = EntryEvent.objects.filter(happened_on__lte=last).order_by()
    if user is None or user.sees_all:
        events = events.annotate(came=Value(1), left=Value(1))
    else:
        units = user.scope_units()
        events = events.annotate(
            unit_before=unit_before(),
            came=Case(When(unit__in=units, then=1), default=0),
            left=Case(When(unit_before__in=units, then=1), default=0),
        )
    moves = events.values_list("happened_on", "from_state", "to_state", "action", "came", "left")
    steps = []
    for day, source, target, action, came, left, number in moves.annotate(n=Count("pk")):
        if came:
            steps.append(Step(day, target, number))
        if left and source:
            steps.append(Step(day, source, -number, action))
    return sorted(steps)


def target_of(year: int) -> int:
    """化解率目标 of the year's plan, in percent."""
    planned = ActionPlan.objects.filter(year=year).values_list("target_percent", flat=True).first()
    return DEFAULT_TARGET if planned is None else planned
