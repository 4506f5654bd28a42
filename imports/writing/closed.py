"""What an import moves in half-years that are closed: a correction each, with the one reason given for the file."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from accounts.models import User
from enterprises.models import Pairing
from imports.errors import StalePlanError
from imports.models import ImportBatch, RowOutcome
from imports.planned.plan import Change, Plan
from ledger.closed.books import Facts, closed_books
from ledger.closed.facts import REGISTERS
from ledger.closed.footprint import moved_by
from ledger.closed.guard import hold, units_of
from ledger.models import Correction

WRITTEN = {RowOutcome.CREATE: "补记", RowOutcome.UPDATE: "修改"}
Where = tuple[str, int | None, int | None]  # period, unit, the unit it was taken from


class ClosedNotes:
    """Gathered part by part while rows are made, written in the transaction that writes them."""

    def __init__(self, batch: ImportBatch | None, actor: User | None, what: str = "导入") -> None:
        self.batch, self.actor, self.what = batch, actor, what
        self.books = closed_books()
        self.told: dict[Where, Counter[str]] = defaultdict(Counter)
        self.rested: dict[tuple[str, type[Model]], int] = (
            Counter()
        )  # period and register → records whose change moves it

    def take(self, plan: Plan) -> None:
        if not self.books:
            return
        units = {id(one.record): one.fields["unit"][0] for one in plan.changes if "unit" in one.fields}
        for row in plan.rows:
            if row.closed and row.made is not None and row.outcome in WRITTEN:
                before = units.get(id(row.made))
                name = f"{WRITTEN[RowOutcome(row.outcome)]}{row.made._meta.verbose_name}"
                for code in row.closed:
                    self.told[code, unit_of(row.made), before.pk if before else None][name] += 1
        for model, changed in by_model(plan.changes).items():
            if model in REGISTERS:
                self.rest(model, moved_by(model, changed, self.books).values())

    def check(self, changes: Iterable[Change]) -> None:
        """The same look again, now that the changed records are held: something may hang on one of them since.

        Raises:
            StalePlanError: it moves a closed period that no row of the preview told of.
        """
        books, told = closed_books(), {code for code, _, _ in self.told}
        for model, changed in by_model(changes).items() if books else ():
            for pk, facts in moved_by(model, changed, books).items() if model not in REGISTERS else ():
                if {fact.period for fact in facts} - told:
                    name = next(record for record in changed if record.pk == pk)
                    raise StalePlanError(f"“{name}”刚有了计在已结账期间里的内容，本次没有写入；请重新核对预览")

    def note(self, facts: Facts, name: str) -> None:
        """A record whose change or removal moves these facts."""
        for code in {fact.period for fact in facts}:
            self.told[code, *units_of(fact.unit for fact in facts if fact.period == code)][name] += 1

    def rest(self, model: type[Model], moved: Iterable[Facts]) -> None:
        """The same of records of a register: the change itself is the reason told."""
        for facts in moved:
            for code in {fact.period for fact in facts}:
                self.rested[code, model] += 1

    def write(self, reason: str) -> None:
        """Holds the periods touched, so that a recount sees records and corrections together or neither."""
        if self.batch is None or not (self.told or self.rested):
            return
        hold({code for code, _, _ in self.told} | {code for code, _ in self.rested})
        Correction.objects.bulk_create([*self.corrections(reason), *self.of_registers()], batch_size=500)

    def corrections(self, reason: str) -> Iterator[Correction]:
        for (code, unit, other), counts in sorted(self.told.items(), key=str):
            words = "、".join(f"{name} {count} 条" for name, count in sorted(counts.items()))
            yield self.correction(code, words, reason, unit, other)

    def of_registers(self) -> Iterator[Correction]:
        for (code, model), count in sorted(self.rested.items(), key=str):
            words = f"{self.what}更新{model._meta.verbose_name} {count} 条"
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


def by_model(changes: Iterable[Change]) -> dict[type[Model], dict[Any, dict[str, Any]]]:
    """Changed records with their old values; where two rows change one, what it was before the first."""
    found: dict[type[Model], dict[Any, dict[str, Any]]] = defaultdict(dict)
    for one in changes:
        of_model = found[type(one.record)]
        of_model[one.record] = old_values(one) | of_model.get(one.record, {})
    return found


def old_values(change: Change) -> dict[str, Any]:
    """What a change of a stored record found, by column."""
    columns: dict[str, Any] = {name: change.record._meta.get_field(name) for name in change.fields}
    return {columns[name].attname: key_of(old) for name, (old, _) in change.fields.items()}


def key_of(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def unit_of(record: Any) -> int | None:
    """Whose the record is: a pairing is its officer's unit's."""
    found: int | None = record.officer.unit_id if isinstance(record, Pairing) else getattr(record, "unit_id", None)
    return found
