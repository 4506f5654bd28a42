"""What the rows of a plan come to, counted as they are placed: the rows themselves need not stay."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from imports.models import RowOutcome
from imports.planned.row import PlannedRow

ACCEPTED = (RowOutcome.CREATE, RowOutcome.UPDATE, RowOutcome.UNCHANGED)


@dataclass
class Tally:
    """`told` is fed with all that a row would do: two plans that would do the same have the same digest."""

    kind: str
    outcomes: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)  # name that is not sure → rows that ask for it
    told: Any = field(default_factory=hashlib.sha256)
    enterprises: set[Any] = field(default_factory=set)
    sums: Counter[str] = field(default_factory=Counter)
    amount: Decimal = Decimal(0)
    by_unit: Counter[str] = field(default_factory=Counter)
    by_satisfaction: Counter[str] = field(default_factory=Counter)
    closed: int = 0  # rows that move figures of a closed half-year, or would

    def add(self, row: PlannedRow) -> None:
        self.outcomes[row.outcome] += 1
        self.closed += bool(row.closed)
        self.asked.update(question.key for question in row.questions)
        self.told.update(json.dumps(row.told, ensure_ascii=False, default=str).encode())
        if row.outcome in ACCEPTED and row.made is not None:  # not the template's own example
            self.count(row)

    def count(self, row: PlannedRow) -> None:
        """The kind's own figures over the accepted rows."""
        match self.kind:
            case "enterprises":
                self.enterprises.add(id(row.made))  # the register keeps it
            case "projects":
                self.amount += row.facts["investment_yuan"] or 0
            case "roster":
                self.by_unit[row.made.unit.name if row.made.unit else "不属于单位"] += 1
            case "surveys":
                self.count_form(row.facts)

    def count_form(self, facts: dict[str, Any]) -> None:
        self.enterprises.add(facts["enterprise"])
        self.amount += facts["amount"] or 0
        if facts["entries"]:
            self.sums["problem_entries"] += facts["entries"]
            self.sums["forms_with_problems"] += 1
            self.by_unit[facts["unit"]] += facts["entries"]
        if facts.get("satisfaction"):
            self.by_satisfaction[facts["satisfaction"]] += 1

    @property
    def rows(self) -> int:
        return self.outcomes.total()

    @property
    def accepted(self) -> int:
        return sum(self.outcomes[outcome] for outcome in ACCEPTED)

    def figures(self) -> dict[str, Any]:
        """The kind's own, ready for JSON."""
        match self.kind:
            case "enterprises":
                return {"enterprises": len(self.enterprises)}
            case "projects":
                return {"investment_wan": number(self.amount / 10_000)}
            case "roster":
                return {"by_unit": dict(self.by_unit)}
            case "surveys":
                return {
                    "problem_entries": self.sums["problem_entries"],
                    "forms_with_problems": self.sums["forms_with_problems"],
                    "enterprises": len(self.enterprises),
                    "amount_yuan": number(self.amount),
                    "by_unit": dict(self.by_unit),
                    "by_satisfaction": dict(self.by_satisfaction),
                }
        return {}


def number(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else str(value.normalize())
