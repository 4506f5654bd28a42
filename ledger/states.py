"""The ledger's life as a table of moves. Pure: no database, no request, no clock.

The service obeys this table, the buttons on the page come from it, the diagram in docs/ is drawn from it.
Source of the rules: docs/domain.md, “The ledger's life”.
"""

from dataclasses import dataclass
from enum import StrEnum, nonmember

from django.db.models import TextChoices


class EntryState(TextChoices):
    REGISTERED = "registered", "已登记"
    ACCEPTED = "accepted", "已受理"
    ASSIGNED = "assigned", "已交办"
    HANDLING = "handling", "办理中"
    DEFERRED = "deferred", "挂账"
    COMPLETED = "completed", "已办结"
    CONFIRMED = "confirmed", "已确认"
    CLOSED = "closed", "已销号"
    REJECTED = "rejected", "不予受理"
    DUPLICATE = "duplicate", "重复"

    EXCLUDED = nonmember(frozenset({"rejected", "duplicate"}))  # not in the rates' denominator
    RESOLVED = nonmember(frozenset({"confirmed", "closed"}))  # 化解: the enterprise has said so
    DONE = nonmember(frozenset({"completed", "confirmed", "closed"}))  # 办结: the handler's claim or more
    OPEN = nonmember(frozenset({"registered", "accepted", "assigned", "handling", "deferred", "completed"}))
    # A deadline runs; that of a deferred entry is the day it is reviewed.
    WORKING = nonmember(frozenset({"registered", "accepted", "assigned", "handling", "deferred"}))

    @property
    def colour(self) -> str:
        """Tabler's name of the badge colour; green, yellow and red are kept for the lights."""
        return COLOURS[self]


COLOURS = {
    EntryState.REGISTERED: "azure",
    EntryState.ACCEPTED: "blue",
    EntryState.ASSIGNED: "indigo",
    EntryState.HANDLING: "purple",
    EntryState.DEFERRED: "orange",
    EntryState.COMPLETED: "cyan",
    EntryState.CONFIRMED: "teal",
    EntryState.CLOSED: "secondary",
    EntryState.REJECTED: "secondary",
    EntryState.DUPLICATE: "secondary",
}


class Action(TextChoices):
    REGISTER = "register", "登记"
    ACCEPT = "accept", "受理"
    REJECT = "reject", "不予受理"
    WITHDRAW = "withdraw", "撤单"
    MARK_DUPLICATE = "mark_duplicate", "并入"
    ABSORB = "absorb", "接收并入"
    SPLIT = "split", "拆分"
    ASSIGN = "assign", "交办"
    ACKNOWLEDGE = "acknowledge", "签收"
    TRANSFER = "transfer", "转办"
    RETURN = "return", "退单"
    HAND_OVER = "hand_over", "交接"
    ASK_EXTENSION = "ask_extension", "申请延期"
    EXTEND = "extend", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"
    ASK_DEFERRAL = "ask_deferral", "申请挂账"
    DEFER = "defer", "同意挂账"
    REFUSE_DEFERRAL = "refuse_deferral", "不同意挂账"
    RESUME_HANDLING = "resume_handling", "恢复办理"
    NAME_SUPPORTER = "name_supporter", "指定协办人"
    REPORT_PART = "report_part", "协办反馈"
    PROGRESS = "progress", "记录进展"
    PAUSE = "pause", "等待企业"
    RESUME = "resume", "继续办理"
    WARN = "warn", "亮黄灯"
    UNWARN = "unwarn", "撤销黄灯"
    COMPLETE = "complete", "办结"
    CONFIRM = "confirm", "回访确认"
    SEND_BACK = "send_back", "退回重办"
    CLOSE_OUT = "close_out", "销号"
    REOPEN = "reopen", "重新打开"
    RECOUNT = "recount", "期限重算"

    SYSTEM = nonmember(frozenset({"register", "recount", "absorb"}))  # events that are nobody's move


class Asked(TextChoices):
    """What the handler has asked for and somebody else must decide."""

    EXTENSION = "extension", "延期"
    DEFERRAL = "deferral", "挂账"


