"""The ledger's life as a table of moves. Pure: no database, no request, no clock.

The service obeys this table, the buttons on the page come from it, the diagram in docs/ is drawn from it.
Source of the rules: docs/domain.md, “The ledger's life”.
"""

from dataclasses import dataclass

from ledger.vocabulary import Action, Asked, EntryState, Mark, Need, Party

__all__ = [
    "ASKED",
    "COUNTED",
    "IN_HAND",
    "LEADING",
    "MOVES",
    "ONESELF",
    "RECEIVERS",
    "Action",
    "Asked",
    "EntryState",
    "Mark",
    "Move",
    "Need",
    "Party",
    "allowed_actions",
    "conflict_of_interest",
    "permits",
]


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
SET_ASIDE = on(S.REJECTED, S.DUPLICATE)  # out of the rates, looked at again by sample

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
    Action.UPHOLD: Move(SET_ASIDE, None, frozenset({P.RECHECKER}), (N.NOTE,), "撤单、不予受理或并入确有依据，维持原状"),
    Action.REINSTATE: Move(
        SET_ASIDE,
        S.ACCEPTED,
        frozenset({P.RECHECKER}),
        (N.NOTE,),
        "恢复受理，重新交办办理，重新计入两率；按重新打开计数并公开",
    ),
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
