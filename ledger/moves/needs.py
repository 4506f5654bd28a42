"""What came with a move, whether it is enough, and what it writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from accounts.models import Unit, User
from common.files import CheckedFile
from common.periods import local_date
from ledger.deadlines import Terms, current_terms
from ledger.models import PartResult, ProblemEntry, Rating, SupportingUnit
from ledger.services.errors import MissingNeedError
from ledger.states import MOVES, Action, EntryState, Need


@dataclass(frozen=True)
class Piece:
    """One of the problems an entry is split into."""

    title: str
    content: str = ""


@dataclass(frozen=True)
class MoveData:
    """What came with a move; which of it must be there, the table of moves says."""

    note: str = ""
    lead_unit: Unit | None = None
    supporting_units: Sequence[Unit] = ()
    handler: User | None = None
    deadline: date | None = None
    deadline_reason: str = ""
    duplicate_of: ProblemEntry | None = None
    rating: str = ""
    spoken_with: str = ""
    spoken_at: datetime | None = None
    answered_by: str = ""  # the enterprise itself, by its link
    case: Any = None
    until: date | None = None  # the day an extension or a deferral is asked for
    registrar: User | None = None  # who takes over what waits for the registrar
    part: SupportingUnit | None = None  # whose part is meant; one's own unless given
    supporter: User | None = None
    result: str = ""
    without_parts: str = ""  # why the lead doesn't wait for the supporting units
    kept: Piece | None = None  # what the entry keeps of itself when it is split
    pieces: Sequence[Piece] = ()
    files: Sequence[CheckedFile] = field(default_factory=tuple)
    terms: Terms | None = None  # what deadlines are counted by; looked up when the move needs it
    facts: Mapping[str, str] = field(default_factory=dict)  # what the move itself found, told with the rest


COUNTED = frozenset({Action.ASSIGN, Action.RESUME})  # the moves that count working days


def with_terms(action: Action, data: MoveData) -> MoveData:
    """The same, with today's calendar and rules if the move counts by them."""
    return replace(data, terms=current_terms()) if action in COUNTED and data.terms is None else data


Problem = tuple[str, str] | None  # the form field to mark and the words beside it


def check_needs(entry: ProblemEntry, action: Action, data: MoveData, at: datetime) -> None:
    """Whether the move has what it needs and what it has makes sense.

    Raises:
        MissingNeedError: naming every field that is wanting, each with its words.
    """
    named = (CHECKS[need](entry, action, data) for need in MOVES[action].needs if need in CHECKS)
    problems = [problem for problem in (*named, *consistency(entry, action, data, at)) if problem]
    if problems:
        raise MissingNeedError(*problems[0], every=dict(reversed(problems)))


def note_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    return None if data.note.strip() else ("note", f"请写明{action.label}的说明")


def lead_unit_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    return None if data.lead_unit else ("lead_unit", "请选择牵头单位")


def deadline_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    return None if data.deadline else ("deadline", "请填写办理期限")


def original_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    if data.duplicate_of is None or data.duplicate_of.pk == entry.pk:
        return "duplicate_of", "请选择与哪一条重复（不能是它自己）"
    if data.duplicate_of.duplicate_of_id:
        return "duplicate_of", f"{data.duplicate_of.number} 本身已并入另一条，请选它所并入的那一条"
    if data.duplicate_of.state in EntryState.EXCLUDED:
        return "duplicate_of", f"{data.duplicate_of.number} 未予受理，不能并入"
    return None


def evidence_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    """A claim brings its own evidence: what was shown before a send-back or a reopening doesn't count again."""
    if action == Action.COMPLETE:
        shown = bool(data.files)
    else:
        claim = entry.events.filter(action=Action.COMPLETE).order_by("-seq").first()
        shown = claim is not None and claim.attachments.exists()
    return None if shown else ("files", "请上传至少一份办结佐证材料（照片、文书、回执等）")


def rating_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    if data.rating in {Rating.SATISFIED, Rating.BASICALLY}:
        return None
    return "rating", "请选择满意或基本满意；企业不满意的，请用“退回重办”"


def callback_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    if data.spoken_with.strip() and data.note.strip():
        return None
    return "note" if data.spoken_with.strip() else "spoken_with", "请写明回访了谁、对方怎么说"


def confirmation_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    """Said by the enterprise after the latest claim; silence is never consent."""
    last = entry.events.filter(action__in=[Action.COMPLETE, Action.CONFIRM]).order_by("-seq").first()
    confirmed = bool(entry.confirmed_on) and last is not None and last.action == Action.CONFIRM
    return None if confirmed else ("note", "企业尚未确认，不能销号")


def other_unit_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    if data.lead_unit is None:
        return "lead_unit", "请选择转给哪个单位"
    same = data.lead_unit.pk == entry.lead_unit_id
    return ("lead_unit", f"现在就由{data.lead_unit}牵头，请选另一个单位") if same else None


def until_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    if data.until is None:
        return "until", "请填写延到哪一天" if action == Action.ASK_EXTENSION else "请填写复核日期"
    return None


