"""What comes with a move, and the step it makes of an entry."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from accounts.models import Unit, User
from cases.models import LegalCase
from common.files import CheckedFile
from common.periods import local_date
from ledger.deadlines import Terms
from ledger.models import ProblemEntry, SupportingUnit


@dataclass(frozen=True)
class Piece:
    """One of the problems an entry is split into."""

    title: str
    content: str = ""


@dataclass(frozen=True)
class MoveData:
    """What came with a move; which of it a move takes and which must be there, its spec says."""

    note: str = ""
    lead_unit: Unit | None = None
    supporting_units: Sequence[Unit] = ()
    handler: User | None = None
    deadline: date | None = None
    deadline_reason: str = ""
    duplicate_of: ProblemEntry | None = None
    is_same: bool = False  # somebody has compared the two, and they are one matter all the same
    rating: str = ""
    spoken_with: str = ""
    spoken_at: datetime | None = None
    answered_by: str = ""  # the enterprise itself, by its link
    case: LegalCase | None = None
    until: date | None = None  # the day an extension or a deferral is asked for
    registrar: User | None = None  # who takes over what waits for the registrar
    part: SupportingUnit | None = None  # whose part is meant; one's own unless given
    supporter: User | None = None
    result: str = ""
    without_parts: str = ""  # why the lead doesn't wait for the supporting units
    kept: Piece | None = None  # what the entry keeps of itself when it is split
    pieces: Sequence[Piece] = ()
    files: Sequence[CheckedFile] = field(default_factory=tuple)
    terms: Terms | None = None  # what deadlines are counted by; looked up when the move needs it

    def digest(self) -> str:
        """SHA-256 of everything typed and chosen: two posts with the same are one and the same post."""
        given = {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.name != "terms"}
        return hashlib.sha256(json.dumps(given, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def plain(value: Any) -> Any:
    """As it can be compared: rows by their key, files by name and bytes, texts without the spaces around them."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, CheckedFile):
        return [value.name, value.sha256]
    if isinstance(value, Piece):
        return [value.title.strip(), value.content.strip()]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return [plain(one) for one in value]
    return value


@dataclass(frozen=True)
class Step:
    """A move about to be made, or just made: of which entry, by whom, when, with what."""

    entry: ProblemEntry
    actor: User | None  # none: the enterprise itself, by its link
    at: datetime
    data: MoveData
    was: Mapping[str, Any] = field(default_factory=dict)  # what the columns written held before; for what follows

    @property
    def day(self) -> date:
        return local_date(self.at)

    @property
    def person(self) -> User:
        """The actor of a move that is never the enterprise's."""
        assert self.actor is not None  # noqa: S101 -- the spec's `who` has seen to it
        return self.actor


Problem = tuple[str, str] | None  # the form field to mark and the words beside it
