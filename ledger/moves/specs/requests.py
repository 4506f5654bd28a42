"""More time, or a day to look at it again: asked for by the handler, decided by others."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from common.periods import local_date
from ledger.deadlines import Terms
from ledger.models import NoticeKind, ProblemEntry
from ledger.moves.data import Problem, Step
from ledger.moves.facts import Fact, Facts, iso, kept, short_day
from ledger.moves.parties import ASKED, AT_WORK, HANDLERS, RECEIVERS, REVIEWERS, SUPERVISORS
from ledger.moves.rules import still_ahead, until_ahead
from ledger.moves.spec import Changes, Field, Move, Oneself, Tells, Watched, note, on
from ledger.states import Action, Asked, EntryState, Mark, Party

S = EntryState
UNASKED: Mapping[str, Any] = {"asked": "", "asked_by": None, "asked_until": None}


def asking(what: Asked, step: Step) -> Changes:
    return {"asked": what, "asked_by": step.actor, "asked_until": step.data.until}


def later_than_now(step: Step) -> Problem:
    until, due = step.data.until, step.entry.deadline
    if until and due and until <= due:
        return "until", f"要延到的日期须晚于现在的期限 {iso(due)}"
    return until_ahead(step)


def who_asked(step: Step) -> Facts:
    entry = step.entry
    return kept({Fact.ASKER: entry.asked_by and entry.asked_by.name, Fact.ASKED_UNTIL: iso(entry.asked_until)})


def granted(step: Step, new: Fact) -> Facts:
    entry = step.entry
    return who_asked(step) | kept({new: iso(entry.asked_until), Fact.WAS_DEADLINE: iso(entry.deadline)})


def new_term(entry: ProblemEntry, day: date, terms: Terms) -> date:
    """As many working days from today as the rule gives: what was deferred begins anew."""
    return terms.calendar.add(day, terms.term(entry, day).working_days)


def later_than_a_new_term(step: Step) -> Problem:
    """A deadline later than a new term is somebody's decision and says why."""
    due, terms = step.data.deadline, step.data.terms
    if not due or not terms or step.data.deadline_reason.strip():
        return None
    latest = new_term(step.entry, step.day, terms)
    return ("deadline_reason", f"重新起算应为 {iso(latest)}；定得更晚请写明理由") if due > latest else None


def resumed(step: Step) -> Changes:
    reason = step.data.deadline_reason.strip()
    return {"deadline": step.data.deadline, "deadline_reason": reason or "挂账后恢复办理"}


ASK_EXTENSION = Move(
    Action.ASK_EXTENSION,
    on(S.HANDLING),
    None,
    HANDLERS,
    lambda event: f"已申请延期到 {short_day(event.entry.asked_until, event.happened_on)}，等待批准，批准前期限不变",
    hint="到期前申请，由他人批准；批准前期限不变",
    fields=(Field("until", "延到哪一天", needed=True), note("为什么要延期", needed=True), Field("files")),
    barred=ASKED | {Mark.OVERDUE},
    checks=(later_than_now,),
    writes=lambda step: asking(Asked.EXTENSION, step),
)
EXTEND = Move(
    Action.EXTEND,
    on(S.HANDLING),
    None,
    RECEIVERS | {Party.LEADER},
    lambda event: f"已同意延期，期限改为 {short_day(event.entry.deadline, event.happened_on)}",
    hint="办理期限改为申请的日期；延期次数会计数并公开",
    fields=(note("批准意见"),),
    given=frozenset({Mark.EXTENSION_ASKED}),
    oneself=Oneself.ANOTHER_DECIDES,
    checks=(still_ahead,),
    writes=lambda step: {"deadline": step.entry.asked_until, "deadline_reason": "批准延期"},
    facts=lambda step: granted(step, Fact.DEADLINE),
    tells=Tells(NoticeKind.DECIDED, "同意延期"),
    counter="extension_count",
    watched=Watched("extended", "延期"),
    sets_deadline=True,
    settles=True,
    leading=True,
    beside=Action.REFUSE_EXTENSION,
)
REFUSE_EXTENSION = Move(
    Action.REFUSE_EXTENSION,
    on(S.HANDLING),
    None,
    RECEIVERS | {Party.LEADER},
    lambda event: f"未同意延期，期限仍是 {short_day(event.entry.deadline, event.happened_on)}",
    hint="办理期限不变，理由告知申请人",
    fields=(note("不同意的理由", needed=True),),
    given=frozenset({Mark.EXTENSION_ASKED}),
    oneself=Oneself.ANOTHER_DECIDES,
    facts=who_asked,
    tells=Tells(NoticeKind.DECIDED, "不同意延期"),
    settles=True,
)
ASK_DEFERRAL = Move(
    Action.ASK_DEFERRAL,
    AT_WORK,
    None,
    HANDLERS,
    lambda event: f"已申请挂账到 {short_day(event.entry.asked_until, event.happened_on)}，等待批准",
    hint="现在解决不了的，报政法委办公室或领导批准后挂账，到复核日期再议",
    fields=(Field("until", "哪一天复核", needed=True), note("为什么现在解决不了", needed=True), Field("files")),
    barred=ASKED,
    checks=(until_ahead,),
    writes=lambda step: asking(Asked.DEFERRAL, step),
)
DEFER = Move(
    Action.DEFER,
    AT_WORK,
    S.DEFERRED,
    SUPERVISORS,
    lambda event: f"已挂账，{short_day(event.entry.deadline, event.happened_on)}复核",
    hint="到复核日期再议；挂账期间仍算未化解",
    fields=(note("批准意见"),),
    given=frozenset({Mark.DEFERRAL_ASKED}),
    oneself=Oneself.ANOTHER_DECIDES,
    checks=(still_ahead,),
    writes=lambda step: {"deadline": step.entry.asked_until, "deadline_reason": "挂账复核"},  # looked at again then
    facts=lambda step: granted(step, Fact.REVIEW_DAY),
    tells=Tells(NoticeKind.DECIDED, "同意挂账"),
    sets_deadline=True,
    settles=True,
    leading=True,
    beside=Action.REFUSE_DEFERRAL,
)
REFUSE_DEFERRAL = Move(
    Action.REFUSE_DEFERRAL,
    AT_WORK,
    None,
    SUPERVISORS,
    "未同意挂账，继续办理",
    hint="继续办理，理由告知申请人",
    fields=(note("不同意的理由", needed=True),),
    given=frozenset({Mark.DEFERRAL_ASKED}),
    oneself=Oneself.ANOTHER_DECIDES,
    facts=who_asked,
    tells=Tells(NoticeKind.DECIDED, "不同意挂账"),
    settles=True,
)
RESUME_HANDLING = Move(
    Action.RESUME_HANDLING,
    on(S.DEFERRED),
    S.HANDLING,
    REVIEWERS | {Party.LEADER},
    lambda event: f"已恢复办理，期限 {short_day(event.entry.deadline, event.happened_on)}",
    hint="结束挂账，重新定办理期限",
    fields=(Field("deadline", needed=True), Field("deadline_reason"), note("复核情况", needed=True)),
    checks=(later_than_a_new_term,),
    likely=lambda entry, now, terms: {"deadline": new_term(entry, local_date(now), terms)},
    writes=resumed,
    by_terms=True,
    sets_deadline=True,
    settles=True,
    leading=True,
)
