"""All moves of the ledger, and what follows from them for everyone else."""

from ledger.moves.spec import Move
from ledger.moves.specs import answering, assigning, handling, merging, receiving, rechecking, requests, supporting
from ledger.states import Action, Mark, Party

# In the order of the buttons: the one that leads on comes first; what the system notes down by itself, last.
SPECS: dict[Action, Move] = {
    move.action: move
    for move in (
        receiving.ACCEPT,
        assigning.ACKNOWLEDGE,
        requests.EXTEND,
        requests.DEFER,
        handling.COMPLETE,
        answering.CONFIRM,
        answering.CLOSE_OUT,
        assigning.ASSIGN,
        requests.RESUME_HANDLING,
        supporting.REPORT_PART,
        requests.REFUSE_EXTENSION,
        requests.REFUSE_DEFERRAL,
        handling.PROGRESS,
        handling.PAUSE,
        handling.RESUME,
        handling.WARN,
        handling.UNWARN,
        requests.ASK_EXTENSION,
        requests.ASK_DEFERRAL,
        assigning.TRANSFER,
        assigning.RETURN,
        supporting.NAME_SUPPORTER,
        assigning.HAND_OVER,
        receiving.SPLIT,
        receiving.REJECT,
        receiving.WITHDRAW,
        merging.MARK_DUPLICATE,
        answering.SEND_BACK,
        answering.REOPEN,
        merging.UNMERGE,
        rechecking.UPHOLD,
        rechecking.REINSTATE,
        receiving.REGISTER,
        merging.ABSORB,
        merging.RELEASE,
        handling.RECOUNT,
    )
}
MOVES = {action: move for action, move in SPECS.items() if move.who}  # somebody's
LEADING = frozenset(action for action, move in MOVES.items() if move.leading)
QUIET = frozenset(action for action, move in MOVES.items() if move.quiet)
SETTING = frozenset(action for action, move in SPECS.items() if move.sets_deadline)
WATCHED = {action: move.watched for action in Action if action in MOVES and (move := MOVES[action]).watched}
COUNTERS: dict[str, list[Action]] = {
    counter: [action for action, move in MOVES.items() if move.counter == counter]
    for counter in sorted({move.counter for move in MOVES.values() if move.counter})
}


def allowed_actions(state: str, parties: frozenset[Party], marks: frozenset[Mark] = frozenset()) -> list[Action]:
    """The moves open to someone who is these parties to an entry in this state with these marks, main one first."""
    return [
        action
        for action, move in MOVES.items()
        if state in move.sources and move.permits(parties) and not move.obstacle(marks)
    ]
