"""What waits beside the ledger's own steps: supervision orders, call-backs, requests, duty gaps, re-checks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.rights.permissions import Role
from common.rows.keysets import CappedCount, count_text
from duty.selectors.gaps import personal_gaps
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.filters.supervision import STANDINGS
from ledger.models import ProblemEntry, Recheck, SupervisionOrder
from ledger.moves.facts import short_day
from ledger.selectors.entries.lists import ANSWER_DAYS, unanswered_q
from ledger.selectors.entries.queues import queue_q, waiting_for
from ledger.selectors.rechecks import waiting_for_q
from ledger.states import Asked
from reports.closing.reminding import waiting_signature

FEW = 5
MOST = 1000  # as far as a first page counts: nobody has more to do at once, and each count has its place on the page
ORDERS, ENTRIES, RECHECKS = "ledger:order-list", "ledger:entry-list", "ledger:recheck-list"


def most() -> int:
    return min(settings.LIST_COUNT_LIMIT, MOST)


@dataclass(frozen=True)
class Line:
    title: str
    facts: str
    url: str
    due: date | None = None
    is_late: bool = False
    step: str = ""  # the step that can be made right from here
    step_url: str = ""


@dataclass(frozen=True)
class Number:
    """A count of the panel and the list that shows exactly these rows."""

    label: str
    count: int
    url: str
    is_alarm: bool = False

    @property
    def text(self) -> str:
        return count_text(self.count, most())


@dataclass(frozen=True)
class Panel:
    name: str
    numbers: list[Number]
    lines: list[Line]
    empty: str  # why there is nothing, and what would come here

    @property
    def count(self) -> int:
        return sum(number.count for number in self.numbers)


@dataclass(frozen=True)
class Kind:
    """One panel before anything is asked: its counts as (label, rows, list, query), then its first lines."""

    name: str
    counts: list[tuple[str, QuerySet, str, str]]
    lines: Callable[[], list[Line]]
    empty: str
    alarms: frozenset[str] = field(default_factory=frozenset)


def panels(user: User, today: date, calendar: WorkingCalendar | None = None) -> list[Panel]:
    """In one statement for the counts and one a panel; what has something to do first, by what is due first."""
    kinds = kinds_for(user, today, calendar or working_calendar())
    capped = {
        f"{at}_{n}": CappedCount(rows, most())
        for at, kind in enumerate(kinds)
        for n, (_, rows, _, _) in enumerate(kind.counts)
    }
    found = User.objects.filter(pk=user.pk).values(**capped).get()
    shown = [
        Panel(
            kind.name,
            [
                Number(label, found[f"{at}_{n}"], f"{reverse(page)}{query and f'?{query}'}", label in kind.alarms)
                for n, (label, _, page, query) in enumerate(kind.counts)
            ],
            kind.lines(),
            kind.empty,
        )
        for at, kind in enumerate(kinds)
    ]
    shown.sort(key=lambda panel: (not panel.lines, earliest(panel)))
    return [*signature(user, today), *shown]


def signature(user: User, today: date) -> list[Panel]:
    """The half-year a leader's unit has to sign for; a coordinator is shown it above the queues."""
    period = waiting_signature(user, today) if user.role == Role.LEADER else None
    if period is None:
        return []
    url = reverse("reports:period-sign", args=[period.code])
    advice = "核对本单位的数字和期间对账，没有问题就签字"
    line = Line(f"{period.label}等{user.unit}签字", advice, url, step="去签字", step_url=url)
    return [Panel("期间签字", [Number("待签字", 1, url)], [line], "")]


def earliest(panel: Panel) -> date:
    return min((line.due for line in panel.lines if line.due), default=date.max)


def waiting_number(user: User, today: date) -> int:
    """How many things wait for this person; in one statement but for a leader's signature."""
    rows = [rows for kind in kinds_for(user, today, working_calendar()) for _, rows, _, _ in kind.counts]
    capped = {f"n{at}": CappedCount(one, most()) for at, one in enumerate(rows)}
    return sum(User.objects.filter(pk=user.pk).values(**capped).get().values()) + len(signature(user, today))


def kinds_for(user: User, today: date, calendar: WorkingCalendar) -> list[Kind]:
    """A coordinator's requests to decide are among the steps of the ledger already (`desk.coordinator`)."""
    kinds = [orders(user, today), callbacks(user, today, calendar)]
    if user.role != Role.COORDINATOR:
        kinds.append(requests(user, today))
    if user.can("duty.edit"):
        kinds.append(duty_gaps(user, today))
    return [*kinds, rechecks(user)] if user.can("recheck.judge") and user.sees_all else kinds


