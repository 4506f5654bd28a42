"""The ladder of overdue entries: each step tells other people, once for an entry and deadline.

Source of the rule: docs/domain.md, “逾期提级”. An entry climbs by working days since its deadline; one that waits for
the enterprise or is deferred does not climb. A deadline recounted while it was over keeps what was told of it: only one
that lay ahead again begins anew. Run twice, nothing happens the second time; run after days of standstill,
only the highest step is told and the lower ones are written down as passed over.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.rights.permissions import Role
from common.periods import local_date
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import red_q
from ledger.models import (
    EntryEvent,
    Escalation,
    LadderStep,
    Notice,
    NoticeKind,
    ProblemEntry,
    RobotEvent,
    SupervisionOrder,
)
from ledger.moves.facts import Fact, day_told
from ledger.querysets import EntryQuerySet
from ledger.services.messages.notices import named
from ledger.services.messages.robots import News, announce
from ledger.services.people.receiving import Office
from ledger.services.supervising.supervision import Demand, announce_orders, issue_order
from ledger.states import Action, EntryState

LADDER = "ledger.ladder"
DEMAND = "该问题已逾期 {days} 个工作日。请立即组织办理，查明逾期原因，书面回复办理情况和完成时间。"


@dataclass
class Climb:
    """What one entry has newly reached."""

    entry: ProblemEntry
    deadline: date
    days: int  # working days overdue
    step: LadderStep
    passed: list[LadderStep]
    told: list[User] = field(default_factory=list)
    order: SupervisionOrder | None = None

    @property
    def ordering(self) -> LadderStep | None:
        """The highest of the steps just reached, told or passed over, that issues an order."""
        return next((step for step in (self.step, *reversed(self.passed)) if step.issues_order), None)


@transaction.atomic
def climb(*, at: datetime, guard: Callable[[], None] | None = None) -> dict[str, Any]:
    """Tells about every entry that has reached a step it had not; `guard` refuses when somebody else runs it by now."""
    day, calendar = local_date(at), working_calendar()
    if guard:
        guard()
    climbs = newly_reached(day, calendar)
    office = Office.now()
    for one in climbs:
        one.told = office.audience(one.step, one.entry)
        issue(one, at, calendar)
    write(climbs, at)
    notices = tell(climbs, at, office)
    tell_groups(climbs, at)
    return {
        "day": day.isoformat(),
        "entries": len(climbs),
        "notices": len(notices),
        "orders": sum(one.order is not None for one in climbs),
        "passed_over": sum(len(one.passed) for one in climbs),
    }


def climbing_q(today: date) -> Q:
    """Overdue, at work, neither waiting for the enterprise nor deferred."""
    return red_q(today) & ~Q(state=EntryState.DEFERRED)


def newly_reached(day: date, calendar: WorkingCalendar) -> list[Climb]:
    """The entries that stand on a step they had not reached, held until the transaction ends."""
    steps = list(LadderStep.objects.filter(is_active=True))
    overdue = ProblemEntry.objects.filter(climbing_q(day))
    known: dict[tuple[int, date], set[int]] = defaultdict(set)
    rows = Escalation.objects.filter(entry__in=overdue.order_by().values("pk")).order_by()
    for pk, of_deadline, reached_step in rows.values_list("entry", "deadline", "step"):
        known[pk, of_deadline].add(reached_step)
    inherit(known, overdue)
    late: dict[date, int] = {}
    found = []
    held = overdue.select_for_update(of=("self",)).select_related("lead_unit", "unit", "handler")
    for entry in held.order_by("pk"):
        deadline = entry.deadline
        if deadline is None:
            continue  # never: what is overdue has one
        days = late.setdefault(deadline, calendar.between(deadline, day))
        step, passed = reached(steps, days, known[entry.pk, deadline])
        if step is not None:
            found.append(Climb(entry, deadline, days, step, passed))
    return found


def inherit(known: dict[tuple[int, date], set[int]], overdue: EntryQuerySet) -> None:
    """What was told under a deadline that was over holds for the one it was recounted to, if that was over too."""
    recounts = EntryEvent.objects.filter(action=Action.RECOUNT, entry__in=overdue.order_by().values("pk"))
    for entry, data, day in recounts.order_by("entry", "seq").values_list("entry", "data", "happened_on"):
        was, now = day_told(data, Fact.WAS_DEADLINE), day_told(data, Fact.DEADLINE)
        if was and now and now < day:
            known[entry, now] |= known[entry, was]


def reached(steps: Sequence[LadderStep], days: int, known: Iterable[int]) -> tuple[LadderStep | None, list[LadderStep]]:
    """The highest step of an entry so many working days overdue, and those below it that it had not reached either.

    None when that step is known: the first working day after the deadline is the day it becomes overdue (step 0).
    """
    stood = [step for step in steps if step.after_days < days]
    if not stood or stood[-1].pk in known:
        return None, []
    return stood[-1], [step for step in stood[:-1] if step.pk not in known]


def issue(one: Climb, at: datetime, calendar: WorkingCalendar) -> None:
    """The order of a step that issues one; nobody is pressed about an entry that no unit leads."""
    step = one.ordering
    if step is None or one.entry.lead_unit is None:
        return
    until = calendar.add(local_date(at), step.answer_days)
    demand = Demand(DEMAND.format(days=one.days), until)
    one.order = issue_order(entry=one.entry, actor=None, at=at, demand=demand, tell=False)


def write(climbs: Iterable[Climb], at: datetime) -> None:
    rows = []
    for one in climbs:
        for step in (*one.passed, one.step):
            told = step == one.step
            rows.append(
                Escalation(
                    entry=one.entry,
                    deadline=one.deadline,
                    step=step,
                    after_days=step.after_days,
                    unit_id=one.entry.responsible_unit_id,
                    day=local_date(at),
                    made_at=at,
                    told=told,
                    told_to="、".join(person.name for person in one.told)[:500] if told else "",
                    order=one.order if told else None,
                )
            )
    Escalation.objects.bulk_create(rows, batch_size=500)


def tell(climbs: Iterable[Climb], at: datetime, office: Office) -> list[Notice]:
    """One notice a person, however many entries it is about; who has to sign for an order is told with it."""
    by_person: dict[User, dict[int, Climb]] = defaultdict(dict)
    for one in climbs:
        people = list(one.told)
        if one.order is not None:
            people += [*office.receiving(one.entry), *office.receivers(one.order.unit_id)]
        for person in people:
            by_person[person][one.entry.pk] = one
    late = ProblemEntry.objects.overdue(local_date(at)).by_answering_unit() if by_person else {}
    notices = [
        notice(person, list(about.values()), at, standing(person, len(about), late, office))
        for person, about in by_person.items()
    ]
    return Notice.objects.bulk_create(notices)


def standing(person: User, told: int, late: Mapping[int, int], office: Office) -> str:
    """What is overdue in all, as this person's pages have it, where that is more than they are told of now."""
    if person.role not in (Role.COORDINATOR, Role.LEADER):
        return ""
    every = sum(number for unit, number in late.items() if office.oversees(person, unit))
    return f"；连同以前告知的，{'全市' if person.sees_all else '本单位'}现逾期 {every} 件" if every > told else ""


