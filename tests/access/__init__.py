"""Who may open which address: one table an app, gathered by tests/test_access_matrix.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STAFF, COORDINATOR, LEADER, ADMIN, AUDITOR = "staff", "coordinator", "leader", "admin", "auditor"
WORKING = frozenset({STAFF, COORDINATOR, LEADER, ADMIN})
EVERYONE = WORKING | {AUDITOR}


@dataclass(frozen=True)
class Access:
    """`roles` are let in; `make` builds the address's arguments from the police unit; `scoped`: others get 404."""

    roles: frozenset[str] | set[str]
    make: Callable[[Any], dict[str, Any]] | None = None
    method: str = "get"
    scoped: bool = False
