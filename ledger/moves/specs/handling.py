"""An entry is being worked on: progress, waiting, warnings, the claim that it is done."""

from datetime import date

from ledger.models import EntryEvent, EntryPause, ProblemEntry
from ledger.moves.data import Problem, Step
from ledger.moves.facts import Fact, Facts, short_day
from ledger.moves.parties import AT_WORK, HANDLERS, REVIEWERS, SUPERVISORS
from ledger.moves.rules import NO_EVIDENCE, silent_units
from ledger.moves.spec import Changes, Field, Move, Watched, note, on
from ledger.states import Action, EntryState, Mark

S = EntryState


def has_evidence(step: Step) -> Problem:
    """A claim brings its own evidence: what was shown before a send-back or a reopening doesn't count again."""
    return None if step.data.files else NO_EVIDENCE


def parts_reported(step: Step) -> Problem:
    """The lead unit completes when every supporting unit has reported, or says why it doesn't wait."""
    silent = silent_units(step.entry)
    if not silent or step.data.without_parts.strip():
        return None
    return "without_parts", f"{'、'.join(silent)}还没有反馈，请等反馈，或写明为什么不等"


def completed(step: Step) -> Changes:
    return {
        "outcome": step.data.note,
        "rating": "",
        "completed_on": step.day,
        "claimed_by": step.actor,
        "case": step.data.case or step.entry.case,
    }


def who_is_silent(step: Step) -> Facts:
    return {Fact.SILENT_UNITS: "、".join(silent_units(step.entry))} if step.data.without_parts else {}


def waits(step: Step) -> Facts:
    """The stretch during which the clock stands, as a row of its own."""
    EntryPause.objects.create(entry=step.entry, waiting_for=step.data.note, started_on=step.day)
    return {}


def goes_on(step: Step) -> Facts:
    for pause in EntryPause.objects.filter(entry=step.entry, ended_on__isnull=True):
        pause.ended_on = step.day
        pause.save(update_fields=["ended_on"])
    return {}


def resumed(step: Step) -> Changes:
    terms, entry = step.data.terms, step.entry
    return terms.resumed(entry, step.day, extended_on(entry)) if terms and entry.paused_on else {}


def extended_on(entry: ProblemEntry) -> date | None:
    """The last day on which it was given more time, maybe while the clock stood."""
    granted = EntryEvent.objects.filter(entry=entry.pk, action=Action.EXTEND).order_by("-seq")
    return granted.values_list("happened_on", flat=True).first() if entry.extension_count else None


def how_long_it_waited(step: Step) -> Facts:
    changes = resumed(step)
    if "paused_days" not in changes:
        return {}
    return {
        Fact.WAITED: f"{changes['paused_days'] - step.entry.paused_days} 个工作日",
        Fact.DEADLINE: changes["deadline"].isoformat(),
    }


PROGRESS = Move(
    Action.PROGRESS,
    AT_WORK,
    None,
    HANDLERS,
    "的进展已记入时间线",
    hint="记入时间线，不改变状态",
    fields=(note("办了什么", needed=True), Field("files")),
    quiet=True,
)
PAUSE = Move(
    Action.PAUSE,
    on(S.HANDLING),
    None,
    HANDLERS,
    "已停表，等待企业",
    hint="要等企业补材料、作决定时用；停表期间不计办理时限，继续办理后期限相应顺延",
    fields=(note("等企业做什么", needed=True),),
    barred=frozenset({Mark.PAUSED, Mark.OVERDUE}),
    writes=lambda step: {"paused_on": step.day},
    follows=waits,
    watched=Watched("paused", "等待企业"),
)
RESUME = Move(
    Action.RESUME,
    on(S.HANDLING),
    None,
    HANDLERS | REVIEWERS,
    lambda event: f"继续办理，期限 {short_day(event.entry.deadline, event.happened_on)}",
    hint="停表结束，期限按等待的工作日顺延",
    fields=(note("企业的答复"),),
    given=frozenset({Mark.PAUSED}),
    writes=resumed,
    facts=how_long_it_waited,
    follows=goes_on,
    by_terms=True,
    sets_deadline=True,
    leading=True,
    beside=Action.PROGRESS,
)
WARN = Move(
    Action.WARN,
    on(S.ASSIGNED, S.HANDLING),
    None,
    SUPERVISORS,
    "已亮黄灯，责任单位会看到原因",
    hint="办理不力时亮黄灯，不论还剩几天；责任单位会看到原因",
    fields=(note("亮黄灯的原因", needed=True),),
    barred=frozenset({Mark.WARNED}),
    writes=lambda step: {"yellow_reason": step.data.note[:200]},
)
UNWARN = Move(
    Action.UNWARN,
    on(S.ASSIGNED, S.HANDLING),
    None,
    SUPERVISORS,
    "已撤销黄灯",
    hint="灯色恢复为按剩余工作日计算",
    fields=(note("说明"),),
    given=frozenset({Mark.WARNED}),
    writes=lambda step: {"yellow_reason": ""},
)
COMPLETE = Move(
    Action.COMPLETE,
    on(S.HANDLING),
    S.COMPLETED,
    HANDLERS,
    "已办结，等待回访企业",
    hint="提出办结，等待企业确认",
    fields=(
        note("办理结果", needed=True),
        Field("files", "佐证材料（至少一份）"),
        Field("case"),
        Field("without_parts", when=lambda entry, parties: bool(silent_units(entry))),
    ),
    checks=(has_evidence,),
    proofs=(parts_reported,),
    likely=lambda entry, now, terms: {"case": entry.case_id},
    writes=completed,
    facts=who_is_silent,
    settles=True,
    leading=True,
    beside=Action.PROGRESS,
)
RECOUNT = Move(
    Action.RECOUNT,
    frozenset(EntryState),
    None,
    frozenset(),
    lambda event: f"的期限已重算为 {short_day(event.entry.deadline, event.happened_on)}",
    hint="工作日历或时限规则改变时由系统重算",
    sets_deadline=True,
)