def tell_groups(climbs: Sequence[Climb], at: datetime) -> None:
    """One message a group and event: what became overdue, what climbed, which orders came of it."""
    parts: dict[RobotEvent, list[News]] = defaultdict(list)
    for one in climbs:
        entry = one.entry
        event = RobotEvent.ESCALATED if one.step.after_days else RobotEvent.OVERDUE
        unit = entry.lead_unit or entry.unit
        parts[event].append(News(unit.pk, f"· {entry.number} {unit.label}，逾期 {one.days} 个工作日"))
    announce(RobotEvent.OVERDUE, "{n} 件问题逾期", parts[RobotEvent.OVERDUE], at)
    announce(RobotEvent.ESCALATED, "{n} 件问题逾期提级", parts[RobotEvent.ESCALATED], at)
    announce_orders([one.order for one in climbs if one.order], at)


def notice(person: User, about: Sequence[Climb], at: datetime, beside: str) -> Notice:
    common: dict[str, Any] = {"recipient": person, "kind": NoticeKind.OVERDUE, "made_at": at}
    orders = [one.order.number for one in about if one.order]
    ordered = f"，已签发{named(orders)}督办单" if orders else ""
    if len(about) == 1:
        entry, days = about[0].entry, about[0].days
        words = f"{entry.number} {entry.title[:200]} 已逾期 {days} 个工作日{ordered}"
        return Notice(**common, entry=entry, words=words[:300])
    numbers = named([one.entry.number for one in about])
    words = f"{len(about)} 件问题逾期，请督促办理：{numbers}{ordered}{beside}"
    day = local_date(at).isoformat()
    link = f"{reverse('ledger:escalation-list')}?from={day}&to={day}"
    return Notice(**common, link=link, words=words[:300])
