"""Whether what is stored agrees with itself: figures and records, states and events, money and subject, rows and files.

Every check yields sentences for the administrator; nothing is changed.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Unit, User, WorkGroup
from common.periods import local_date, read_period
from enterprises.models import Industry, Workstream
from jinshi_zf.closed_books import amount, describe, frozen_figures, label_of, sums
from jinshi_zf.kept_days import stored_days
from ledger.deadlines import current_terms
from ledger.models import (
    Attachment,
    ClosedPeriod,
    EntryEvent,
    EntryPause,
    NumberSequence,
    ProblemEntry,
    Recovery,
)
from ledger.services.entries import SERIES
from ledger.services.recounts import outlook
from ledger.states import MOVES, Action, EntryState
from reports.closing.books import current_close
from reports.figures.shares import FIELDS as SHARE_FIELDS
from reports.figures.shares import Dimension, ShareCell, compute_shares
from reports.figures.tallies import Cell, compute
from reports.models import PeriodClose, Share, Tally

CHUNK = 5000


def differences(today: date) -> Iterator[str]:
    """Everything that does not agree, check by check."""
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: stored_figures(today),
        lambda: stored_days(today),
        stored_shares,
        event_chains,
        lambda: deadlines(today),
        counters,
        money_ties,
        numbers,
        attachments,
    ]
    for check in checks:
        yield from check()


def stored_figures(today: date) -> Iterator[str]:
    """Counts every stored period again. What depends on the day (months that are over) is taken as of the tally."""
    stored = Tally.objects.order_by().values_list("period", flat=True).distinct()
    closes = PeriodClose.objects.filter(reopening=None).order_by().values_list("book__code", flat=True)
    names: dict[str, dict[int, str]] = {
        "workstream": dict(Workstream.objects.values_list("pk", "name")),
        "unit": dict(Unit.objects.values_list("pk", "name")),
    }
    fields = ("indicator", "level", "workstream_id", "unit_id", "value")
    for code in sorted({*stored, *closes}):
        yield from sums(code, names)
        close = current_close(read_period(code))
        if close:
            yield from frozen_figures(close, today, names)
            continue
        rows = Tally.objects.of(code).order_by("pk")
        moment = rows.values_list("computed_at", flat=True).first()
        as_of = local_date(moment) if moment else today
        kept = {(cell.indicator, cell.slot): cell for cell in (Cell(*row) for row in rows.values_list(*fields))}
        fresh = {(cell.indicator, cell.slot): cell for cell in compute(read_period(code), as_of)}
        for key in sorted(kept.keys() | fresh.keys()):
            was, now = kept.get(key), fresh.get(key)
            if (was and was.value) != (now and now.value):
                yield f"{code} {describe(was or now, names)}：存 {amount(was)}，重新统计为 {amount(now)}"


def stored_shares() -> Iterator[str]:
    """Counts what every work group, officer and industry has of the figures again; those of closed periods are
    compared with what was frozen (`closed_books.frozen_shares`)."""
    closed = set(ClosedPeriod.objects.values_list("code", flat=True))
    units = dict(Unit.objects.values_list("pk", "name"))
    names: dict[str, dict[int, str]] = {
        Dimension.GROUP: dict(WorkGroup.objects.values_list("pk", "name")),
        Dimension.OFFICER: dict(User.objects.values_list("pk", "name")),
        Dimension.INDUSTRY: dict(Industry.objects.values_list("pk", "name")),
    }
    for code in list(Share.objects.order_by("period").values_list("period", flat=True).distinct()):
        if code in closed:
            continue
        rows = Share.objects.of(code).order_by("pk").values_list(*SHARE_FIELDS)
        kept = {(cell.indicator, cell.slot): cell for cell in (ShareCell(*row) for row in rows)}
        fresh = {(cell.indicator, cell.slot): cell for cell in compute_shares(read_period(code))}
        for key in sorted(kept.keys() | fresh.keys()):
            was, now = kept.get(key), fresh.get(key)
            one = was or now
            if one and was != now:
                place = names[one.dimension].get(one.key or 0, "未注明")
                where = "" if one.whole else f"、{units.get(one.unit or 0, '未注明单位')}"
                label = f"{code} {label_of(one)}（{Dimension(one.dimension).label}{place}{where}）"
                yield f"{label}：存 {amount(was)}，重新统计为 {amount(now)}"


@dataclass(frozen=True)
class Step:
    """One event as the chain check reads it."""

    entry: int
    seq: int
    action: str
    source: str
    target: str
    moment: datetime
    day: date


def event_chains() -> Iterator[str]:
    """Every entry's events: numbered without gaps, each from where the last led, by the table of moves, in time."""
    entries = {
        pk: (number, state, day)
        for pk, number, state, day in ProblemEntry.objects.values_list("pk", "number", "state", "registered_on")
    }
    columns = ("entry_id", "seq", "action", "from_state", "to_state", "occurred_at", "happened_on")
    events = EntryEvent.objects.order_by("entry_id", "seq").values_list(*columns).iterator(chunk_size=CHUNK)
    seen = set()
    for pk, group in groupby((Step(*row) for row in events), key=lambda step: step.entry):
        steps = list(group)
        seen.add(pk)
        number, state, registered_on = entries[pk]
        for problem in chain_problems(steps):
            yield f"{number} 的事件{problem}"
        if steps[-1].target != state:
            yield f"{number} 现为“{EntryState(state).label}”，但最后一个事件到“{EntryState(steps[-1].target).label}”"
        if steps[0].day != registered_on:
            yield f"{number} 登记日期 {registered_on}，但登记事件在 {steps[0].day}"
    for pk in sorted(entries.keys() - seen):
        yield f"{entries[pk][0]} 没有任何事件"