def orders(user: User, today: date) -> Kind:
    still_open = SupervisionOrder.objects.visible_to(user).unanswered()
    in_time = still_open.filter(deadline__gte=today)
    signed = in_time.filter(acknowledged_on__isnull=False, returned_on=None)

    def lines() -> list[Line]:
        return [
            Line(
                f"{order.number} {order.entry.title}",
                f"{order.unit} · {order.standing}",
                reverse("ledger:order-detail", args=[order.pk]),
                order.deadline,
                order.deadline < today,
            )
            for order in still_open.select_related("entry", "unit").order_by("deadline", "pk")[:FEW]
        ]

    return Kind(
        "督办单",
        [
            ("逾期未回复", still_open.filter(deadline__lt=today), ORDERS, "late=1"),
            ("待签收", in_time.filter(acknowledged_on=None), ORDERS, "standing=unsigned&late=0"),
            (
                "待回复",
                signed,
                ORDERS,
                "standing=signed&late=0",
            ),
            ("退回重报", in_time.filter(returned_on__isnull=False), ORDERS, "standing=returned&late=0"),
            *judging(user),
        ],
        lines,
        "没有等着签收、回复的督办单。领导签发或逾期自动签发后会出现在这里。",
        frozenset({"逾期未回复"}),
    )


def judging(user: User) -> list[tuple[str, QuerySet, str, str]]:
    """Answers that wait for a leader's word."""
    if not user.can("supervision.issue"):
        return []
    waiting = SupervisionOrder.objects.visible_to(user).filter(STANDINGS["waiting"][1])
    return [("待认可", waiting, ORDERS, "standing=waiting")]


def callbacks(user: User, today: date, calendar: WorkingCalendar) -> Kind:
    """Claimed done, the enterprise asked, no answer: it is called; who may record the call can do so from here."""
    mine = queue_q("to_confirm", user, today) if user.role != Role.LEADER else None
    unanswered = ProblemEntry.objects.visible_to(user).filter(unanswered_q(today, calendar))
    rows = unanswered if mine is None else unanswered.filter(mine)

    def lines() -> list[Line]:
        found = rows.select_related("enterprise", "project").order_by("completed_on", "pk")[:FEW]
        return [callback_line(entry) for entry in found]

    query = "overdue=unanswered" if mine is None else "overdue=unanswered&queue=to_confirm"

    def callback_line(entry: ProblemEntry) -> Line:
        phone = f" · {entry.contact_name} {entry.contact_phone}" if mine is not None else ""
        return Line(
            entry.title,
            f"{entry.number} · {entry.enterprise or entry.project or '未指明企业'}{phone}".rstrip(),
            f"{reverse('ledger:entry-detail', args=[entry.pk])}?{query}",
            calendar.add(entry.completed_on, ANSWER_DAYS) if entry.completed_on else None,
            True,
            "记回访" if mine is not None else "",
            f"{reverse('ledger:entry-move', args=[entry.pk, 'confirm'])}?{query}" if mine is not None else "",
        )

    return Kind(
        "电话回访",
        [(f"{ANSWER_DAYS} 个工作日没有答复", rows, ENTRIES, query)],
        lines,
        "没有等着打电话的。企业收到确认链接 5 个工作日没有答复的，会出现在这里。",
    )


def requests(user: User, today: date) -> Kind:
    rows = waiting_for(user, "to_decide", today)

    def lines() -> list[Line]:
        found = rows.select_related("lead_unit", "asked_by").order_by("deadline", "pk")[:FEW]
        return [
            Line(
                entry.title,
                f"{entry.number} · {entry.lead_unit} {entry.asked_by}"
                f"申请{Asked(entry.asked).label}到 {short_day(entry.asked_until, today)}",
                f"{reverse('ledger:entry-detail', args=[entry.pk])}?queue=to_decide&sort=deadline",
                entry.deadline,
                entry.deadline is not None and entry.deadline < today,
            )
            for entry in found
        ]

    return Kind(
        "待批申请",
        [("延期、挂账", rows, ENTRIES, "queue=to_decide")],
        lines,
        "没有等您批的延期、挂账申请。",
    )


def duty_gaps(user: User, today: date) -> Kind:
    """Shifts ahead whose people will not come, and swaps that the coordinator may answer for them."""
    rows = personal_gaps(user, today)

    def lines() -> list[Line]:
        return [
            Line(
                f"{shift.words} {shift.officer}",
                shift.gap_words,
                reverse("duty:cell", args=[shift.workstream_id, shift.day.isoformat()]),
                shift.day,
            )
            for shift in rows.for_list()[:FEW]
        ]

    return Kind(
        "值班",
        [("来不了、要另排的", rows, "duty:gap-list", "")],
        lines,
        "没有空班。停用、调离、请假的人以后的班会出现在这里。",
        frozenset({"来不了、要另排的"}),
    )


def rechecks(user: User) -> Kind:
    rows = Recheck.objects.visible_to(user).filter(waiting_for_q(user))

    def lines() -> list[Line]:
        found = rows.for_list().order_by("draw__ends_on", "unit__order", "pk")[:FEW]
        return [
            Line(
                recheck.entry.title,
                f"{recheck.entry.number} · {recheck.unit} · {recheck.event.get_action_display()}",
                reverse("ledger:recheck-detail", args=[recheck.pk]),
            )
            for recheck in found
        ]

    return Kind(
        "撤单质检",
        [("等我复核", rows, RECHECKS, "standing=mine")],
        lines,
        "没有等您复核的。每期过完抽取的撤单、不予受理和并入的问题会出现在这里。",
    )
