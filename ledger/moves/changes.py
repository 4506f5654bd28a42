"""What a move writes: the entry's fields besides state and version, and what its event tells."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from common.periods import local_date
from ledger.models import DeadlineBasis, PartResult, ProblemEntry, Rating
from ledger.moves.needs import MoveData, silent_units
from ledger.states import Action

RAISED_MOST = 2

UNASKED = {"asked": "", "asked_by": None, "asked_until": None}
UNDONE = {"completed_on": None, "confirmed_on": None, "closed_on": None, "claimed_by": None}
# A request waits for its decision until the entry leaves the handler's hands.
SETTLING = frozenset(
    {
        *(Action.EXTEND, Action.REFUSE_EXTENSION, Action.DEFER, Action.REFUSE_DEFERRAL, Action.RESUME_HANDLING),
        *(Action.COMPLETE, Action.TRANSFER, Action.RETURN),
    }
)


def field_changes(entry: ProblemEntry, action: Action, actor: User, at: datetime, data: MoveData) -> dict[str, Any]:
    """The fields a move writes besides state and version."""
    day = local_date(at)
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
        Action.SEND_BACK: {**UNDONE, "rating": data.rating, "raised": raised_to(entry, data)},
        Action.CLOSE_OUT: {"closed_on": day},
        Action.REOPEN: {**UNDONE, "rating": "", "reopen_count": entry.reopen_count + 1},
        Action.TRANSFER: {"lead_unit": data.lead_unit, "handler": None},
        Action.RETURN: {"lead_unit": None, "handler": None, "return_count": entry.return_count + 1},
    }
    written = changes.get(action) or request_changes(entry, action, actor, data)
    settled = UNASKED if action in SETTLING else {}
    chosen = {"deadline_basis": DeadlineBasis.HAND} if "deadline" in written else {}
    return {**chosen, **written, **settled, **deadline_changes(entry, action, data, day)}


def request_changes(entry: ProblemEntry, action: Action, actor: User, data: MoveData) -> dict[str, Any]:
    """Those of requests and their answers, of handing over, of splitting and of a re-check."""
    changes: dict[Action, dict[str, Any]] = {
        Action.ASK_EXTENSION: {"asked": "extension", "asked_by": actor, "asked_until": data.until},
        Action.ASK_DEFERRAL: {"asked": "deferral", "asked_by": actor, "asked_until": data.until},
        Action.EXTEND: {
            "deadline": entry.asked_until,
            "deadline_reason": "批准延期",
            "extension_count": entry.extension_count + 1,
        },
        Action.DEFER: {"deadline": entry.asked_until, "deadline_reason": "挂账复核"},  # the day it is looked at again
        Action.RESUME_HANDLING: {"deadline": data.deadline, "deadline_reason": "挂账后恢复办理"},
        Action.HAND_OVER: {
            **({"handler": data.handler} if data.handler else {}),
            **({"registered_by": data.registrar} if data.registrar else {}),
        },
        Action.REINSTATE: {"duplicate_of": None, "reopen_count": entry.reopen_count + 1},
        Action.SPLIT: {"title": data.kept.title, "content": data.kept.content} if data.kept else {},
    }
    return changes.get(action, {})


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
        "接手登记人的事": data.registrar and data.registrar.name,
        "办理期限": iso(data.deadline),
        "申请到": iso(data.until),
        "并入": data.duplicate_of and data.duplicate_of.number,
        "企业评价": data.rating and Rating(data.rating).label,
        "答复方式": "企业确认链接" if data.answered_by else "",
        "回访对象": data.spoken_with,
        "回访时间": data.spoken_at and data.spoken_at.isoformat(),
        "据以化解的案件": data.case and str(data.case),
        "协办人": data.supporter and data.supporter.name,
        "协办结果": data.result and PartResult(data.result).label,
        "不等协办反馈": data.without_parts,
        **data.facts,
        "材料": [file.name for file in data.files],
    }
    return {label: value for label, value in told.items() if value}


def facts_before(entry: ProblemEntry, action: Action, data: MoveData) -> dict[str, Any]:
    """What only the entry as it was before the move can tell: what gives way to what, whose request is answered."""
    told: dict[str, Any] = {}
    if action in {Action.EXTEND, Action.REFUSE_EXTENSION, Action.DEFER, Action.REFUSE_DEFERRAL}:
        told = {"申请人": entry.asked_by and entry.asked_by.name, "申请到": iso(entry.asked_until)}
    if action in {Action.EXTEND, Action.DEFER}:
        new = "办理期限" if action == Action.EXTEND else "复核日期"
        told |= {new: iso(entry.asked_until), "原期限": iso(entry.deadline)}
    elif action in {Action.TRANSFER, Action.RETURN}:
        unit = "原牵头单位" if action == Action.TRANSFER else "退单单位"
        told = {unit: entry.lead_unit and entry.lead_unit.name, "原经办人": entry.handler and entry.handler.name}
    elif action == Action.HAND_OVER:
        told = {
            "原经办人": entry.handler.name if data.handler and entry.handler else "",
            "原登记人": entry.registered_by.name if data.registrar and entry.registered_by else "",
        }
    elif action == Action.REINSTATE:
        told = {"原并入": entry.duplicate_of and entry.duplicate_of.number}
    elif action == Action.SPLIT:
        told = {"原来的问题": entry.title}
    elif action == Action.COMPLETE and data.without_parts:
        told = {"未反馈的协办单位": "、".join(silent_units(entry))}
    return {label: value for label, value in told.items() if value}


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
