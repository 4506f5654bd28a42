"""Two entries are one matter: merged, and taken apart again where that was wrong."""

from datetime import timedelta

from ledger.models import NoticeKind, ProblemEntry
from ledger.moves.clock import back_facts, back_in_hand
from ledger.moves.data import Problem, Step
from ledger.moves.facts import Fact, Facts, kept, short_day
from ledger.moves.following import merge
from ledger.moves.parties import BEFORE_WORK, RECEIVERS
from ledger.moves.rules import WANTED
from ledger.moves.spec import Audience, Field, Move, Tells, note, on
from ledger.moves.unmerging import counted_again, take_back
from ledger.states import COUNTED, Action, EntryState, Mark, Party

S = EntryState
OLD = timedelta(days=365)  # what was registered so much earlier is hardly the same matter


def may_absorb(step: Step) -> Problem:
    original = step.data.duplicate_of
    if original is None:
        return None
    if original.pk == step.entry.pk:
        return "duplicate_of", WANTED["duplicate_of"]
    if original.duplicate_of_id:
        return "duplicate_of", f"{original.number} 本身已并入另一条，请选它所并入的那一条"
    if original.state in EntryState.EXCLUDED:
        return "duplicate_of", f"{original.number} 未予受理，不能并入"
    return None


def merged(step: Step) -> Facts:
    merge(step.entry, step.person, step.at, step.data.note)
    return {}


def differences(step: Step) -> list[str]:
    """Why the two may not be one matter, or why nobody would be at work on it afterwards."""
    entry, original = step.entry, step.data.duplicate_of
    if original is None:
        return []
    found = []
    for name, label in (("enterprise", "企业"), ("project", "重点项目")):
        mine, theirs = getattr(entry, name), getattr(original, name)
        if mine and theirs and mine != theirs:
            found.append(f"{label}不同：这一条是{mine}，{original.number} 是{theirs}")
    if original.state in EntryState.DONE:
        found.append(f"{original.number} 现为“{original.get_state_display()}”，并入后没有人再办")
    if entry.registered_on - original.registered_on > OLD:
        day = short_day(original.registered_on, entry.registered_on)
        found.append(f"{original.number} 是 {day}登记的，早了一年以上")
    return found


def same_matter(step: Step) -> Problem:
    """Whoever merges what looks like two matters has compared them."""
    found = differences(step)
    if not found or step.data.is_same or may_absorb(step):
        return None
    return "is_same", f"{'；'.join(found)}。请对照两条的内容，确是同一件事的，勾选后再并入"


def was_merged(step: Step) -> Facts:
    original = step.entry.duplicate_of
    told = {Fact.WAS_MERGED_INTO: original and original.number, Fact.COUNTED_AGAIN: counted_again(step.entry)}
    return kept(told) if original else {}


def absorbing(entry: ProblemEntry) -> str:
    return entry.duplicate_of.number if entry.duplicate_of else ""


MARK_DUPLICATE = Move(
    Action.MARK_DUPLICATE,
    BEFORE_WORK,
    S.DUPLICATE,
    RECEIVERS,
    lambda event: f"已并入 {absorbing(event.entry)}，材料和记录随之并入",
    hint="材料、办理记录和来源随之并入那一条，不再单独统计",
    fields=(Field("duplicate_of", needed=True), Field("is_same"), note("说明")),
    checks=(may_absorb, same_matter),
    writes=lambda step: {"duplicate_of": step.data.duplicate_of},
    facts=lambda step: kept({Fact.DIFFERS: "；".join(differences(step))}),
    follows=merged,
)
ABSORB = Move(Action.ABSORB, COUNTED, None, frozenset(), "已接收并入的问题", hint="另一条并入这一条时由系统记下")
UNMERGE = Move(
    Action.UNMERGE,
    on(S.DUPLICATE),
    S.ACCEPTED,
    frozenset({Party.ADMIN, Party.OFFICE}),
    "已撤销并入，恢复受理，等待重新交办",
    hint="并错了的用：恢复受理，材料和随它并入的一起退回，从今天起重新计入两率；并入期间登记在那一条的金额请核对归属",
    fields=(note("撤销并入的理由", needed=True),),
    barred=frozenset({Mark.DRAWN}),  # the re-checker judges it, who puts it right and has it counted
    writes=lambda step: {"duplicate_of": None, **back_in_hand(step)},
    facts=lambda step: was_merged(step) | back_facts(step),
    follows=take_back,
    tells=Tells(
        NoticeKind.RETURNED,
        "并入已撤销，恢复受理，等待重新交办",
        Audience.EVERYBODY,
        clerks="并入已撤销，恢复受理，请重新交办",
    ),
    by_terms=True,
    sets_deadline=True,
)
RELEASE = Move(Action.RELEASE, on(*S), None, frozenset(), "已退出并入的问题", hint="并入这一条的撤销时由系统记下")