class Party(StrEnum):
    """What a person is to an entry; a move names the parties who may make it."""

    ADMIN = "管理员"
    OFFICE = "政法委办公室"
    RECEIVING_COORDINATOR = "登记单位联络员"
    LEAD_COORDINATOR = "牵头单位联络员"
    LEADER = "领导"
    HANDLER = "经办人"
    REGISTRAR = "登记人"
    CLAIMANT = "提出办结的人"
    ASKER = "申请人"
    SUPPORTING_COORDINATOR = "协办单位联络员"
    PARTS_OFFICE = "有协办单位时的政法委办公室和管理员"
    SUPPORTER = "协办人"
    ENTERPRISE = "企业（确认链接）"


class Need(StrEnum):
    """What a move cannot do without."""

    NOTE = "说明"
    LEAD_UNIT = "牵头单位"
    DEADLINE = "办理期限"
    DUPLICATE_OF = "重复的是哪一条"
    EVIDENCE = "办结佐证材料"
    RATING = "满意度"
    CALLBACK = "回访对象和回访内容"
    SECOND_PERSON = "由经办人以外的人办理"
    CONFIRMATION = "企业确认"
    OTHER_UNIT = "另一个牵头单位"
    UNTIL = "申请到哪一天"
    STILL_AHEAD = "申请的日期还没有过"
    ANOTHER_DECIDES = "由申请人和经办人以外的人决定"
    SUCCESSOR = "接手的人"
    SUPPORTER = "协办人"
    RESULT = "协办结果"
    PARTS_REPORTED = "协办单位都已反馈，或不等的理由"
    PIECES = "拆出的问题"


class Mark(StrEnum):
    """What an entry carries beside its state; the words say why a move has to wait."""

    PAUSED = "正在等待企业"
    WARNED = "已亮黄灯"
    OVERDUE = "期限已过"
    EXTENSION_ASKED = "延期申请待批"
    DEFERRAL_ASKED = "挂账申请待批"


@dataclass(frozen=True)
class Move:
    sources: frozenset[EntryState]
    target: EntryState | None  # None: stays where it is
    who: frozenset[Party]
    needs: tuple[Need, ...] = ()
    hint: str = ""
    given: frozenset[Mark] = frozenset()  # marks it needs
    barred: frozenset[Mark] = frozenset()  # marks that forbid it

    def obstacle(self, marks: frozenset[Mark]) -> str:
        """Why an entry with these marks cannot be moved so; empty when it can.

        While the clock stands nothing may lead out of the state: whoever goes on says so first.
        """
        leaves = frozenset({Mark.PAUSED}) if self.target else frozenset()
        missing, standing = self.given - marks, (self.barred | leaves) & marks
        if missing:
            return "、".join(f"没有“{mark.removeprefix('正在').removeprefix('已')}”" for mark in sorted(missing))
        return "、".join(sorted(standing))


def on(*states: EntryState) -> frozenset[EntryState]:
    return frozenset(states)


S, P, N = EntryState, Party, Need
RECEIVERS = frozenset({P.ADMIN, P.OFFICE, P.RECEIVING_COORDINATOR})
HANDLERS = frozenset({P.HANDLER, P.LEAD_COORDINATOR})
REVIEWERS = RECEIVERS | {P.LEAD_COORDINATOR}
SUPERVISORS = frozenset({P.ADMIN, P.OFFICE, P.LEADER})
ASKED = frozenset({Mark.EXTENSION_ASKED, Mark.DEFERRAL_ASKED})
IN_HAND = on(S.ASSIGNED, S.HANDLING, S.DEFERRED)
COUNTED = on(*S) - EntryState.EXCLUDED

