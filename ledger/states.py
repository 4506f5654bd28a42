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
    COMPLETED = "completed", "已办结"
    CONFIRMED = "confirmed", "已确认"
    CLOSED = "closed", "已销号"
    REJECTED = "rejected", "不予受理"
    DUPLICATE = "duplicate", "重复"

    EXCLUDED = nonmember(frozenset({"rejected", "duplicate"}))  # not in the rates' denominator
    RESOLVED = nonmember(frozenset({"confirmed", "closed"}))  # 化解: the enterprise has said so
    DONE = nonmember(frozenset({"completed", "confirmed", "closed"}))  # 办结: the handler's claim or more
    OPEN = nonmember(frozenset({"registered", "accepted", "assigned", "handling", "completed"}))
    WORKING = nonmember(frozenset({"registered", "accepted", "assigned", "handling"}))  # a deadline runs

    @property
    def colour(self) -> str:
        """Tabler's name of the badge colour; green, yellow and red are kept for the lights."""
        return COLOURS[self]


COLOURS = {
    EntryState.REGISTERED: "azure",
    EntryState.ACCEPTED: "blue",
    EntryState.ASSIGNED: "indigo",
    EntryState.HANDLING: "purple",
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
    MARK_DUPLICATE = "mark_duplicate", "标记重复"
    ASSIGN = "assign", "交办"
    ACKNOWLEDGE = "acknowledge", "签收"
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

    SYSTEM = nonmember(frozenset({"register", "recount"}))  # events that are nobody's move


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


class Mark(StrEnum):
    """What an entry carries beside its state; the words say why a move has to wait."""

    PAUSED = "正在等待企业"
    WARNED = "已亮黄灯"
    OVERDUE = "期限已过"


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


S, P = EntryState, Party
RECEIVERS = frozenset({P.ADMIN, P.OFFICE, P.RECEIVING_COORDINATOR})
HANDLERS = frozenset({P.HANDLER, P.LEAD_COORDINATOR})
REVIEWERS = frozenset({P.ADMIN, P.OFFICE, P.RECEIVING_COORDINATOR, P.LEAD_COORDINATOR})
SUPERVISORS = frozenset({P.ADMIN, P.OFFICE, P.LEADER})

# In the order of the buttons: the one that leads on comes first.
MOVES: dict[Action, Move] = {
    Action.ACCEPT: Move(frozenset({S.REGISTERED}), S.ACCEPTED, RECEIVERS, hint="受理后即可交办"),
    Action.ACKNOWLEDGE: Move(frozenset({S.ASSIGNED}), S.HANDLING, HANDLERS, hint="签收后开始办理"),
    Action.COMPLETE: Move(
        frozenset({S.HANDLING}),
        S.COMPLETED,
        HANDLERS,
        (Need.NOTE, Need.EVIDENCE),
        "提出办结，等待企业确认",
    ),
    Action.CONFIRM: Move(
        frozenset({S.COMPLETED}),
        S.CONFIRMED,
        REVIEWERS | {P.REGISTRAR, P.ENTERPRISE},
        (Need.RATING, Need.CALLBACK, Need.SECOND_PERSON),
        "记录企业的答复；满意或基本满意才算化解",
    ),
    Action.CLOSE_OUT: Move(
        frozenset({S.CONFIRMED}),
        S.CLOSED,
        REVIEWERS,
        (Need.EVIDENCE, Need.CONFIRMATION, Need.SECOND_PERSON),
        "从台账上销号",
    ),
    Action.ASSIGN: Move(
        frozenset({S.ACCEPTED, S.ASSIGNED}),
        S.ASSIGNED,
        RECEIVERS,
        (Need.LEAD_UNIT, Need.DEADLINE),
        "牵头单位会在待办里看到",
    ),
    Action.PROGRESS: Move(frozenset({S.HANDLING}), None, HANDLERS, (Need.NOTE,), "记入时间线，不改变状态"),
    Action.PAUSE: Move(
        frozenset({S.HANDLING}),
        None,
        HANDLERS,
        (Need.NOTE,),
        "要等企业补材料、作决定时用；停表期间不计办理时限，继续办理后期限相应顺延",
        barred=frozenset({Mark.PAUSED, Mark.OVERDUE}),
    ),
    Action.RESUME: Move(
        frozenset({S.HANDLING}),
        None,
        HANDLERS | REVIEWERS,
        (),
        "停表结束，期限按等待的工作日顺延",
        given=frozenset({Mark.PAUSED}),
    ),
    Action.WARN: Move(
        frozenset({S.ASSIGNED, S.HANDLING}),
        None,
        SUPERVISORS,
        (Need.NOTE,),
        "办理不力时亮黄灯，不论还剩几天；责任单位会看到原因",
        barred=frozenset({Mark.WARNED}),
    ),
    Action.UNWARN: Move(
        frozenset({S.ASSIGNED, S.HANDLING}),
        None,
        SUPERVISORS,
        (),
        "灯色恢复为按剩余工作日计算",
        given=frozenset({Mark.WARNED}),
    ),
    Action.REJECT: Move(
        frozenset({S.REGISTERED, S.ACCEPTED}),
        S.REJECTED,
        RECEIVERS,
        (Need.NOTE,),
        "不再计入办结率和化解率，理由会留档",
    ),
    Action.MARK_DUPLICATE: Move(
        frozenset({S.REGISTERED, S.ACCEPTED}),
        S.DUPLICATE,
        RECEIVERS,
        (Need.DUPLICATE_OF,),
        "与另一条合并看待，不再单独统计",
    ),
    Action.SEND_BACK: Move(
        frozenset({S.COMPLETED}),
        S.HANDLING,
        REVIEWERS | {P.REGISTRAR, P.ENTERPRISE},
        (Need.NOTE,),
        "退回经办人重新办理",
    ),
    Action.REOPEN: Move(
        frozenset({S.CLOSED}),
        S.HANDLING,
        frozenset({P.ADMIN}),
        (Need.NOTE,),
        "重新打开会计数并公开",
    ),
}


def allowed_actions(state: str, parties: frozenset[Party], marks: frozenset[Mark] = frozenset()) -> list[Action]:
    """The moves open to someone who is these parties to an entry in this state with these marks, main one first."""
    return [
        action
        for action, move in MOVES.items()
        if state in move.sources and permits(move, parties) and not move.obstacle(marks)
    ]


def permits(move: Move, parties: frozenset[Party]) -> bool:
    if Need.SECOND_PERSON in move.needs and parties & {Party.HANDLER, Party.CLAIMANT}:
        return False
    return bool(move.who & parties)
