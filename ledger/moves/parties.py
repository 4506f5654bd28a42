"""Groups of parties and states that several moves share."""

from ledger.moves.spec import on
from ledger.states import EntryState, Mark, Party

S, P = EntryState, Party
RECEIVERS = frozenset({P.ADMIN, P.OFFICE, P.RECEIVING_COORDINATOR})
HANDLERS = frozenset({P.HANDLER, P.LEAD_COORDINATOR})
REVIEWERS = RECEIVERS | {P.LEAD_COORDINATOR}
SUPERVISORS = frozenset({P.ADMIN, P.OFFICE, P.LEADER})
ASKED = frozenset({Mark.EXTENSION_ASKED, Mark.DEFERRAL_ASKED})
AT_WORK = on(S.HANDLING, S.DEFERRED)
BEFORE_WORK = on(S.REGISTERED, S.ACCEPTED)
