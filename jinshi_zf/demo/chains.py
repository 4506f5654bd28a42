"""Entries moved by the same table and the same rules as the real service, but saved many at a time.

`ledger.services.entries.moving.advance_entry` asks the database a dozen questions a move; here the entry is in
memory, so the table of moves, who may make them and what they change are applied to it directly. A move the table
forbids raises: a wrong demo office cannot be made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from io import BytesIO
from itertools import groupby
from typing import Any

from django.core.files.base import File

from accounts.models import Unit, User
from common.files import CheckedFile
from common.periods import local_date
from jinshi_zf.demo.world import World, at
from ledger.models import Attachment, EntryEvent, PartResult, ProblemEntry, Rating, SupportingUnit
from ledger.moves.changes import deadline_facts, written
from ledger.moves.data import MoveData, Step
from ledger.moves.facts import Facts, given_facts
from ledger.moves.following import SERIES
from ledger.moves.rules import faults
from ledger.moves.table import MOVES
from ledger.moves.who import marks_of, parties_of
from ledger.services.numbers import next_numbers
from ledger.states import Action

A = Action
OUTCOMES = ["已促成双方签订分期付款协议", "已督促支付到位", "已协调部门现场解决", "已释法明理，企业接受处理方案"]
STEPS = ["已联系企业核实情况", "已约谈相关方，正在协商", "已发函有关单位，等待答复"]
PART = "已按分工配合办理"
ANSWERS = ["对办理结果满意", "问题已解决，感谢", "基本满意，希望继续关注"]


class ForbiddenMoveError(AssertionError):
    """The demo office asked for a move the table does not have."""


@dataclass
class Chain:
    """One entry on its way, with the events that took it there."""

    world: World
    entry: ProblemEntry
    events: list[EntryEvent] = field(default_factory=list)
    support: list[Unit] = field(default_factory=list)
    proofs: list[tuple[EntryEvent, CheckedFile]] = field(default_factory=list)
    parts_reported_on: date | None = None

    @classmethod
    def register(cls, world: World, registrar: User, day: date, **fields: Any) -> "Chain":
        entry = ProblemEntry(registered_on=day, registered_by=registrar, unit=registrar.unit, **fields)
        chain = cls(world, entry)
        chain.log(A.REGISTER, "", registrar, at(day))
        return chain

    def move(self, action: Action, actor: User | None, day: date, data: MoveData | None = None) -> None:
        """The service's rules on the entry in memory."""
        if actor is None:
            raise ForbiddenMoveError(f"{self.entry.state} {action}: nobody makes it")
        entry, rule, data = self.entry, MOVES[action], replace(data or MoveData(), terms=self.world.terms)
        moment = max(at(day), self.events[-1].occurred_at)
        closed = rule.obstacle(marks_of(entry, local_date(moment)))
        if entry.state not in rule.sources or closed or not rule.permits(parties_of(entry, actor)):
            raise ForbiddenMoveError(f"{entry.state} {action} {actor.username}")
        moment, source = at_minutes(moment, 20), entry.state
        step = Step(entry, actor, moment, data)
        problems = faults(rule, step)  # what the database keeps beside it, the usual way below brings
        if problems:
            raise ForbiddenMoveError(f"{entry.state} {action} {problems}")
        changes = written(rule, step)
        told = rule.facts(step) | deadline_facts(changes)
        for name, value in changes.items():
            setattr(entry, name, value)
        entry.state = rule.target or source
        entry.version += 1
        if action == A.ASSIGN:
            self.support = [unit for unit in data.supporting_units if unit != data.lead_unit]
        self.log(action, source, actor, moment, data, told)

    def log(
        self,
        action: Action,
        source: str,
        actor: User,
        moment: datetime,
        data: MoveData | None = None,
        told: Facts | None = None,
    ) -> None:
        event = EntryEvent(
            seq=len(self.events) + 1,
            action=action,
            from_state=source,
            to_state=self.entry.state,
            unit_id=self.entry.responsible_unit_id,
            actor=actor,
            actor_name=actor.name,
            occurred_at=moment,
            happened_on=local_date(moment),
            note=data.note if data else "",
            data={**(given_facts(data) if data else {}), **(told or {})},
        )
        self.events.append(event)
        self.proofs += [(event, file) for file in (data.files if data else ())]

    # ---- the usual way, step by step ----

    def receiver(self) -> User:
        """Who accepts and assigns: the commission's office, or the registering unit's own coordinator."""
        own = self.world.coordinators[self.entry.unit_id]
        return own if self.world.rng.random() < 0.4 else self.world.people["office"]

    def assign(self, day: date, lead: Any, handler: User, *, days: int | None = None) -> None:
        due = self.world.terms.term(self.entry, day).deadline
        deadline = self.world.calendar.add(day, days) if days else due
        others = [unit for unit in self.world.units.values() if unit != lead]
        support = self.world.rng.sample(others, self.world.rng.choice([0, 0, 1, 2]))
        data = MoveData(
            lead_unit=lead,
            handler=handler,
            deadline=deadline,
            deadline_reason="涉及多个部门，需要会商" if deadline > due else "",
            supporting_units=support,
        )
        self.move(A.ASSIGN, self.receiver(), day, data)

    def progress(self, day: date) -> None:
        self.move(A.PROGRESS, self.entry.handler, day, MoveData(note=self.world.rng.choice(STEPS)))

    def complete(self, day: date, file: CheckedFile) -> None:
        self.report_parts(day)
        data = MoveData(note=self.world.rng.choice(OUTCOMES), files=(file,))
        self.move(A.COMPLETE, self.entry.handler, day, data)

    def report_parts(self, day: date) -> None:
        """Every supporting unit says what it did before the lead unit completes."""
        moment = max(at(day), self.events[-1].occurred_at)
        for unit in self.support if not self.parts_reported_on else ():
            data = MoveData(note=PART, result=PartResult.DONE)
            self.log(A.REPORT_PART, self.entry.state, self.world.coordinators[unit.pk], moment, data)
            self.entry.version += 1
        self.parts_reported_on = day

    def part(self, unit: Unit) -> SupportingUnit:
        if self.parts_reported_on is None:
            return SupportingUnit(entry=self.entry, unit=unit)
        return SupportingUnit(
            entry=self.entry, unit=unit, result=PartResult.DONE, words=PART, reported_on=self.parts_reported_on
        )

    def reviewer(self) -> User:
        return self.world.coordinators[self.entry.lead_unit_id]

    def confirm(self, day: date) -> None:
        rating = Rating.BASICALLY if self.world.rng.random() < 0.2 else Rating.SATISFIED
        data = MoveData(
            note=self.world.rng.choice(ANSWERS),
            rating=rating,
            spoken_with=self.entry.contact_name or "企业联系人",
            spoken_at=at(day),
        )
        self.move(A.CONFIRM, self.reviewer(), day, data)

    def close(self, day: date) -> None:
        self.move(A.CLOSE_OUT, self.reviewer(), day)


