"""What the ledger's pages show."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Unit, User
from accounts.permissions import can
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import Light, last_yellow_day, light_of, light_q, light_rank, red_q, running_q
from ledger.models import (
    ConfirmationLink,
    EntryEvent,
    EntryPause,
    ProblemCategory,
    ProblemEntry,
    Rating,
    Recovery,
    SupervisionOrder,
    SupportingUnit,
)
from ledger.services.confirmations import may_ask
from ledger.services.entries import may_correct
from ledger.services.supervision import may_issue
from ledger.services.who import actions_for
from ledger.states import LEADING, Action, Asked, EntryState

CHOICES_SECONDS = 60
ANSWER_DAYS = 5  # working days; then the enterprise is called
RAISED = {1: "单位领导", 2: "市级领导"}
DAYS = frozenset({"办理期限", "原期限", "申请到", "复核日期"})
FILES = "材料"  # shown as the files themselves


def due_q(due: str, today: date) -> Q:
    """`1`: overdue; `soon`: the yellow ones; `none`: no deadline yet; `long`: waiting for the enterprise too long.

    `unanswered`: the enterprise has been asked, or the claim made, five working days ago and nobody has heard from it.
    """
    if due == "unanswered":
        asked_by = working_calendar().before(today, ANSWER_DAYS)
        asked = ConfirmationLink.objects.filter(
            entry=OuterRef("pk"), answered_at=None, revoked_at=None, created_at__date__gt=asked_by
        )
        return Q(state=EntryState.COMPLETED, completed_on__lte=asked_by) & ~Q(Exists(asked))
    if due == "1":
        return red_q(today)
    if due == "none":
        return Q(state__in=EntryState.WORKING, deadline__isnull=True)
    calendar = working_calendar()
    if due == "long":
        return long_pause_q(today, calendar)
    return running_q() & Q(deadline__gte=today, deadline__lte=last_yellow_day(today, calendar))


def long_pause_q(today: date, calendar: WorkingCalendar) -> Q:
    """Waiting for the enterprise for more than `LONG_PAUSE_DAYS` working days."""
    return Q(state__in=EntryState.WORKING, paused_on__lte=calendar.before(today, settings.LONG_PAUSE_DAYS + 1))


def by_colour(colour: str, today: date) -> Q:
    return light_q(colour, today, last_yellow_day(today, working_calendar()))


def in_order_of_light(rows: QuerySet[ProblemEntry], today: date) -> QuerySet[ProblemEntry]:
    """The rows with `light_rank`, red first."""
    return rows.annotate(light_rank=light_rank(today, last_yellow_day(today, working_calendar())))


def list_choices() -> dict[str, list[tuple[str, str]]]:
    """Units, matters and categories to filter by: one query, kept for a minute."""
    kept = cache.get("ledger.list_choices")
    if kept is None:
        kinds = {"unit": Unit.objects.filter(is_active=True), "workstream": Workstream, "category": ProblemCategory}
        parts = [
            (rows if isinstance(rows, QuerySet) else rows.objects.all())
            .order_by()
            .annotate(listed_as=Value(kind), key=Cast("pk", CharField()))
            .values_list("listed_as", "key", "name", "order")
            for kind, rows in kinds.items()
        ]
        kept = {kind: [] for kind in kinds}
        for kind, key, name, _order in sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row[3]):
            kept[kind].append((key, name))
        cache.set("ledger.list_choices", kept, CHOICES_SECONDS)
    return kept


def list_page(keys: Sequence[int], today: date, day: date | None = None) -> list[ProblemEntry]:
    """The entries of one page in the order of their keys, each with its `light` (None where no deadline runs) and
    whether its deadline is `provisional`.

    As of a past `day`, each with its state and unit then and `since`, the steps made after it.
    """
    rows = ProblemEntry.objects.for_list().filter(pk__in=keys)
    found = {entry.pk: entry for entry in (rows.as_of(day) if day else rows)}
    calendar, lit = working_calendar(), [found[key] for key in keys if key in found]
    for entry in lit:
        entry.light = light_of(entry, today, calendar)
        entry.provisional = provisional(entry, calendar)
    if day:
        show_changes(lit, day)
    return lit


def provisional(entry: ProblemEntry, calendar: WorkingCalendar) -> bool:
    """The deadline still runs and lies beyond the last announced year."""
    running = entry.deadline is not None and entry.state in EntryState.WORKING
    return running and calendar.is_provisional(entry.deadline)


def show_changes(entries: Sequence[ProblemEntry], day: date) -> None:
    """Gives each entry `stood` and `unit_stood`, its state and unit that day, and `since`, what was done afterwards."""
    units = dict(list_choices()["unit"])
    later: dict[int, list[EntryEvent]] = defaultdict(list)
    for event in EntryEvent.objects.filter(entry__in=entries, happened_on__gt=day).order_by("entry", "seq"):
        later[event.entry_id].append(event)
    for entry in entries:
        entry.stood, entry.unit_stood = EntryState(entry.state_then), units.get(str(entry.unit_then), "")
        entry.since = [f"{short_day(event.happened_on)}{event.get_action_display()}" for event in later[entry.pk]]


@dataclass(frozen=True)
class EntryPage:
    """What the detail page shows of one entry to one person."""

    entry: ProblemEntry
    light: Light | None
    provisional: bool
    pauses: list[EntryPause]
    waited: int  # working days the enterprise has been waited for since the clock stands
    events: list[EntryEvent]
    parts: list[SupportingUnit]
    recoveries: list[Recovery]
    recovered: Decimal
    main: Action | None
    others: list[Action]
    request: EntryEvent | None
    related: list[ProblemEntry]
    links: dict[str, bool]
    may_correct: bool
    may_add_money: bool
    may_ask_enterprise: bool
    raised: str
    may_supervise: bool
    orders: list[SupervisionOrder]


def entry_page(*, entry: ProblemEntry, user: User, today: date) -> EntryPage:
    calendar, events = working_calendar(), story(entry)
    recoveries = list(entry_money(entry, user))
    actions = actions_for(entry, user, today)
    main = actions[0] if actions and actions[0] in LEADING else None
    return EntryPage(
        entry=entry,
        light=light_of(entry, today, calendar),
        provisional=provisional(entry, calendar),
        pauses=list(entry.pauses.order_by("pk")) if entry.paused_on or entry.paused_days else [],
        waited=calendar.between(entry.paused_on, today) if entry.paused_on else 0,
        events=events,
        parts=list(entry.support.all()),
        recoveries=recoveries,
        recovered=sum((recovery.amount for recovery in recoveries), Decimal(0)),
        main=main,
        others=[action for action in actions if action != main],
        request=request_of(entry, events),
        related=related_entries(entry, user),
        links=reachable(entry, user),
        may_correct=may_correct(entry, user),
        may_add_money=can(user, "money.edit"),
        may_ask_enterprise=may_ask(entry, user),
        may_supervise=may_issue(entry, user),
        orders=list(entry.supervision_orders.visible_to(user).select_related("unit")),
        raised=RAISED.get(entry.raised, "") if entry.state in EntryState.OPEN else "",
    )


def entry_money(entry: ProblemEntry, user: User) -> QuerySet[Recovery]:
    """Money of an entry as far as this person may see it; that of what was merged into it is part of its story."""
    own = Recovery.objects.visible_to(user).filter(entry=entry).values("pk")
    money = Recovery.objects.filter(Q(pk__in=own) | Q(entry__duplicate_of=entry))
    return money.select_related("entry").order_by("happened_on", "pk")


def request_of(entry: ProblemEntry, events: Sequence[EntryEvent]) -> EntryEvent | None:
    """The event by which the extension or deferral was asked for that now waits for a decision."""
    asking = {Asked.EXTENSION: Action.ASK_EXTENSION, Asked.DEFERRAL: Action.ASK_DEFERRAL}
    if not entry.asked:
        return None
    wanted = asking[Asked(entry.asked)]
    return next((event for event in reversed(events) if event.action == wanted), None)


def related_entries(entry: ProblemEntry, user: User) -> list[ProblemEntry]:
    """What was merged into it or split off it, and what it was split off; `is_open_to`: this person may look."""
    family = Q(duplicate_of=entry) | Q(split_from=entry)
    family |= Q(pk=entry.split_from_id) if entry.split_from_id else Q()
    found = ProblemEntry.objects.filter(family).select_related("enterprise", "unit").order_by("pk")
    mine = set(ProblemEntry.objects.visible_to(user).filter(family).values_list("pk", flat=True)) if found else set()
    for other in found:
        other.is_open_to = other.pk in mine
        other.kinship = "并入" if other.duplicate_of_id == entry.pk else "拆出"
        if other.pk == entry.split_from_id:
            other.kinship = "拆自"
    return list(found)


def story(entry: ProblemEntry) -> list[EntryEvent]:
    """The events, oldest first, each with its `facts`: what it settled besides the words."""
    events = list(entry.events.order_by("seq").prefetch_related("attachments"))
    for event in events:
        known = event.data.items()
        event.facts = [(label, fact_words(label, value, event.happened_on)) for label, value in known if label != FILES]
    return events


def fact_words(label: str, value: Any, on: date) -> str:
    if label in DAYS:
        return short_day(date.fromisoformat(value), on)
    if label == "回访时间":
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return str(value)


def reachable(entry: ProblemEntry, user: User) -> dict[str, bool]:
    """Which of the records it came from or leads to this person may open."""
    names = ("source_activity", "source_form", "case", "duplicate_of")
    linked = {name: getattr(entry, name) for name in names if getattr(entry, f"{name}_id")}
    return {
        name: type(record).objects.visible_to(user).filter(pk=record.pk).exists() for name, record in linked.items()
    }


def find_entry(pk: int, user: User) -> ProblemEntry | None:
    """The entry with all its page names, if this person may see it."""
    return (
        ProblemEntry.objects.visible_to(user)
        .for_list()
        .select_related("registered_by", "source_activity", "source_form", "case", "duplicate_of", "claimed_by")
        .select_related("asked_by", "split_from")
        .prefetch_related(Prefetch("support", SupportingUnit.objects.select_related("unit", "handler").order_by("pk")))
        .filter(pk=pk)
        .first()
    )


def entry_choices(*, user: User, words: str, leave_out: int | None = None) -> list[dict[str, str]]:
    """Entries another may be a duplicate of, found by number, title or enterprise."""
    rows = ProblemEntry.objects.visible_to(user).counted().exclude(pk=leave_out)
    found = rows.search(words).select_related("enterprise").order_by("-registered_on", "-pk")[:20]
    return [{"value": str(entry.pk), "text": choice_label(entry)} for entry in found]


def choice_label(entry: ProblemEntry) -> str:
    return f"{entry.number} {entry.title}" + (f"（{entry.enterprise}）" if entry.enterprise else "")


def told(event: EntryEvent) -> str:
    """What a move did, in the words shown after it: “JS-2026-0183 已交办市公安局，期限 12月6日”."""
    entry = event.entry
    number, handler, on = entry.number, entry.handler.name if entry.handler else "", event.happened_on
    words = {
        Action.REGISTER: "已登记",
        Action.ACCEPT: "已受理，请尽快交办",
        Action.REJECT: "已不予受理，理由已留档",
        Action.WITHDRAW: "已撤单，理由已留档",
        Action.MARK_DUPLICATE: f"已并入 {entry.duplicate_of and entry.duplicate_of.number}，材料和记录随之并入",
        Action.SPLIT: f"已拆分，拆出 {event.data.get('拆出')}，等待受理",
        Action.ASSIGN: f"已交办{entry.lead_unit}{handler}，期限 {short_day(entry.deadline, on)}",
        Action.ACKNOWLEDGE: f"已签收，经办人{handler}，期限 {short_day(entry.deadline, on)}",
        Action.TRANSFER: f"已转给{entry.lead_unit}牵头，期限仍是 {short_day(entry.deadline, on)}",
        Action.RETURN: "已退单，等待重新交办",
        Action.HAND_OVER: f"已交接给{event.data.get('经办人') or event.data.get('接手登记人的事')}",
        Action.ASK_EXTENSION: f"已申请延期到 {short_day(entry.asked_until, on)}，等待批准，批准前期限不变",
        Action.EXTEND: f"已同意延期，期限改为 {short_day(entry.deadline, on)}",
        Action.REFUSE_EXTENSION: f"未同意延期，期限仍是 {short_day(entry.deadline, on)}",
        Action.ASK_DEFERRAL: f"已申请挂账到 {short_day(entry.asked_until, on)}，等待批准",
        Action.DEFER: f"已挂账，{short_day(entry.deadline, on)}复核",
        Action.REFUSE_DEFERRAL: "未同意挂账，继续办理",
        Action.RESUME_HANDLING: f"已恢复办理，期限 {short_day(entry.deadline, on)}",
        Action.NAME_SUPPORTER: f"的{event.data.get('协办单位')}协办人已定为{event.data.get('协办人')}",
        Action.REPORT_PART: f"的协办情况已反馈（{event.data.get('协办结果')}）",
        Action.PROGRESS: "的进展已记入时间线",
        Action.PAUSE: "已停表，等待企业",
        Action.RESUME: f"继续办理，期限 {short_day(entry.deadline, on)}",
        Action.WARN: "已亮黄灯，责任单位会看到原因",
        Action.UNWARN: "已撤销黄灯",
        Action.RECOUNT: f"的期限已重算为 {short_day(entry.deadline, on)}",
        Action.COMPLETE: "已办结，等待回访企业",
        Action.CONFIRM: f"已回访确认，企业{entry.get_rating_display()}，可以销号",
        Action.SEND_BACK: f"已退回{entry.lead_unit}重新办理",
        Action.CLOSE_OUT: "已销号",
        Action.REOPEN: "已重新打开，退回办理",
    }[Action(event.action)]
    unhappy = event.action == Action.SEND_BACK and entry.rating == Rating.UNSATISFIED
    return f"{number} {f'企业不满意，已提请{RAISED[entry.raised]}过问，' if unhappy else ''}{words}"


def short_day(day: date | None, on: date | None = None) -> str:
    """“12月6日”; with the year where it is another than that of the day it is told on."""
    if day is None:
        return "未定"
    year = f"{day.year}年" if on and day.year != on.year else ""
    return f"{year}{day.month}月{day.day}日"
