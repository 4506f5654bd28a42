"""What a move of the ledger is: all of it in one declaration (docs/adding-a-move.md).

The service obeys it, the buttons and the form come from it, the event, the notice and the words after it too, the
reports count by it and the diagram in docs/ is drawn from it. Source of the rules: docs/domain.md, “The ledger's life”.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from ledger.deadlines import Terms
from ledger.models import EntryEvent, NoticeKind, ProblemEntry
from ledger.moves.data import MoveData, Problem, Step
from ledger.moves.facts import Facts
from ledger.states import Action, EntryState, Mark, Party

Check = Callable[[Step], Problem]
Changes = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing that comes with a move, as the form asks for it."""

    name: str  # of `MoveData`, and of the form
    label: str = ""  # what it is called in this move, if not as usual
    needed: bool = False
    empty: str = ""  # how “nobody” or “nothing” reads among the choices, if not as usual
    when: Callable[[ProblemEntry, frozenset[Party]], bool] = lambda entry, parties: True  # asked for at all
    rows: Callable[[ProblemEntry, User], QuerySet[Any]] | None = None  # what is on offer, if not as usual


def note(label: str, *, needed: bool = False) -> Field:
    return Field("note", label, needed)


class Oneself(Enum):
    """Who must leave a move to others, and the words for them."""

    SECOND_PERSON = (frozenset({Party.HANDLER, Party.CLAIMANT}), "须由经办人以外的人办理")
    ANOTHER_DECIDES = (frozenset({Party.HANDLER, Party.ASKER}), "须由申请人和经办人以外的人决定")


ALWAYS = {"note", "terms", "answered_by"}


class Audience(Enum):
    HOLDER = "whoever holds the entry after the move: its handler, else the answerable unit's coordinators"
    COORDINATORS = "the coordinators of the unit answerable for it, whoever handled it"
    EVERYBODY = "handler, registrar and the coordinators of the units that registered and lead it"


@dataclass(frozen=True)
class Tells:
    """What others hear of a move inside the system; `clerks`: who clerks for the unit answerable for it, where that is
    another task than the others'."""

    kind: NoticeKind
    words: str
    to: Audience = Audience.HOLDER
    clerks: str = ""


@dataclass(frozen=True)
class Watched:
    """A move that could make a rate look better than it is: counted and published beside the rates.

    `number` is the column of the stored days and weeks (`reports`), `label` its heading.
    """

    number: str
    label: str


@dataclass(frozen=True)
class Move:
    """One move, whole."""

    action: Action
    sources: frozenset[EntryState]
    target: EntryState | None  # None: stays where it is
    who: frozenset[Party]  # nobody: what the system notes down by itself
    words: str | Callable[[EntryEvent], str]  # told after the entry's number: “已受理，请尽快交办”
    hint: str = ""  # what it will do, above its form
    fields: tuple[Field, ...] = ()  # in the order of the form
    also: tuple[str, ...] = ()  # of `MoveData`, taken without being asked for in its form
    given: frozenset[Mark] = frozenset()  # marks the entry must have
    barred: frozenset[Mark] = frozenset()  # marks that forbid it
    oneself: Oneself | None = None
    checks: tuple[Check, ...] = ()  # of the entry and what was given
    proofs: tuple[Check, ...] = ()  # of what the database keeps beside the entry
    likely: Callable[[ProblemEntry, datetime, Terms], Mapping[str, Any]] = lambda entry, now, terms: {}  # filled in
    writes: Callable[[Step], Changes] = lambda step: {}  # the entry's columns besides state and version
    facts: Callable[[Step], Facts] = lambda step: {}  # what only the entry as it was before can tell
    follows: Callable[[Step], Facts] = lambda step: {}  # done beyond the entry itself, and told
    tells: Tells | None = None
    counter: str = ""  # the column that counts how often
    watched: Watched | None = None
    by_terms: bool = False  # counts working days
    sets_deadline: bool = False  # its event tells the deadline from then on
    settles: bool = False  # a request that waited for its decision waits no longer
    leading: bool = False  # where it is open, it is the page's main button
    beside: Action | None = None  # what stands next to that button: the other answer, or what is done more often
    quiet: bool = False  # frequent, and moves neither state nor unit: the reports skip it

    def taking(self, data: MoveData) -> MoveData:
        """What it takes of what was given: nothing else is checked, written or told."""
        names = {field.name for field in self.fields} | set(self.also) | ALWAYS
        return MoveData(**{one.name: getattr(data, one.name) for one in fields(data) if one.name in names})

    def obstacle(self, marks: frozenset[Mark]) -> str:
        """Why an entry with these marks cannot be moved so; empty when it can.

        While the clock stands nothing may lead out of the state: whoever goes on says so first.
        """
        leaves = frozenset({Mark.PAUSED}) if self.target else frozenset()
        missing, standing = self.given - marks, (self.barred | leaves) & marks
        if missing:
            return "、".join(f"没有“{mark.removeprefix('正在').removeprefix('已')}”" for mark in sorted(missing))
        return "、".join(sorted(standing))

    def conflict_of_interest(self, parties: frozenset[Party]) -> str:
        """Why these parties must leave the move to others; empty when they need not."""
        return self.oneself.value[1] if self.oneself and self.oneself.value[0] & parties else ""

    def permits(self, parties: frozenset[Party]) -> bool:
        return bool(self.who & parties) and not self.conflict_of_interest(parties)

    def told(self, event: EntryEvent) -> str:
        """What it did, in the words shown after it."""
        return self.words if isinstance(self.words, str) else self.words(event)


def on(*states: EntryState) -> frozenset[EntryState]:
    return frozenset(states)