def successor_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    """Somebody new, for the handling or for what waits for the registrar."""
    if data.handler is None and data.registrar is None:
        return "handler", "请选择由谁接手"
    if data.handler and data.handler.pk == entry.handler_id:
        return "handler", f"现在就由{data.handler.name}经办，请选另一个人"
    return None


def supporter_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    return None if data.supporter else ("supporter", "请选择协办人")


def result_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    return None if data.result in PartResult.values else ("result", "请选择已办好还是办不了")


def parts_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    """The lead unit completes when every supporting unit has reported, or says why it doesn't wait."""
    silent = silent_units(entry)
    if not silent or data.without_parts.strip():
        return None
    return "without_parts", f"{'、'.join(silent)}还没有反馈，请等反馈，或写明为什么不等"


def silent_units(entry: ProblemEntry) -> list[str]:
    """The supporting units that have not reported their part."""
    parts = entry.support.select_related("unit").order_by("unit__order", "pk")
    return [part.unit.name for part in parts if not part.result]


def pieces_missing(entry: ProblemEntry, action: Action, data: MoveData) -> Problem:
    if data.kept is None or not data.kept.title.strip():
        return "kept_title", "请写明这一件保留哪个问题"
    if not data.pieces or not all(piece.title.strip() for piece in data.pieces):
        return "piece_1_title", "请至少写明一个拆出的问题"
    return None


CHECKS: dict[Need, Callable[[ProblemEntry, Action, MoveData], Problem]] = {
    Need.NOTE: note_missing,
    Need.LEAD_UNIT: lead_unit_missing,
    Need.DEADLINE: deadline_missing,
    Need.DUPLICATE_OF: original_missing,
    Need.EVIDENCE: evidence_missing,
    Need.RATING: rating_missing,
    Need.CALLBACK: callback_missing,
    Need.CONFIRMATION: confirmation_missing,
    Need.OTHER_UNIT: other_unit_missing,
    Need.UNTIL: until_missing,
    Need.SUCCESSOR: successor_missing,
    Need.SUPPORTER: supporter_missing,
    Need.RESULT: result_missing,
    Need.PARTS_REPORTED: parts_missing,
    Need.PIECES: pieces_missing,
}


def consistency(entry: ProblemEntry, action: Action, data: MoveData, at: datetime) -> Iterable[Problem]:
    """What was given must agree with itself and with the day of the move."""
    day, lead = local_date(at), data.lead_unit or entry.lead_unit
    yield request_fault(entry, action, data, day)
    if data.deadline and data.deadline < day:
        yield "deadline", f"办理期限 {data.deadline:%Y-%m-%d} 早于今天，请改正"
    if data.deadline and data.terms and not data.deadline_reason.strip():
        yield from reason_missing(entry, data, data.terms, day)
    if data.handler and lead and not may_handle(data.handler, lead):
        yield "handler", f"{data.handler.name}不是{lead.name}的在岗人员，请从牵头单位选经办人"
    if data.registrar and not may_handle(data.registrar, entry.unit):
        yield "registrar", f"{data.registrar.name}不是{entry.unit.name}的在岗人员，请从登记单位选人"
    if data.spoken_at and data.spoken_at > at:
        yield "spoken_at", f"回访时间 {spoken(data.spoken_at)} 晚于现在，请改正"
    if data.spoken_at and entry.completed_on and local_date(data.spoken_at) < entry.completed_on:
        yield "spoken_at", f"回访时间 {spoken(data.spoken_at)} 早于办结日期 {entry.completed_on:%Y-%m-%d}，请改正"


def reason_missing(entry: ProblemEntry, data: MoveData, terms: Terms, day: date) -> Iterable[Problem]:
    """A deadline later than the rule's is somebody's decision and says why."""
    term = terms.term(entry, day)
    if data.deadline and data.deadline > terms.latest(entry, day):
        due = f"{term.deadline:%Y-%m-%d}"
        yield "deadline_reason", f"按规则 {term.working_days} 个工作日，应为 {due}；定得更晚请写明理由"


def request_fault(entry: ProblemEntry, action: Action, data: MoveData, day: date) -> Problem:
    """A request is about a day still ahead, and cannot be granted for one gone by."""
    needs, due = MOVES[action].needs, entry.deadline
    if action == Action.ASK_EXTENSION and data.until and due and data.until <= due:
        return "until", f"要延到的日期须晚于现在的期限 {due:%Y-%m-%d}"
    if Need.UNTIL in needs and data.until and data.until <= day:
        return "until", f"日期 {data.until:%Y-%m-%d} 须晚于今天"
    if Need.STILL_AHEAD in needs and entry.asked_until and entry.asked_until < day:
        return "note", f"申请的日期 {entry.asked_until:%Y-%m-%d} 已过，请选“不同意”，由经办人重新申请"
    return None


def may_handle(person: User, lead: Unit) -> bool:
    """The handler works in the lead unit or below it, so the entry is theirs to see."""
    works = person.is_active and person.sees_business
    return works and person.unit is not None and str(person.unit.path).startswith(str(lead.path))


def spoken(moment: datetime) -> str:
    return f"{local_date(moment):%Y-%m-%d}"
