"""Registering and moving ledger entries: the only code that writes their state."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from auditlog.models import LogEntry
from django.db import transaction
from django.db.models import F

from accounts.models import Unit, User
from accounts.permissions import Role, can
from common.files import CheckedFile
from common.periods import local_date
from ledger.models import EntryEvent, ProblemEntry, Rating, SupportingUnit
from ledger.services.errors import MissingNeedError, MoveConflictError, MoveRefusedError
from ledger.services.files import attach
from ledger.services.numbers import next_numbers
from ledger.services.periods import ensure_open
from ledger.states import MOVES, Action, EntryState, Need, Party, allowed_actions, permits

SERIES = "JS"


@dataclass(frozen=True)
class MoveData:
    """What came with a move; which of it must be there, the table of moves says."""

    note: str = ""
    lead_unit: Unit | None = None
    supporting_units: Sequence[Unit] = ()
    handler: User | None = None
    deadline: date | None = None
    duplicate_of: ProblemEntry | None = None
    rating: str = ""
    spoken_with: str = ""
    spoken_at: datetime | None = None
    case: Any = None
    files: Sequence[CheckedFile] = field(default_factory=tuple)


def parties_of(entry: ProblemEntry, user: User) -> frozenset[Party]:
    """What a person is to an entry."""
    coordinates = user.role == Role.COORDINATOR
    unit = user.unit_id or -1
    tests = {
        Party.ADMIN: user.role == Role.ADMIN,
        Party.OFFICE: coordinates and user.city_wide,
        Party.RECEIVING_COORDINATOR: coordinates and unit == entry.unit_id,
        Party.LEAD_COORDINATOR: coordinates and unit == entry.lead_unit_id,
        Party.HANDLER: entry.handler_id == user.pk,
        Party.REGISTRAR: entry.registered_by_id == user.pk,
        Party.CLAIMANT: entry.claimed_by_id == user.pk,
    }
    return frozenset(party for party, holds in tests.items() if holds)


def actions_for(entry: ProblemEntry, user: User) -> list[Action]:
    """The moves this person may make on this entry now, main one first."""
    if not can(user, "ledger.view"):
        return []
    return allowed_actions(entry.state, parties_of(entry, user))


@transaction.atomic
def create_entry(*, actor: User | None, at: datetime, **fields: Any) -> ProblemEntry:
    """Registers an entry: number, row and first event together.

    Raises:
        PeriodClosedError: `at` lies in a closed period.
    """
    day = local_date(at)
    ensure_open(day)
    number = next_numbers(SERIES, day.year)[0]
    entry = ProblemEntry.objects.create(number=number, registered_on=day, registered_by=actor, **fields)
    EntryEvent.objects.create(
        entry=entry,
        seq=1,
        action=Action.REGISTER,
        to_state=EntryState.REGISTERED,
        unit_id=entry.unit_id,
        actor=actor,
        actor_name=actor.name if actor else "系统",
        occurred_at=at,
        happened_on=day,
    )
    return entry


@transaction.atomic
def advance_entry(
    *, entry: ProblemEntry, action: Action, actor: User, at: datetime, data: MoveData | None = None
) -> EntryEvent:
    """Moves an entry: conditional UPDATE on the state and version the person saw, event in the same transaction.

    Raises:
        MoveRefusedError: not from this state, or not this person.
        MissingNeedError: something the move needs is not there; `field` names it.
        MoveConflictError: someone else was faster.
        PeriodClosedError: `at` lies in a closed period.
    """
    data = data or MoveData()
    move = MOVES[action]
    if entry.state not in move.sources:
        raise MoveConflictError(describe_conflict(entry, action))
    if not permits(move, parties_of(entry, actor)):
        raise MoveRefusedError(refusal(entry, action, actor))
    check_needs(entry, action, data)
    ensure_open(local_date(at))
    previous = entry.events.order_by("-seq").first()
    if previous is None or at < previous.occurred_at:
        raise MoveRefusedError("时间早于上一步，请核对后重填")

    target = move.target or EntryState(entry.state)
    changes = field_changes(entry, action, actor, at, data)
    moved = ProblemEntry.objects.filter(pk=entry.pk, state=entry.state, version=entry.version).update(
        state=target, version=F("version") + 1, **changes
    )
    if moved != 1:
        raise MoveConflictError(describe_conflict(entry, action))
    if action == Action.ASSIGN:
        set_supporting_units(entry, data)
    source, was = EntryState(entry.state), {name: getattr(entry, name) for name in changes}
    entry.refresh_from_db()
    event = EntryEvent.objects.create(
        entry=entry,
        seq=previous.seq + 1,
        action=action,
        from_state=source,
        to_state=target,
        unit_id=entry.responsible_unit_id,
        actor=actor,
        actor_name=actor.name,
        occurred_at=at,
        happened_on=local_date(at),
        note=data.note,
        data=event_data(action, data),
    )
    attach(data.files, by=actor, entry=entry, event=event)
    log_change(entry, was)
    return event


def describe_conflict(entry: ProblemEntry, action: Action) -> str:
    """Who did what in the meantime, for the person who came second."""
    last = EntryEvent.objects.filter(entry=entry).order_by("-seq").first()
    if last is None or last.action == Action.REGISTER:
        return f"{entry.number} 现在不能{action.label}，请刷新后查看"
    who = last.actor_name or "系统"
    return f"{entry.number} 已由{who}{last.get_action_display()}（现为“{last.get_to_state_display()}”），您的操作没有执行，请核对后再办"


def refusal(entry: ProblemEntry, action: Action, actor: User) -> str:
    move = MOVES[action]
    if Need.SECOND_PERSON in move.needs and parties_of(entry, actor) & {
        Party.HANDLER,
        Party.CLAIMANT,
    }:
        return f"{action.label}须由经办人以外的人办理"
    return f"{action.label}由{'、'.join(sorted(move.who))}办理，您不在其中"


def check_needs(entry: ProblemEntry, action: Action, data: MoveData) -> None:
    checks = {
        Need.NOTE: (bool(data.note.strip()), "note", f"请写明{action.label}的说明"),
        Need.LEAD_UNIT: (data.lead_unit is not None, "lead_unit", "请选择牵头单位"),
        Need.DEADLINE: (data.deadline is not None, "deadline", "请填写办理期限"),
        Need.DUPLICATE_OF: (
            data.duplicate_of is not None and data.duplicate_of.pk != entry.pk,
            "duplicate_of",
            "请选择与哪一条重复（不能是它自己）",
        ),
        Need.EVIDENCE: (
            bool(data.files) or entry.attachments.filter(event__action=Action.COMPLETE).exists(),
            "files",
            "请上传至少一份办结佐证材料（照片、文书、回执等）",
        ),
        Need.RATING: (
            data.rating in {Rating.SATISFIED, Rating.BASICALLY},
            "rating",
            "请选择满意或基本满意；企业不满意的，请用“退回重办”",
        ),
        Need.CALLBACK: (
            bool(data.spoken_with.strip() and data.note.strip()),
            "spoken_with",
            "请写明回访了谁、对方怎么说",
        ),
        Need.CONFIRMATION: (bool(entry.confirmed_on), "note", "企业尚未确认，不能销号"),
    }
    for need in MOVES[action].needs:
        if need in checks and not checks[need][0]:
            raise MissingNeedError(*checks[need][1:])


def field_changes(entry: ProblemEntry, action: Action, actor: User, at: datetime, data: MoveData) -> dict[str, Any]:
    """The fields a move writes besides state and version."""
    day = local_date(at)
    reset = {"completed_on": None, "confirmed_on": None, "closed_on": None, "claimed_by": None}
    changes: dict[Action, dict[str, Any]] = {
        Action.MARK_DUPLICATE: {"duplicate_of": data.duplicate_of},
        Action.ASSIGN: {"lead_unit": data.lead_unit, "handler": data.handler, "deadline": data.deadline},
        Action.ACKNOWLEDGE: {"handler": data.handler or entry.handler or actor},
        Action.COMPLETE: {
            "outcome": data.note,
            "completed_on": day,
            "claimed_by": actor,
            "case": data.case or entry.case,
        },
        Action.CONFIRM: {"rating": data.rating, "confirmed_on": day},
        Action.SEND_BACK: {**reset, "rating": data.rating},
        Action.CLOSE_OUT: {"closed_on": day},
        Action.REOPEN: {**reset, "rating": "", "reopen_count": entry.reopen_count + 1},
    }
    return changes.get(action, {})


def set_supporting_units(entry: ProblemEntry, data: MoveData) -> None:
    entry.support.all().delete()
    units = [unit for unit in data.supporting_units if unit != data.lead_unit]
    SupportingUnit.objects.bulk_create(SupportingUnit(entry=entry, unit=unit) for unit in units)


def event_data(action: Action, data: MoveData) -> dict[str, Any]:
    """What the timeline tells of a move, in words that stay true when people and units are renamed."""
    told = {
        "牵头单位": data.lead_unit and data.lead_unit.name,
        "协办单位": "、".join(unit.name for unit in data.supporting_units),
        "经办人": data.handler and data.handler.name,
        "办理期限": data.deadline and data.deadline.isoformat(),
        "重复于": data.duplicate_of and data.duplicate_of.number,
        "企业评价": data.rating and Rating(data.rating).label,
        "回访对象": data.spoken_with,
        "回访时间": data.spoken_at and data.spoken_at.isoformat(),
        "据以化解的案件": data.case and str(data.case),
        "材料": [file.name for file in data.files],
    }
    return {label: value for label, value in told.items() if value}


def log_change(entry: ProblemEntry, was: dict[str, Any]) -> None:
    """The audit row of a move: a conditional UPDATE passes the signals by that write it elsewhere."""
    changes = {name: [str(old), str(getattr(entry, name))] for name, old in was.items() if old != getattr(entry, name)}
    LogEntry.objects.log_create(entry, force_log=True, action=LogEntry.Action.UPDATE, changes=changes)
