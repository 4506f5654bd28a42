"""What came with a move, whether it is enough, and what it writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from accounts.models import Unit, User
from common.files import CheckedFile
from common.periods import local_date
from ledger.deadlines import Terms, current_terms
from ledger.models import DeadlineBasis, ProblemEntry, Rating
from ledger.services.errors import MissingNeedError
from ledger.states import MOVES, Action, Need

RAISED_MOST = 2


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
    problems = [problem for problem in (*named, *consistency(entry, data, at)) if problem]
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
        return "duplicate_of", f"{data.duplicate_of.number} 本身已标记为重复，请选它所指的那一条"
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


CHECKS: dict[Need, Callable[[ProblemEntry, Action, MoveData], Problem]] = {
    Need.NOTE: note_missing,
    Need.LEAD_UNIT: lead_unit_missing,
    Need.DEADLINE: deadline_missing,
    Need.DUPLICATE_OF: original_missing,
    Need.EVIDENCE: evidence_missing,
    Need.RATING: rating_missing,
    Need.CALLBACK: callback_missing,
    Need.CONFIRMATION: confirmation_missing,
}


def consistency(entry: ProblemEntry, data: MoveData, at: datetime) -> Iterable[Problem]:
    """What was given must agree with itself and with the day of the move."""
    day, lead = local_date(at), data.lead_unit or entry.lead_unit
    if data.deadline and data.deadline < day:
        yield "deadline", f"办理期限 {data.deadline:%Y-%m-%d} 早于今天，请改正"
    if data.deadline and data.terms and not data.deadline_reason.strip():
        yield from reason_missing(entry, data, data.terms, day)
    if data.handler and lead and not may_handle(data.handler, lead):
        yield "handler", f"{data.handler.name}不是{lead.name}的在岗人员，请从牵头单位选经办人"
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


def may_handle(person: User, lead: Unit) -> bool:
    """The handler works in the lead unit or below it, so the entry is theirs to see."""
    works = person.is_active and person.sees_business
    return works and person.unit is not None and str(person.unit.path).startswith(str(lead.path))


def spoken(moment: datetime) -> str:
    return f"{local_date(moment):%Y-%m-%d}"


def field_changes(entry: ProblemEntry, action: Action, actor: User, at: datetime, data: MoveData) -> dict[str, Any]:
    """The fields a move writes besides state and version."""
    day = local_date(at)
    reset = {"completed_on": None, "confirmed_on": None, "closed_on": None, "claimed_by": None}
    changes: dict[Action, dict[str, Any]] = {
        Action.MARK_DUPLICATE: {"duplicate_of": data.duplicate_of},
        Action.ASSIGN: {"lead_unit": data.lead_unit, "handler": data.handler},
        Action.PAUSE: {"paused_on": day},
        Action.WARN: {"yellow_reason": data.note[:200]},
        Action.UNWARN: {"yellow_reason": ""},
        Action.ACKNOWLEDGE: {"handler": data.handler or entry.handler or actor},
        Action.COMPLETE: {
            "outcome": data.note,
            "rating": "",
            "completed_on": day,
            "claimed_by": actor,
            "case": data.case or entry.case,
        },
        Action.CONFIRM: {"rating": data.rating, "confirmed_on": day, "raised": 0, "yellow_reason": ""},
        Action.SEND_BACK: {**reset, "rating": data.rating, "raised": raised_to(entry, data)},
        Action.CLOSE_OUT: {"closed_on": day},
        Action.REOPEN: {**reset, "rating": "", "reopen_count": entry.reopen_count + 1},
    }
    counted = deadline_changes(entry, action, data, day)
    chosen = {"deadline_basis": DeadlineBasis.HAND} if "deadline" in changes.get(action, {}) else {}
    return {**chosen, **changes.get(action, {}), **counted}


def deadline_changes(entry: ProblemEntry, action: Action, data: MoveData, day: date) -> dict[str, Any]:
    """How the deadline changes, and how that came about. A date a move gives otherwise is one somebody chose."""
    if data.terms and action == Action.RESUME:
        return data.terms.resumed(entry, day)
    if data.terms and action == Action.ASSIGN and data.deadline:
        return data.terms.assigned(entry, data.deadline, data.deadline_reason.strip(), day)
    return {}


def deadline_facts(entry: ProblemEntry, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the timeline tells of a changed deadline besides the date itself."""
    told: dict[str, Any] = {}
    if changes.get("deadline_basis") == DeadlineBasis.RULE and "counted_days" in changes:
        told["期限依据"] = f"按规则 {changes['counted_days']} 个工作日"
    if changes.get("deadline_reason"):
        told["期限理由"] = changes["deadline_reason"]
    if entry.paused_on and "paused_days" in changes:
        told["等待企业"] = f"{changes['paused_days'] - entry.paused_days} 个工作日"
        told["办理期限"] = changes["deadline"].isoformat()
    return told


def raised_to(entry: ProblemEntry, data: MoveData) -> int:
    """One level up each time the enterprise is not satisfied: the unit's leader, then the city's."""
    return min(entry.raised + 1, RAISED_MOST) if data.rating == Rating.UNSATISFIED else entry.raised


def event_data(data: MoveData) -> dict[str, Any]:
    """What the timeline tells of a move, in words that stay true when people and units are renamed."""
    told = {
        "牵头单位": data.lead_unit and data.lead_unit.name,
        "协办单位": "、".join(unit.name for unit in data.supporting_units if unit != data.lead_unit),
        "经办人": data.handler and data.handler.name,
        "办理期限": data.deadline and data.deadline.isoformat(),
        "重复于": data.duplicate_of and data.duplicate_of.number,
        "企业评价": data.rating and Rating(data.rating).label,
        "答复方式": "企业确认链接" if data.answered_by else "",
        "回访对象": data.spoken_with,
        "回访时间": data.spoken_at and data.spoken_at.isoformat(),
        "据以化解的案件": data.case and str(data.case),
        **data.facts,
        "材料": [file.name for file in data.files],
    }
    return {label: value for label, value in told.items() if value}
