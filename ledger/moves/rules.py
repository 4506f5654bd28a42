"""What every move's data must be, whichever move it comes with; and what several moves ask for."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from accounts.models import Unit, User
from common.periods import local_date
from ledger.deadlines import beyond_reach
from ledger.models import EntryEvent, PartResult, ProblemEntry
from ledger.moves.clock import later_than_left, likely_deadline
from ledger.moves.data import MoveData, Problem, Step
from ledger.moves.spec import Move
from ledger.services.errors import MissingNeedError
from ledger.states import Action

WANTED = {
    "lead_unit": "请选择牵头单位",
    "deadline": "请填写办理期限",
    "supporter": "请选择协办人",
    "duplicate_of": "请选择与哪一条重复（不能是它自己）",
    "result": "请选择已办好还是办不了",
    "rating": "请选择满意或基本满意；企业不满意的，请用“退回重办”",
    "spoken_with": "请写明回访了谁、对方怎么说",
}


def check_step(move: Move, step: Step) -> None:
    """Whether the move has what it needs and what it has makes sense.

    Raises:
        MissingNeedError: naming every field that is wanting, each with its words.
    """
    found = [*faults(move, step), *(problem for proof in move.proofs if (problem := proof(step)))]
    if found:
        raise MissingNeedError(*found[0], every=dict(reversed(found)))


def faults(move: Move, step: Step) -> list[tuple[str, str]]:
    """What is wrong with what was given, as far as entry and data tell: field and words, the first one first."""
    problems = (*missing(move, step), *(check(step) for check in move.checks), *(sense(step) for sense in SENSE))
    return [problem for problem in problems if problem]


def missing(move: Move, step: Step) -> Iterable[Problem]:
    for field in move.fields:
        if field.needed and not given(step.data, field.name):
            label = field.label or "内容"
            words = f"请写明{move.action.label}的说明" if field.name == "note" else WANTED.get(field.name)
            yield field.name, words or f"请填写{label}"


def given(data: MoveData, name: str) -> bool:
    value = getattr(data, name)
    return bool(value.strip() if isinstance(value, str) else value)


# ---- whatever the move ----


def deadline_ahead(step: Step) -> Problem:
    due = step.data.deadline
    return ("deadline", f"办理期限 {due:%Y-%m-%d} 早于今天，请改正") if due and due < step.day else None


def within_reach(step: Step) -> Problem:
    """No deadline and no day asked for lies so far ahead that it is rather a slip of the pen."""
    for field, label in (("deadline", "办理期限"), ("until", "日期")):
        day = getattr(step.data, field)
        if day and (words := beyond_reach(day, step.day)):
            return field, f"{label} {words}"
    return None


def handler_works_there(step: Step) -> Problem:
    person, lead = step.data.handler, step.data.lead_unit or step.entry.lead_unit
    if person is None or lead is None or may_handle(person, lead):
        return None
    return "handler", f"{person.name}不是{lead.name}的在岗人员，请从牵头单位选经办人"


def registrar_works_there(step: Step) -> Problem:
    person, unit = step.data.registrar, step.entry.unit
    if person is None or may_handle(person, unit):
        return None
    return "registrar", f"{person.name}不是{unit.name}的在岗人员，请从登记单位选人"


def spoken_in_time(step: Step) -> Problem:
    moment, done = step.data.spoken_at, step.entry.completed_on
    if moment and moment > step.at:
        return "spoken_at", f"回访时间 {spoken(moment)} 晚于现在，请改正"
    if moment and done and local_date(moment) < done:
        return "spoken_at", f"回访时间 {spoken(moment)} 早于办结日期 {done:%Y-%m-%d}，请改正"
    return None


def units_in_use(step: Step) -> Problem:
    """Nothing is given to a unit that has been switched off."""
    found = [("lead_unit", step.data.lead_unit), *(("supporting_units", unit) for unit in step.data.supporting_units)]
    gone = [(name, f"{unit.name}已不在用，请另选单位") for name, unit in found if unit and not unit.is_active]
    return gone[0] if gone else None


SENSE = (deadline_ahead, within_reach, units_in_use, handler_works_there, registrar_works_there, spoken_in_time)


def may_handle(person: User, lead: Unit) -> bool:
    """The handler works in the lead unit or below it, so the entry is theirs to see."""
    return person.works and person.unit is not None and str(person.unit.path).startswith(str(lead.path))


def spoken(moment: datetime) -> str:
    return f"{local_date(moment):%Y-%m-%d}"


# ---- what several moves ask for ----


def late_with_reason(step: Step) -> Problem:
    """A deadline later than the rule's is somebody's decision and says why."""
    due, terms = step.data.deadline, step.data.terms
    if not due or not terms or step.data.deadline_reason.strip():
        return None
    term = terms.term(step.entry, step.day)
    if due <= max(term.deadline, likely_deadline(step.entry, step.day, terms)):
        return None
    if left := later_than_left(step):
        return left
    by_rule = f"{term.deadline:%Y-%m-%d}"
    return "deadline_reason", f"按规则 {term.working_days} 个工作日，应为 {by_rule}；定得更晚请写明理由"


def until_ahead(step: Step) -> Problem:
    """A request is about a day still ahead."""
    until = step.data.until
    return ("until", f"日期 {until:%Y-%m-%d} 须晚于今天") if until and until <= step.day else None


def still_ahead(step: Step) -> Problem:
    """A request cannot be granted for a day gone by."""
    until = step.entry.asked_until
    if until is None or until >= step.day:
        return None
    return "note", f"申请的日期 {until:%Y-%m-%d} 已过，请选“不同意”，由经办人重新申请"


def completion_evidence(step: Step) -> Problem:
    """A claim brings its own evidence: what was shown before a send-back or a reopening doesn't count again."""
    claim = last_of(step.entry, Action.COMPLETE)
    shown = claim is not None and claim.attachments.exists()
    return None if shown else NO_EVIDENCE


NO_EVIDENCE: tuple[str, str] = ("files", "请上传至少一份办结佐证材料（照片、文书、回执等）")


def last_of(entry: ProblemEntry, *actions: Action) -> EntryEvent | None:
    """The last of these steps; without asking the database where the events came with the entry."""
    made = [event for event in entry.events.all() if event.action in actions]
    return max(made, key=attrgetter("seq"), default=None)


def has_result(step: Step) -> Problem:
    return None if step.data.result in PartResult.values else ("result", WANTED["result"])


def silent_units(entry: ProblemEntry) -> list[str]:
    """The supporting units that have not reported their part."""
    parts = entry.support.select_related("unit").order_by("unit__order", "pk")
    return [part.unit.name for part in parts if not part.result]
