"""Writing the ledger's history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from common.periods import local_date
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.changes import event_data
from ledger.moves.needs import MoveData
from ledger.states import Action


def last_event(entry: ProblemEntry) -> EntryEvent | None:
    return EntryEvent.objects.filter(entry=entry).order_by("-seq").first()


def write_event(  # noqa: PLR0913 -- an event is who, what, when, why, after what
    entry: ProblemEntry,
    action: Action,
    actor: User | None,
    at: datetime,
    data: MoveData | None = None,
    previous: EntryEvent | None = None,
    told: Mapping[str, Any] | None = None,
) -> EntryEvent:
    """One row of history after `previous`; `told` is what the timeline says besides the words of `data`."""
    return EntryEvent.objects.create(
        entry=entry,
        seq=previous.seq + 1 if previous else 1,
        action=action,
        from_state=previous.to_state if previous else "",
        to_state=entry.state,
        unit_id=entry.responsible_unit_id,
        actor=actor,
        actor_name=actor.name if actor else (data and data.answered_by) or "系统",
        occurred_at=at,
        happened_on=local_date(at),
        note=data.note if data else "",
        data={**(event_data(data) if data else {}), **(told or {})},
    )
