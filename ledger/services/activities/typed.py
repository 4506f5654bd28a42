"""What a person typed about an activity, and what was made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from common.files import CheckedFile
from ledger.models import ProblemCategory, ProblemEntry, ServiceActivity


@dataclass(frozen=True)
class ProblemData:
    """A problem heard on site, to become a ledger entry."""

    title: str
    category: ProblemCategory
    content: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class ActivityData:
    """What a person typed: the activity's own columns by name, and what hangs on it.

    `is_another`: it is not the visit that the same person has logged for that day and firm (a page asks).
    """

    columns: Mapping[str, Any]
    outputs: Mapping[str, int] = field(default_factory=dict)
    participants: Sequence[User] = ()
    problems: Sequence[ProblemData] = ()
    files: Sequence[CheckedFile] = ()
    is_another: bool = True


@dataclass(frozen=True)
class Logged:
    """The activity, and the entries registered with it."""

    activity: ServiceActivity
    entries: Sequence[ProblemEntry]
