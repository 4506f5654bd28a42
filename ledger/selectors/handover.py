"""What the page of handing over shows."""

from dataclasses import dataclass

from accounts.models import User
from ledger.services.handover import KINDS


@dataclass(frozen=True)
class Line:
    key: str
    name: str
    url: str


@dataclass(frozen=True)
class Section:
    label: str
    lines: list[Line]


def sections(person: User) -> list[Section]:
    """Everything open in a person's name, kind by kind; kinds with nothing are left out."""
    found = []
    for key, kind in KINDS.items():
        rows = kind.rows().filter(**{kind.owner: person})
        lines = [Line(f"{key}-{row.pk}", kind.name(row), kind.url(row)) for row in rows]
        if lines:
            found.append(Section(f"{kind.label} {len(lines)} {kind.measure}", lines))
    return found
