"""What a person typed about a survey form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = (
    "enterprise", "visited_on", "unit", "officer", "contact_name", "contact_phone", "satisfaction", "category",
    "appeal", "amount", "suggestion", "notes", "industry", "workstream",
)  # fmt: skip


@dataclass(frozen=True)
class SurveyData:
    """The form's own columns by name, and the requests that become ledger entries, as the person has seen them."""

    columns: Mapping[str, Any]
    requests: Sequence[str] = ()
