"""An entry comes in: registered, accepted, refused, split."""

from ledger.moves.data import Problem, Step
from ledger.moves.facts import Fact, Facts
from ledger.moves.following import split
from ledger.moves.parties import BEFORE_WORK, RECEIVERS
from ledger.moves.spec import Field, Move, Watched, note, on
from ledger.states import Action, EntryState, Party

S = EntryState


def has_pieces(step: Step) -> Problem:
    kept, pieces = step.data.kept, step.data.pieces
    if kept is None or not kept.title.strip():
        return "kept_title", "请写明这一件保留哪个问题"
    if not pieces or not all(piece.title.strip() for piece in pieces):
        return "piece_1_title", "请至少写明一个拆出的问题"
    return None


def split_off(step: Step) -> Facts:
    made = split(step.entry, step.person, step.at, step.data.pieces)
    return {Fact.SPLIT_OFF: "、".join(new.number for new in made)}


REGISTER = Move(Action.REGISTER, on(), S.REGISTERED, frozenset(), "已登记")
ACCEPT = Move(
    Action.ACCEPT,
    on(S.REGISTERED),
    S.ACCEPTED,
    RECEIVERS,
    "已受理，请尽快交办",
    hint="受理后即可交办",
    fields=(note("受理意见"),),
    leading=True,
    beside=Action.REJECT,
)
REJECT = Move(
    Action.REJECT,
    BEFORE_WORK,
    S.REJECTED,
    RECEIVERS,
    "已不予受理，理由已留档",
    hint="不再计入办结率和化解率，理由会留档",
    fields=(note("不予受理的理由", needed=True),),
)
WITHDRAW = Move(
    Action.WITHDRAW,
    on(S.REGISTERED),
    S.REJECTED,
    frozenset({Party.REGISTRAR}),
    "已撤单，理由已留档",
    hint="登记有误的，受理前可以撤回；按不予受理计，理由会留档并公开计数",
    fields=(note("为什么撤回", needed=True),),
    watched=Watched("withdrawn", "撤单"),
)
SPLIT = Move(
    Action.SPLIT,
    on(S.REGISTERED, S.ACCEPTED, S.ASSIGNED, S.HANDLING),
    None,
    RECEIVERS,
    lambda event: f"已拆分，拆出 {event.data.get(Fact.SPLIT_OFF)}，等待受理",
    hint="一件里有几个问题的，拆成几件分别办理；拆出的从今天起登记，带着原来的来源和材料",
    fields=(Field("kept"), Field("pieces"), note("拆分说明")),
    checks=(has_pieces,),
    writes=lambda step: {"title": step.data.kept.title, "content": step.data.kept.content} if step.data.kept else {},
    facts=lambda step: {Fact.WAS_TITLE: step.entry.title},
    follows=split_off,
    watched=Watched("split", "拆分"),
)
