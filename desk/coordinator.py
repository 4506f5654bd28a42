"""联络员 land on 本单位待办: the unit's entries by the step they wait for."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db.models import F, QuerySet

from accounts.models import User
from common.periods import Period
from common.rows.keysets import CappedCount, count_text
from desk.waiting import Panel, most, panels
from duty.selectors.mine import HomeDuty, home_duty
from ledger.answering import ANSWERS, SUPPORTS
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import with_lights
from ledger.models import ProblemEntry
from ledger.selectors.entries.lists import due_q, long_pause_q
from ledger.selectors.entries.queues import QUEUES, waiting_for
from ledger.selectors.vacancies import waiting_vacancies
from reports.closing.reminding import waiting_signature

FEW = 5


@dataclass(frozen=True)
class Queue:
    """Entries that wait for one kind of step. `query` is the ledger list's filter that shows all of them."""

    name: str
    query: str
    advice: str
    count: int
    rows: list[ProblemEntry]
    is_alarm: bool = False
    is_step: bool = True  # waits for a step of the coordinator's; others are a second look at the same entries

    @property
    def count_text(self) -> str:
        return count_text(self.count, most())


@dataclass(frozen=True)
class Beside:
    """What is told apart from a number, with the ledger list's filter that shows it."""

    words: str
    query: str


@dataclass(frozen=True)
class UnitWork:
    queues: list[Queue]
    panels: list[Panel]
    duty: HomeDuty
    to_sign: Period | None = None  # the half-year just over, where the unit has not signed its part
    vacancies: int = 0  # things without anybody of their own in the person's units
    supported: Beside | None = None  # overdue entries that other units answer for and this one supports

    @property
    def waiting(self) -> int:
        """Entries that wait for a step; the overdue ones are among them or with their handlers."""
        return sum(queue.count for queue in self.queues if queue.is_step)

    @property
    def overdue(self) -> int:
        return sum(queue.count for queue in self.queues if queue.is_alarm)


ADVICE = {
    "to_accept": "看清诉求，受理或说明不予受理的理由",
    "to_assign": "定牵头单位、经办人和期限",
    "returned": "看退单的理由，另定牵头单位",
    "to_decide": "同意或说明不同意的理由",
    "to_acknowledge": "提醒经办人签收，签收后开始办理",
    "to_support": "把本单位承担的部分反馈给牵头单位",
    "to_review": "条件具备就恢复办理，否则再报挂账",
    "to_confirm": "给企业打电话，记下答复和评价",
    "to_close": "核对佐证材料后销号",
}
LONG_ADVICE = "问清企业卡在哪里；能办的，先“继续办理”"
RARE = frozenset({"returned", "to_decide", "to_support", "to_review"})  # shown only when something waits


def beside(supported: int) -> Beside | None:
    """The overdue entries that the unit only supports."""
    words = f"另有协办 {count_text(supported, most())} 件"
    return Beside(words, f"overdue=1&ours={SUPPORTS}") if supported else None


def unit_work(user: User, today: date) -> UnitWork:
    """The ledger's own queues (`selectors.entries.queues.QUEUES`), so that the list behind a number has that number."""
    calendar = working_calendar()
    entries = ProblemEntry.objects.visible_to(user)
    waiting = {
        "overdue": ProblemEntry.objects.answered_for(user).filter(due_q("1", today)),
        "long": entries.filter(long_pause_q(today, calendar)),
        **{queue: waiting_for(user, queue, today) for queue in ADVICE},
    }
    # one statement; a large ledger isn't counted to its end, each queue has its own index and stops at `most()`
    capped = {name: CappedCount(rows, most()) for name, rows in waiting.items()}
    if not user.sees_all:
        capped["supported"] = CappedCount(entries.only_supported_for(user).filter(due_q("1", today)), most())
    counts = User.objects.filter(pk=user.pk).values(**capped).get()

    first = first_rows({name: rows for name, rows in waiting.items() if counts[name]}, today, calendar)
    late = Queue(
        "逾期",
        "overdue=1" if user.sees_all else f"overdue=1&ours={ANSWERS}",
        "先督促这些",
        counts["overdue"],
        first["overdue"],
        is_alarm=True,
        is_step=False,
    )
    supported = beside(counts.get("supported") or 0)
    stopped = []
    if counts["long"]:
        stopped.append(Queue("等待企业过久", "overdue=long", LONG_ADVICE, counts["long"], first["long"], is_step=False))
    queues = [late, *stopped] + [
        Queue(QUEUES[name], f"queue={name}", advice, counts[name], first[name])
        for name, advice in ADVICE.items()
        if counts[name] or name not in RARE
    ]
    also = panels(user, today, calendar), home_duty(user, today), waiting_signature(user, today)
    return UnitWork(queues, *also, waiting_vacancies(user), supported)


def first_rows(
    waiting: Mapping[str, QuerySet[ProblemEntry]], today: date, calendar: WorkingCalendar
) -> dict[str, list[ProblemEntry]]:
    """The most pressing few of each queue: each queue's keys by its own index, then all of their rows at once."""
    pressing = F("deadline").asc(nulls_last=True)
    keys = {
        name: list(rows.order_by(pressing, "pk").values_list("pk", flat=True)[:FEW]) for name, rows in waiting.items()
    }
    wanted = ProblemEntry.objects.for_lines().filter(pk__in=set(chain.from_iterable(keys.values())))
    found = {entry.pk: entry for entry in with_lights(wanted, today, calendar)}
    return defaultdict(list, {name: [found[key] for key in own if key in found] for name, own in keys.items()})
