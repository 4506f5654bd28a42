"""What the rows of a plan come to, counted as they are placed: the rows themselves need not stay."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from imports.models import RowOutcome
from imports.planned.row import PlannedRow

AS_JSON = json.JSONEncoder(ensure_ascii=False, default=str)
ACCEPTED = (RowOutcome.CREATE, RowOutcome.UPDATE, RowOutcome.UNCHANGED)


@dataclass
class Tally:
    """`told` is fed with all that a row would do: two plans that would do the same have the same digest. What is
    summed up of accepted rows is the kind's own (`ImportResource.count`)."""

    outcomes: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)  # name that is not sure → rows that ask for it
    told: Any = field(default_factory=hashlib.sha256)
    enterprises: set[Any] = field(default_factory=set)
    sums: Counter[str] = field(default_factory=Counter)
    amount: Decimal = Decimal(0)
    by_unit: Counter[str] = field(default_factory=Counter)
    by_satisfaction: Counter[str] = field(default_factory=Counter)
    rights: Counter[str] = field(default_factory=Counter)  # what changes in what people may do → how many people
    closed: int = 0  # rows that move figures of a closed half-year, or would

    def add(self, row: PlannedRow) -> None:
        self.outcomes[row.outcome] += 1
        self.closed += bool(row.closed)
        self.asked.update(question.key for question in (*row.questions, *row.offers))
        self.told.update(AS_JSON.encode(row.told).encode())

    @property
    def rows(self) -> int:
        return self.outcomes.total()

    @property
    def accepted(self) -> int:
        return sum(self.outcomes[outcome] for outcome in ACCEPTED)


def number(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else str(value.normalize())
