"""Whether what is stored agrees with itself: figures and records, states and events, money and subject, rows and files.

Every check yields sentences for the administrator; nothing is changed.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.core.files.storage import Storage, default_storage
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import DraftFile
from common.periods import local_date
from common.rows.references import own_field
from imports.models import ImportBatch
from jinshi_zf.deadline_recount import wrong_deadlines
from jinshi_zf.kept_days import stored_days
from jinshi_zf.stored_books import period_checks
from ledger.models import (
    Attachment,
    EntryEvent,
    EntryPause,
    NumberSequence,
    ProblemEntry,
    Recovery,
)
from ledger.moves.following import SERIES
from ledger.moves.table import COUNTERS, MOVES
from ledger.states import Action, EntryState

logger = logging.getLogger(__name__)

CHUNK = 5000


def differences(today: date) -> Iterator[str]:
    """Everything that does not agree, check by check; one that cannot be carried out keeps no other from it."""
    checks: dict[str, Callable[[], Iterator[str]]] = {
        **period_checks(today),
        "台账各日状况": stored_days,
        "台账事件": event_chains,
        "办理期限": deadlines,
        "台账次数": counters,
        "金额归属": money_ties,
        "编号": numbers,
        "附件": attachments,
        "多余的文件": orphans,
    }
    for name, check in checks.items():
        yield from carried_out(name, check)


def carried_out(name: str, check: Callable[[], Iterator[str]]) -> Iterator[str]:
    """What a check finds, and, where it breaks off, that it did."""
    try:
        yield from check()
    except Exception:
        logger.exception("A check broke off")
        yield f"“{name}”没有核对完：中途出错，原因记在系统日志里，请告诉维护人员"


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


def deadlines() -> Iterator[str]:
    """Deadlines are what events, calendar and rules give; a clock that stands has its row, and only that one."""
    yield from wrong_deadlines()
    standing = dict(EntryPause.objects.filter(ended_on__isnull=True).values_list("entry", "started_on"))
    paused = ProblemEntry.objects.filter(Q(paused_on__isnull=False) | Q(pk__in=list(standing))).order_by("pk")
    for entry in paused:
        if standing.get(entry.pk) != entry.paused_on:
            yield f"{entry.number} 的停表日期与等待企业的记录不一致"


def counters() -> Iterator[str]:
    """What an entry says it was extended, returned and reopened is what its events say."""
    for name, actions in COUNTERS.items():
        events = EntryEvent.objects.filter(entry=OuterRef("pk"), action__in=actions).order_by()
        told = Coalesce(Subquery(events.values("entry").annotate(n=Count("pk")).values("n")), 0)
        wrong = ProblemEntry.objects.annotate(told=told).exclude(told=F(name)).order_by("pk")
        for number, kept, times in wrong.values_list("number", name, "told"):
            yield f"{number} 的{own_field(ProblemEntry, name).verbose_name}记为 {kept}，事件里是 {times}"


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


def told(rows: QuerySet[Recovery]) -> Iterator[str]:
    for row in rows.select_related("case", "entry", "activity").order_by("pk"):
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


# Where each kind of record keeps its bytes, and a file of this age that no record points at is nobody's.
KEEPERS: tuple[tuple[str, type[Model], str], ...] = (
    ("attachments", Attachment, "file"),
    ("drafts", DraftFile, "file"),
    ("imports", ImportBatch, "file"),
)
SETTLED = timedelta(hours=1)


def orphans() -> Iterator[str]:
    """Bytes that no record points at: of a process that was killed between writing them and committing."""
    for folder, model, field in KEEPERS:
        storage, known = default_storage, set(model._default_manager.values_list(field, flat=True))
        for name in stored_under(storage, folder):
            if name not in known and storage.get_modified_time(name) < timezone.now() - SETTLED:
                yield f"文件 {name} 不属于任何记录（可能是写到一半断电留下的），核对后可以删除"


def stored_under(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from stored_under(storage, f"{folder}/{inner}")
