"""Writing the ledger's history."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from common.periods import local_date
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.data import MoveData
from ledger.moves.facts import Fact, given_facts
from ledger.services.errors import ClockBehindError
from ledger.states import Action

logger = logging.getLogger(__name__)


def last_event(entry: ProblemEntry) -> EntryEvent | None:
    return EntryEvent.objects.filter(entry=entry).order_by("-seq").first()


def in_order(entry: ProblemEntry, at: datetime, previous: EntryEvent | None) -> datetime:
    """`at`; or the time of the step before where the clock of this machine lags a little behind (`CLOCK_TOLERANCE`).

    Raises:
        ClockBehindError: it lags by more, or there is no step before.
    """
    if previous is None:
        raise ClockBehindError(f"{entry.number} 没有登记事件，请管理员运行数据核对")
    behind = previous.occurred_at - at
    if behind <= timedelta():
        return at
    if behind > settings.CLOCK_TOLERANCE:
        last, minutes = timezone.localtime(previous.occurred_at), int(behind.total_seconds() // 60)
        raise ClockBehindError(
            f"{entry.number} 的上一步记在 {last:%Y-%m-%d %H:%M}，比这台服务器现在的时间还晚 {minutes} 分钟："
            "服务器时钟不准，请管理员校时后再办，所填内容还在"
        )
    logger.warning("clock behind", extra={"entry": entry.number, "seconds": behind.total_seconds()})
    return previous.occurred_at


def write_event(  # noqa: PLR0913 -- an event is who, what, when, why, after what
    entry: ProblemEntry,
    action: Action,
    actor: User | None,
    at: datetime,
    data: MoveData | None = None,
    previous: EntryEvent | None = None,
    told: Mapping[Fact, Any] | None = None,
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
        data={**(given_facts(data) if data else {}), **(told or {})},
        sent=data.digest() if data else "",
    )
