"""What a person is to an entry, what the entry carries, and so which moves are open."""

from datetime import date

from accounts.models import User
from accounts.rights.permissions import Role, can
from ledger.models import ProblemEntry, Recheck
from ledger.moves.parts import parts_of
from ledger.moves.table import allowed_actions
from ledger.services.rights import clerks_for, may_recheck
from ledger.states import SET_ASIDE, Action, Asked, Mark, Party


def parties_of(entry: ProblemEntry, user: User) -> frozenset[Party]:
    """What a person is to an entry."""
    tests = {
        **supporting_parties(entry, user),
        Party.RECHECKER: any(may_recheck(recheck, user) for recheck in open_rechecks(entry)),
    }
    return own_parties(entry, user) | {party for party, holds in tests.items() if holds}


def own_parties(entry: ProblemEntry, user: User) -> frozenset[Party]:
    """What a person is to an entry by the entry alone; asks the database for nothing that `for_list` brings."""
    tests = {
        Party.ADMIN: user.role == Role.ADMIN,
        Party.OFFICE: user.role == Role.COORDINATOR and user.city_wide,
        Party.RECEIVING_COORDINATOR: clerks_for(user, entry.unit),
        Party.LEAD_COORDINATOR: clerks_for(user, entry.lead_unit),
        Party.LEADER: user.role == Role.LEADER and oversees(entry, user),
        Party.HANDLER: entry.handler_id == user.pk,
        Party.REGISTRAR: entry.registered_by_id == user.pk,
        Party.CLAIMANT: entry.claimed_by_id == user.pk,
        Party.ASKER: entry.asked_by_id == user.pk,
    }
    return frozenset(party for party, holds in tests.items() if holds)


def supporting_parties(entry: ProblemEntry, user: User) -> dict[Party, bool]:
    """What a person is to the entry by its supporting units."""
    parts = parts_of(entry)
    return {
        Party.SUPPORTING_COORDINATOR: any(clerks_for(user, part.unit) for part in parts),
        Party.SUPPORTER: any(part.handler_id == user.pk for part in parts),
        Party.PARTS_OFFICE: bool(parts) and user.sees_all and user.can("users.handover"),
    }


def open_rechecks(entry: ProblemEntry) -> list[Recheck]:
    """What the sample drew of an entry set aside and nobody has judged yet; no query for any other entry."""
    if entry.state not in SET_ASIDE or not entry.pk:
        return []
    return [recheck for recheck in entry.rechecks.all() if not recheck.verdict]


def oversees(entry: ProblemEntry, leader: User) -> bool:
    """The entry is registered or led by a unit of this leader's; supporting is the business of those who lead."""
    if leader.city_wide or leader.unit is None:
        return leader.city_wide
    above = str(leader.unit.path)
    return any(unit is not None and str(unit.path).startswith(above) for unit in (entry.lead_unit, entry.unit))


def marks_of(entry: ProblemEntry, today: date) -> frozenset[Mark]:
    """What the entry carries beside its state. While it waits for the enterprise its deadline cannot pass."""
    late = entry.deadline is not None and entry.deadline < today
    tests = {
        Mark.PAUSED: entry.paused_on is not None,
        Mark.WARNED: bool(entry.yellow_reason),
        Mark.OVERDUE: late and entry.paused_on is None,
        Mark.EXTENSION_ASKED: entry.asked == Asked.EXTENSION,
        Mark.DEFERRAL_ASKED: entry.asked == Asked.DEFERRAL,
        Mark.DRAWN: bool(open_rechecks(entry)),
    }
    return frozenset(mark for mark, holds in tests.items() if holds)


def actions_for(entry: ProblemEntry, user: User, today: date) -> list[Action]:
    """The moves this person may make on this entry today, main one first."""
    if not can(user, "ledger.view"):
        return []
    return allowed_actions(entry.state, parties_of(entry, user), marks_of(entry, today))