def at_minutes(moment: datetime, minutes: int) -> datetime:
    """A little later, the same day."""
    return at(local_date(moment), int((moment - at(local_date(moment))).total_seconds() // 60) + minutes)


def save(chains: Iterable[Chain]) -> list[ProblemEntry]:
    """Numbers in the order of registration, then entries, events, supporting units and evidence in bulk."""
    ordered = sorted(chains, key=lambda chain: chain.entry.registered_on)
    for year, group in groupby(ordered, key=lambda chain: chain.entry.registered_on.year):
        of_year = list(group)
        for chain, number in zip(of_year, next_numbers(SERIES, year, len(of_year)), strict=True):
            chain.entry.number = number
    entries = ProblemEntry.objects.bulk_create([chain.entry for chain in ordered], batch_size=200)
    for chain in ordered:
        for event in chain.events:
            event.entry = chain.entry
    EntryEvent.objects.bulk_create([event for chain in ordered for event in chain.events], batch_size=300)
    SupportingUnit.objects.bulk_create(
        [chain.part(unit) for chain in ordered for unit in chain.support], batch_size=500
    )
    keep_files(ordered)
    return entries


def keep_files(chains: list[Chain]) -> None:
    """A file of its own for every piece of evidence: removing one must not take another's bytes."""
    rows = []
    for chain in chains:
        for event, checked in chain.proofs:
            row = Attachment(
                name=checked.name,
                size=checked.size,
                sha256=checked.sha256,
                content_type=checked.content_type,
                entry=chain.entry,
                event=event,
                uploaded_by=event.actor,
            )
            checked.file.seek(0)
            row.file.save(checked.name, File(BytesIO(checked.file.read())), save=False)
            rows.append(row)
    Attachment.objects.bulk_create(rows, batch_size=300)
