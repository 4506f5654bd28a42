"""What the enterprise says of the result, and the end of an entry: confirmed, sent back, closed out, reopened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.periods import local_date
from ledger.deadlines import Terms
from ledger.models import EntryEvent, NoticeKind, ProblemEntry, Rating
from ledger.moves.clock import back_facts, back_in_hand, later_than_left, restart
from ledger.moves.data import Problem, Step
from ledger.moves.facts import short_day
from ledger.moves.parties import REVIEWERS
from ledger.moves.rules import WANTED, completion_evidence, last_of
from ledger.moves.spec import Changes, Field, Move, Oneself, Tells, Watched, note, on
from ledger.states import Action, EntryState, Party

S = EntryState
RAISED_MOST = 2
UNDONE: Mapping[str, Any] = {"completed_on": None, "confirmed_on": None, "closed_on": None, "claimed_by": None}


def has_rating(step: Step) -> Problem:
    if step.data.rating in {"", Rating.SATISFIED, Rating.BASICALLY}:
        return None
    return "rating", WANTED["rating"]


def likely_callback(entry: ProblemEntry, now: datetime, terms: Terms) -> Mapping[str, Any]:
    """The call-back happened just now."""
    firm = entry.enterprise
    return {"spoken_with": entry.contact_name or (firm.contact_name if firm else ""), "spoken_at": now}


def confirmed(step: Step) -> Problem:
    """Said by the enterprise after the latest claim; silence is never consent."""
    last = last_of(step.entry, Action.COMPLETE, Action.CONFIRM)
    said = bool(step.entry.confirmed_on) and last is not None and last.action == Action.CONFIRM
    return None if said else ("note", "企业尚未确认，不能销号")


def sent_back(step: Step) -> Changes:
    return {**UNDONE, **back_in_hand(step), "rating": step.data.rating, "raised": raised_to(step)}


def until(event: EntryEvent) -> str:
    return short_day(event.entry.deadline, event.happened_on)


def likely_again(entry: ProblemEntry, now: datetime, terms: Terms) -> Mapping[str, Any]:
    again = restart(entry, local_date(now), terms)
    return {"deadline": again and again.deadline}


def raised_to(step: Step) -> int:
    """One level up each time the enterprise is not satisfied: the unit's leader, then the city's."""
    raised = step.entry.raised
    return min(raised + 1, RAISED_MOST) if step.data.rating == Rating.UNSATISFIED else raised


CONFIRM = Move(
    Action.CONFIRM,
    on(S.COMPLETED),
    S.CONFIRMED,
    REVIEWERS | {Party.REGISTRAR, Party.ENTERPRISE},
    lambda event: f"已回访确认，企业{event.entry.get_rating_display()}，可以销号",
    hint="记录企业的答复；满意或基本满意才算化解",
    fields=(
        Field("rating", needed=True),
        Field("spoken_with", "回访了谁", needed=True),
        Field("spoken_at"),
        note("对方怎么说", needed=True),
        Field("files"),
    ),
    oneself=Oneself.SECOND_PERSON,
    checks=(has_rating,),
    likely=likely_callback,
    writes=lambda step: {"rating": step.data.rating, "confirmed_on": step.day, "raised": 0, "yellow_reason": ""},
    leading=True,
    beside=Action.SEND_BACK,
)
SEND_BACK = Move(
    Action.SEND_BACK,
    on(S.COMPLETED),
    S.HANDLING,
    REVIEWERS | {Party.REGISTRAR, Party.ENTERPRISE},
    lambda event: f"已退回{event.entry.lead_unit}重新办理，期限 {until(event)}",
    hint="退回经办人重新办理；期限按办结时还剩的工作日重新起算",
    also=("rating", "spoken_with", "spoken_at"),  # a call-back that found the enterprise dissatisfied
    fields=(note("退回原因", needed=True), Field("deadline"), Field("deadline_reason"), Field("files")),
    checks=(later_than_left,),
    likely=likely_again,
    writes=sent_back,
    facts=back_facts,
    tells=Tells(NoticeKind.RETURNED, "退回重办"),
    watched=Watched("sent_back", "退回重办"),
    by_terms=True,
    sets_deadline=True,
)
CLOSE_OUT = Move(
    Action.CLOSE_OUT,
    on(S.CONFIRMED),
    S.CLOSED,
    REVIEWERS,
    "已销号",
    hint="从台账上销号",
    fields=(note("销号意见"),),
    oneself=Oneself.SECOND_PERSON,
    proofs=(completion_evidence, confirmed),
    writes=lambda step: {"closed_on": step.day},
    leading=True,
)
REOPEN = Move(
    Action.REOPEN,
    on(S.CLOSED),
    S.HANDLING,
    frozenset({Party.ADMIN}),
    lambda event: f"已重新打开，退回办理，期限 {until(event)}",
    hint="重新打开会计数并公开；期限按办结时还剩的工作日重新起算",
    fields=(note("重新打开的理由", needed=True), Field("deadline"), Field("deadline_reason")),
    checks=(later_than_left,),
    likely=likely_again,
    writes=lambda step: {**UNDONE, **back_in_hand(step), "rating": ""},
    facts=back_facts,
    tells=Tells(NoticeKind.RETURNED, "重新打开，请继续办理", clerks="重新打开，没有经办人，请交接给在岗的人办理"),
    counter="reopen_count",
    watched=Watched("reopened", "重新打开"),
    by_terms=True,
    sets_deadline=True,
)
