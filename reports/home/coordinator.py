"""联络员 land on 本单位待办: the unit's entries by the step they wait for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from accounts.models import User
from ledger.calendar import working_calendar
from ledger.models import ProblemEntry
from ledger.states import EntryState
from reports.due import DueEntry, with_light

FEW = 5


@dataclass(frozen=True)
class Queue:
    """Entries that wait for one kind of step. `query` is the ledger list's filter that shows all of them."""

    name: str
    query: str
    advice: str
    count: int
    rows: list[DueEntry]
    is_alarm: bool = False


@dataclass(frozen=True)
class UnitWork:
    queues: list[Queue]

    @property
    def waiting(self) -> int:
        """Entries that wait for a step; the overdue ones are among them or with their handlers."""
        return sum(queue.count for queue in self.queues if not queue.is_alarm)

    @property
    def overdue(self) -> int:
        return sum(queue.count for queue in self.queues if queue.is_alarm)


STEPS = [
    ("待受理", EntryState.REGISTERED, "看清诉求，受理或说明不予受理的理由"),
    ("待交办", EntryState.ACCEPTED, "定牵头单位、经办人和期限"),
    ("待签收", EntryState.ASSIGNED, "提醒经办人签收，签收后开始办理"),
    ("待确认回访", EntryState.COMPLETED, "给企业打电话，记下答复和评价"),
    ("待销号", EntryState.CONFIRMED, "核对佐证材料后销号"),
]


def unit_work(user: User, today: date) -> UnitWork:
    calendar = working_calendar()
    entries = ProblemEntry.objects.visible_to(user)
    overdue = Q(state__in=EntryState.WORKING, deadline__lt=today)
    counts = entries.aggregate(
        overdue=Count("pk", filter=overdue),
        **{state.value: Count("pk", filter=Q(state=state)) for _, state, _ in STEPS},
    )

    def first_rows(rule: Q, *order: Any) -> list[DueEntry]:
        rows = entries.filter(rule).select_related("enterprise", "project", "handler", "lead_unit")
        return with_light(rows.order_by(*order)[:FEW], today, calendar)

    late = Queue("逾期", "overdue=1", "先督促这些", counts["overdue"], first_rows(overdue, "deadline", "pk"), True)
    oldest_first = (F("deadline").asc(nulls_last=True), "registered_on", "pk")
    return UnitWork(
        [late]
        + [
            Queue(name, f"state={state.value}", advice, counts[state.value], first_rows(Q(state=state), *oldest_first))
            for name, state, advice in STEPS
        ]
    )