# In the order of the buttons: the one that leads on comes first.
MOVES: dict[Action, Move] = {
    Action.ACCEPT: Move(on(S.REGISTERED), S.ACCEPTED, RECEIVERS, hint="受理后即可交办"),
    Action.ACKNOWLEDGE: Move(on(S.ASSIGNED), S.HANDLING, HANDLERS, hint="签收后开始办理"),
    Action.EXTEND: Move(
        on(S.HANDLING),
        None,
        RECEIVERS | {P.LEADER},
        (N.ANOTHER_DECIDES, N.STILL_AHEAD),
        "办理期限改为申请的日期；延期次数会计数并公开",
        given=frozenset({Mark.EXTENSION_ASKED}),
    ),
    Action.DEFER: Move(
        on(S.HANDLING, S.DEFERRED),
        S.DEFERRED,
        SUPERVISORS,
        (N.ANOTHER_DECIDES, N.STILL_AHEAD),
        "到复核日期再议；挂账期间仍算未化解",
        given=frozenset({Mark.DEFERRAL_ASKED}),
    ),
    Action.COMPLETE: Move(
        on(S.HANDLING), S.COMPLETED, HANDLERS, (N.NOTE, N.EVIDENCE, N.PARTS_REPORTED), "提出办结，等待企业确认"
    ),
    Action.CONFIRM: Move(
        on(S.COMPLETED),
        S.CONFIRMED,
        REVIEWERS | {P.REGISTRAR, P.ENTERPRISE},
        (N.RATING, N.CALLBACK, N.SECOND_PERSON),
        "记录企业的答复；满意或基本满意才算化解",
    ),
    Action.CLOSE_OUT: Move(
        on(S.CONFIRMED), S.CLOSED, REVIEWERS, (N.EVIDENCE, N.CONFIRMATION, N.SECOND_PERSON), "从台账上销号"
    ),
    Action.ASSIGN: Move(
        on(S.ACCEPTED, S.ASSIGNED), S.ASSIGNED, RECEIVERS, (N.LEAD_UNIT, N.DEADLINE), "牵头单位会在待办里看到"
    ),
    Action.RESUME_HANDLING: Move(
        on(S.DEFERRED), S.HANDLING, REVIEWERS | {P.LEADER}, (N.NOTE, N.DEADLINE), "结束挂账，重新定办理期限"
    ),
    Action.REPORT_PART: Move(
        IN_HAND,
        None,
        frozenset({P.SUPPORTING_COORDINATOR, P.SUPPORTER}),
        (N.RESULT, N.NOTE),
        "反馈本单位承担的部分，牵头单位据此办结",
    ),
    Action.REFUSE_EXTENSION: Move(
        on(S.HANDLING),
        None,
        RECEIVERS | {P.LEADER},
        (N.NOTE, N.ANOTHER_DECIDES),
        "办理期限不变，理由告知申请人",
        given=frozenset({Mark.EXTENSION_ASKED}),
    ),
    Action.REFUSE_DEFERRAL: Move(
        on(S.HANDLING, S.DEFERRED),
        None,
        SUPERVISORS,
        (N.NOTE, N.ANOTHER_DECIDES),
        "继续办理，理由告知申请人",
        given=frozenset({Mark.DEFERRAL_ASKED}),
    ),
    Action.PROGRESS: Move(on(S.HANDLING, S.DEFERRED), None, HANDLERS, (N.NOTE,), "记入时间线，不改变状态"),
    Action.PAUSE: Move(
        on(S.HANDLING),
        None,
        HANDLERS,
        (N.NOTE,),
        "要等企业补材料、作决定时用；停表期间不计办理时限，继续办理后期限相应顺延",
        barred=frozenset({Mark.PAUSED, Mark.OVERDUE}),
    ),
    Action.RESUME: Move(
        on(S.HANDLING),
        None,
        HANDLERS | REVIEWERS,
        (),
        "停表结束，期限按等待的工作日顺延",
        given=frozenset({Mark.PAUSED}),
    ),
    Action.WARN: Move(
        on(S.ASSIGNED, S.HANDLING),
        None,
        SUPERVISORS,
        (N.NOTE,),
        "办理不力时亮黄灯，不论还剩几天；责任单位会看到原因",
        barred=frozenset({Mark.WARNED}),
    ),
    Action.UNWARN: Move(
        on(S.ASSIGNED, S.HANDLING), None, SUPERVISORS, (), "灯色恢复为按剩余工作日计算", given=frozenset({Mark.WARNED})
    ),
    Action.ASK_EXTENSION: Move(
        on(S.HANDLING),
        None,
        HANDLERS,
        (N.UNTIL, N.NOTE),
        "到期前申请，由他人批准；批准前期限不变",
        barred=ASKED | {Mark.OVERDUE},
    ),
    Action.ASK_DEFERRAL: Move(
        on(S.HANDLING, S.DEFERRED),
        None,
        HANDLERS,
        (N.UNTIL, N.NOTE),
        "现在解决不了的，报政法委办公室或领导批准后挂账，到复核日期再议",
        barred=ASKED,
    ),
    Action.TRANSFER: Move(
        on(S.ASSIGNED, S.HANDLING),
        S.ASSIGNED,
        frozenset({P.ADMIN, P.OFFICE, P.LEAD_COORDINATOR}),
        (N.OTHER_UNIT, N.NOTE),
        "转给另一个单位牵头，由它重新签收；办理期限不变",
    ),
    Action.RETURN: Move(
        on(S.ASSIGNED, S.HANDLING),
        S.ACCEPTED,
        frozenset({P.LEAD_COORDINATOR}),
        (N.NOTE,),
        "退回重新交办；办理期限照算，退单会计数并公开",
    ),
    Action.NAME_SUPPORTER: Move(
        IN_HAND,
        None,
        frozenset({P.PARTS_OFFICE, P.SUPPORTING_COORDINATOR}),
        (N.SUPPORTER,),
        "协办人会在自己的工作里看到",
    ),
    Action.HAND_OVER: Move(
        IN_HAND | {S.COMPLETED}, None, REVIEWERS, (N.SUCCESSOR, N.NOTE), "换一个人接着办，期限和记录都不变"
    ),
    Action.SPLIT: Move(
        on(S.REGISTERED, S.ACCEPTED, S.ASSIGNED, S.HANDLING),
        None,
        RECEIVERS,
        (N.PIECES,),
        "一件里有几个问题的，拆成几件分别办理；拆出的从今天起登记，带着原来的来源和材料",
    ),
    Action.REJECT: Move(
        on(S.REGISTERED, S.ACCEPTED), S.REJECTED, RECEIVERS, (N.NOTE,), "不再计入办结率和化解率，理由会留档"
    ),
    Action.WITHDRAW: Move(
        on(S.REGISTERED),
        S.REJECTED,
        frozenset({P.REGISTRAR}),
        (N.NOTE,),
        "登记有误的，受理前可以撤回；按不予受理计，理由会留档并公开计数",
    ),
    Action.MARK_DUPLICATE: Move(
        on(S.REGISTERED, S.ACCEPTED),
        S.DUPLICATE,
        RECEIVERS,
        (N.DUPLICATE_OF,),
        "材料、办理记录和来源随之并入那一条，不再单独统计",
    ),
    Action.SEND_BACK: Move(
        on(S.COMPLETED), S.HANDLING, REVIEWERS | {P.REGISTRAR, P.ENTERPRISE}, (N.NOTE,), "退回经办人重新办理"
    ),
    Action.REOPEN: Move(on(S.CLOSED), S.HANDLING, frozenset({P.ADMIN}), (N.NOTE,), "重新打开会计数并公开"),
    Action.ABSORB: Move(COUNTED, None, frozenset(), hint="另一条并入这一条时由系统记下"),
}
# Where one of these is open, it is the page's main button.
LEADING = frozenset(
    {
        *(Action.ACCEPT, Action.ASSIGN, Action.ACKNOWLEDGE, Action.COMPLETE, Action.CONFIRM, Action.CLOSE_OUT),
        *(Action.EXTEND, Action.DEFER, Action.RESUME_HANDLING, Action.REPORT_PART),
    }
)
# Who must leave a move to others, and the words for them.
ONESELF: dict[Need, tuple[frozenset[Party], str]] = {
    N.SECOND_PERSON: (frozenset({P.HANDLER, P.CLAIMANT}), "须由经办人以外的人办理"),
    N.ANOTHER_DECIDES: (frozenset({P.HANDLER, P.ASKER}), "须由申请人和经办人以外的人决定"),
}


def allowed_actions(state: str, parties: frozenset[Party], marks: frozenset[Mark] = frozenset()) -> list[Action]:
    """The moves open to someone who is these parties to an entry in this state with these marks, main one first."""
    return [
        action
        for action, move in MOVES.items()
        if state in move.sources and permits(move, parties) and not move.obstacle(marks)
    ]


def permits(move: Move, parties: frozenset[Party]) -> bool:
    return bool(move.who & parties) and not conflict_of_interest(move, parties)


def conflict_of_interest(move: Move, parties: frozenset[Party]) -> str:
    """Why these parties must leave the move to others; empty when they need not."""
    return next((ONESELF[need][1] for need in move.needs if need in ONESELF and ONESELF[need][0] & parties), "")