def chain_problems(steps: list[Step]) -> Iterator[str]:
    """What is wrong with one entry's events, in their order."""
    before: Step | None = None
    for place, step in enumerate(steps, 1):
        if step.seq != place:
            yield f"序号不连续：第 {place} 个是 {step.seq} 号"
        if step.source != (before.target if before else ""):
            yield f" {step.seq} 号不是从上一步到达的状态开始"
        if not by_the_table(step):
            yield f" {step.seq} 号“{Action(step.action).label}”不在流转表内（{step.source or '无'}→{step.target}）"
        if before and step.moment < before.moment:
            yield f" {step.seq} 号的时间早于上一步"
        if local_date(step.moment) != step.day:
            yield f" {step.seq} 号的业务日期 {step.day} 与时间不符"
        before = step


def by_the_table(step: Step) -> bool:
    if step.action == Action.REGISTER:
        return (step.seq, step.source, step.target) == (1, "", EntryState.REGISTERED)
    if step.action in Action.SYSTEM:
        return step.source == step.target
    move = MOVES.get(Action(step.action))
    return move is not None and step.source in move.sources and step.target == (move.target or step.source)


def deadlines(today: date) -> Iterator[str]:
    """Deadlines set by rule are what calendar and rules give; a clock that stands has its row, and only that one."""
    for shift in outlook(current_terms(), today).shifts:
        yield f"{shift.entry.number} 的期限为 {shift.was}，按规则和日历应为 {shift.now}"
    standing = dict(EntryPause.objects.filter(ended_on__isnull=True).values_list("entry", "started_on"))
    paused = ProblemEntry.objects.filter(Q(paused_on__isnull=False) | Q(pk__in=list(standing))).order_by("pk")
    for entry in paused:
        if standing.get(entry.pk) != entry.paused_on:
            yield f"{entry.number} 的停表日期与等待企业的记录不一致"


COUNTERS = {
    "extension_count": [Action.EXTEND],
    "return_count": [Action.RETURN],
    "reopen_count": [Action.REOPEN, Action.REINSTATE],
}


def counters() -> Iterator[str]:
    """What an entry says it was extended, returned and reopened is what its events say."""
    for name, actions in COUNTERS.items():
        events = EntryEvent.objects.filter(entry=OuterRef("pk"), action__in=actions).order_by()
        told = Coalesce(Subquery(events.values("entry").annotate(n=Count("pk")).values("n")), 0)
        wrong = ProblemEntry.objects.annotate(told=told).exclude(told=F(name)).order_by("pk")
        for number, kept, times in wrong.values_list("number", name, "told"):
            yield f"{number} 的{ProblemEntry._meta.get_field(name).verbose_name}记为 {kept}，事件里是 {times}"


def money_ties() -> Iterator[str]:
    """Unit and workstream of every amount are those of its case, problem or activity.

    A problem may change hands: its money stays with whichever unit answered for it when it was recorded.
    """
    for name in ("case", "activity"):
        rows = Recovery.objects.filter(**{f"{name}__isnull": False}).filter(
            ~Q(unit=F(f"{name}__unit")) | differs("workstream", f"{name}__workstream")
        )
        yield from told(rows)
    answered = EntryEvent.objects.filter(entry=OuterRef("entry"), unit=OuterRef("unit"))
    rows = Recovery.objects.filter(entry__isnull=False).filter(
        ~Exists(answered) | differs("workstream", "entry__workstream")
    )
    yield from told(rows)


def differs(one: str, other: str) -> Q:
    """Two nullable columns hold different values; two empty ones are the same."""
    either = Q(**{f"{one}__isnull": False}) | Q(**{f"{other}__isnull": False})
    equal = Q(**{f"{one}__isnull": False, f"{other}__isnull": False, one: F(other)})
    return either & ~equal


def told(rows: object) -> Iterator[str]:
    for row in rows.select_related("case", "entry", "activity").order_by("pk"):  # type: ignore[attr-defined]
        yield f"挽回损失第 {row.pk} 条（{row}）的单位或所属大事与“{row.subject}”不一致"


def numbers() -> Iterator[str]:
    """No number in use lies beyond the last one given out: it would be given out again."""
    given = {one.year: one.last for one in NumberSequence.objects.filter(series=SERIES)}
    for number in ProblemEntry.objects.order_by("number").values_list("number", flat=True).iterator(chunk_size=CHUNK):
        series, _, rest = number.partition("-")
        year, _, serial = rest.partition("-")
        if series == SERIES and year.isdigit() and serial.isdigit() and int(serial) > given.get(int(year), 0):
            yield f"{number} 超出已发放的编号"


def attachments() -> Iterator[str]:
    """The bytes of every attachment are there and are those that were uploaded."""
    for row in Attachment.objects.order_by("pk").iterator(chunk_size=CHUNK):
        try:
            with row.file.open("rb") as stored:
                digest = hashlib.file_digest(stored, "sha256").hexdigest()
        except OSError:
            yield f"附件“{row.name}”（第 {row.pk} 号）的文件不在存储中"
            continue
        if digest != row.sha256:
            yield f"附件“{row.name}”（第 {row.pk} 号）的内容与上传时不同"
