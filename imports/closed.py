"""What an import moves in half-years that are closed: a correction each, with the one reason given for the file."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from accounts.models import User
from enterprises.models import Enterprise, Pairing
from enterprises.services.register import COUNTED
from imports.models import ImportBatch, RowOutcome
from imports.plan import Change, Plan
from ledger.models import Correction
from ledger.services.periods import hold, resting_on_any

WRITTEN = {RowOutcome.CREATE: "补记", RowOutcome.UPDATE: "修改"}
# Fields of registers that figures of closed periods rest on: the change itself is the reason told.
RESTED: dict[type[Model], frozenset[str]] = {
    Enterprise: frozenset(name.removesuffix("_id") for name in COUNTED),
    User: frozenset({"unit"}),
}
Where = tuple[str, int | None, int | None]  # period, unit, the unit it was taken from


class ClosedNotes:
    """Gathered part by part while rows are made, written in the transaction that writes them."""

    def __init__(self, batch: ImportBatch | None, actor: User | None, what: str = "导入") -> None:
        self.batch, self.actor, self.what = batch, actor, what
        self.told: dict[Where, Counter[str]] = defaultdict(Counter)
        self.rested: dict[type[Model], set[int]] = defaultdict(set)

    def take(self, plan: Plan) -> None:
        units = {id(one.record): one.fields["unit"][0] for one in plan.changes if "unit" in one.fields}
        for row in plan.rows:
            if row.closed and row.made is not None and row.outcome in WRITTEN:
                before = units.get(id(row.made))
                name = f"{WRITTEN[RowOutcome(row.outcome)]}{row.made._meta.verbose_name}"
                self.note(row.closed, unit_of(row.made), name, before.pk if before else None)
        self.rest(plan.changes)

    def note(self, periods: Iterable[str], unit: int | None, name: str, other: int | None = None) -> None:
        for code in periods:
            self.told[code, unit, other][name] += 1

    def rest(self, changes: Iterable[Change]) -> None:
        for one in changes:
            if RESTED.get(type(one.record), frozenset()) & one.fields.keys():
                self.rested[type(one.record)].add(one.record.pk)

    def write(self, reason: str) -> None:
        """Holds the periods touched, so that a recount sees records and corrections together or neither."""
        if self.batch is None or not (self.told or self.rested):
            return
        hold({code for code, _, _ in self.told})
        Correction.objects.bulk_create([*self.corrections(reason), *self.of_registers()], batch_size=500)

    def corrections(self, reason: str) -> Iterator[Correction]:
        for (code, unit, other), counts in sorted(self.told.items(), key=str):
            words = "、".join(f"{name} {count} 条" for name, count in sorted(counts.items()))
            yield self.correction(code, words, reason, unit, other)

    def of_registers(self) -> Iterator[Correction]:
        for model, pks in self.rested.items():
            words = f"{self.what}更新{model._meta.verbose_name} {len(pks)} 条"
            for code in resting_on_any(model, pks):
                yield self.correction(code, words, f"{model._meta.verbose_name}变更：{words}", None, None)

    def correction(self, code: str, words: str, reason: str, unit: int | None, other: int | None) -> Correction:
        batch: Any = self.batch
        return Correction(
            period=code,
            model=batch._meta.label_lower,
            record=batch.pk,
            label=f"{self.what}“{batch.name}”"[:200],
            words=words,
            reason=reason,
            unit_id=unit,
            other_unit_id=other,
            made_by=self.actor,
            made_by_name=self.actor.name if self.actor else "系统",
        )


def unit_of(record: Any) -> int | None:
    """Whose the record is: a pairing is its officer's unit's."""
    found: int | None = record.officer.unit_id if isinstance(record, Pairing) else getattr(record, "unit_id", None)
    return found
