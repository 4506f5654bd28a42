"""What was done to an entry, in words for whoever came second; and the audit row of what passes the signals by."""

from collections.abc import Mapping
from typing import Any

from auditlog.models import LogEntry
from django.db.models import Model

from accounts.models import User
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.events import last_event
from ledger.states import Action

CORRECTED = {"动作": "修改内容"}


def describe_conflict(entry: ProblemEntry, action: Action) -> str:
    """Who did what in the meantime, for the person who came second."""
    last = last_event(entry)
    if (last is None or last.action == Action.REGISTER) and not latest_correction(entry):
        return f"{entry.number} 现在不能{action.label}，请刷新后查看"
    return f"{what_happened(entry)}，您的操作没有执行，请核对后再办"


def what_happened(entry: ProblemEntry) -> str:
    """The last thing done to an entry: “JS-2023-0001 已由干警0001受理（现为“已受理”）”."""
    corrected = latest_correction(entry)
    if corrected:
        return f"{entry.number} 的内容刚由{corrected.actor or '系统'}修改"
    last = EntryEvent.objects.filter(entry=entry).order_by("-seq")[0]
    who = last.actor_name or "系统"
    return f"{entry.number} 已由{who}{last.get_action_display()}（现为“{last.get_to_state_display()}”）"


def latest_correction(entry: ProblemEntry) -> LogEntry | None:
    """The audit row of a correction, if that was the last thing done to the entry."""
    last = LogEntry.objects.get_for_object(entry).order_by("-pk").first()
    return last if last and last.additional_data == CORRECTED else None


def log_change(entry: Model, was: Mapping[str, Any], actor: User | None, what: Any = None) -> None:
    """The audit row of a conditional UPDATE, which passes the signals by that write it elsewhere."""
    changes = {name: [str(old), str(getattr(entry, name))] for name, old in was.items() if old != getattr(entry, name)}
    LogEntry.objects.log_create(
        entry,
        force_log=True,
        action=LogEntry.Action.UPDATE,
        changes=changes,
        actor=actor,
        additional_data=what,
    )
