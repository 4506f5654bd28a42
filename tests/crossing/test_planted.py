"""The walk can fail: a fault planted beside each thing that must hold is found, and told by its name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.db.models import QuerySet

from accounts.models import Unit, User
from cases.models import LegalCase
from duty.models import DutyShift, DutySwap
from enterprises.models import Enterprise, Workstream
from ledger.models import (
    CalendarDay,
    CalendarVersion,
    EntryEvent,
    Escalation,
    LadderStep,
    OrderReply,
    ProblemEntry,
    Recovery,
    SupervisionOrder,
)
from ledger.moves.data import MoveData
from ledger.states import Action, EntryState
from reports.closing.books import close_period
from reports.models import FrozenFigure
from tests.crossing import books, entry_steps, invariants, ties, walk
from tests.crossing.invariants import Snapshot
from tests.crossing.office_steps import frozen_bytes
from tests.crossing.steps import STEPS, Done
from tests.crossing.world import START, World
from tests.factories import EntryFactory, RecoveryFactory
from tests.factories.duty import shift
from tests.factories.ledger import at

pytestmark = pytest.mark.django_db
DAY = START.date() - timedelta(days=3)


@pytest.fixture
def world() -> Iterator[World]:
    """With an entry in hand, one by rule that is overdue, an order, and money in the half-year and in that before."""
    with time_machine.travel(START, tick=False) as clock:
        made = World(clock)
        police = made.units[0]
        handler = made.active(unit=police, role="staff")[0]
        made.entry = EntryFactory(
            unit=police, lead_unit=police, handler=handler, state=EntryState.HANDLING, registered_on=DAY, moved_on=DAY
        )
        for day in (DAY, date(2024, 12, 2)):
            row = RecoveryFactory(entry=made.entry, case=None, unit=police, happened_on=day)
            made.money[row.pk] = (row.kind, str(row.amount), row.happened_on)
        yield made


def change(model, **fields):
    """A change that passes every service by."""
    return lambda world: model._base_manager.filter(pk=model._base_manager.order_by("pk").first().pk).update(**fields)


def climbed_twice(world: World) -> None:
    ProblemEntry.objects.update(deadline=DAY)
    step = LadderStep.objects.first()
    for day in (DAY, DAY - timedelta(days=1)):
        Escalation.objects.create(
            entry=world.entry, deadline=day, step=step, after_days=0, unit=world.entry.unit, day=DAY,
            made_at=world.now, told=True,
        )  # fmt: skip


def answered_unsigned(world: World) -> None:
    SupervisionOrder.objects.create(
        number="督1", entry=world.entry, unit=world.entry.unit, issued_on=DAY, deadline=DAY, demand="请办"
    )
    SupervisionOrder.objects.update(replied_on=DAY, reply="已办", replied_by=world.office[0])


def moved_calendar(world: World) -> None:
    """A holiday that no deadline set by rule has followed: ten working days from Friday would end on another day."""
    ProblemEntry.objects.update(
        deadline_basis="rule", counted_from=DAY, counted_days=10, calendar_version=CalendarVersion.objects.first()
    )
    CalendarDay.objects.create(day=DAY + timedelta(days=4), is_working=False, name="样例", source="样例")


def merged_beside(world: World) -> None:
    firm, other = Enterprise.objects.order_by("pk")[:2]
    Enterprise.every.filter(pk=firm.pk).update(merged_into=other, uscc=None)


def linked_beside(world: World) -> None:
    firm = Enterprise.objects.order_by("pk").last()
    LegalCase.enterprises.through.objects.create(legalcase=LegalCase.objects.first(), enterprise=firm)


def swapped_beside(world: World) -> None:
    one, other = world.staff()[:2]
    row = shift(one, START.date())
    DutySwap.objects.create(shift=row, words="样例", asked_by=other, asked_of=one, asked_at=world.now)


def answered_beside(number: int):
    """An answer of which the order itself knows nothing."""

    def plant(world: World) -> None:
        order = SupervisionOrder.objects.create(
            number="督1", entry=world.entry, unit=world.entry.unit, issued_on=DAY, deadline=DAY, demand="请办"
        )
        OrderReply.objects.create(
            order=order, number=number, words="已办", replied_by=world.office[0], replied_on=DAY, due_on=DAY
        )  # fmt: skip

    return plant


PLANTED = [
    (invariants.trail, "没有操作记录", change(ProblemEntry, title="改过的")),
    (invariants.chains, "最后一步到", change(ProblemEntry, state="closed")),
    (invariants.deadlines, "事件里最后说的是", change(ProblemEntry, deadline=DAY + timedelta(days=99))),
    (invariants.deadlines, "按规则重数是", moved_calendar),
    (invariants.ladder, "又走了一遍", climbed_twice),
    (invariants.money, "填的是", change(Recovery, amount="7.00")),
    (invariants.money, "填的是 ", lambda world: Recovery.objects.all().delete()),
    (invariants.money, "它所属的记录在", lambda world: Recovery.objects.update(workstream=Workstream.objects.first())),
    (invariants.receives, "在岗", lambda world: User.objects.filter(pk=world.entry.handler_id).update(is_active=False)),
    (invariants.receives, "已停用", lambda world: Unit.objects.filter(pk=world.entry.unit_id).update(is_active=False)),
    (invariants.orders, "没有签收就回复", answered_unsigned),
    (ties.traces, "还在已并入别家的企业", merged_beside),
    (ties.links, "没有操作记录", linked_beside),
    (ties.roster, "已经不是申请人的", swapped_beside),
    (ties.answers, "回复编号", answered_beside(number=2)),
    (ties.answers, "督办单上是", answered_beside(number=1)),
    (ties.tree, "的路径是", change(Unit, path="0999/")),
]


@pytest.mark.parametrize(("check", "words", "plant"), PLANTED)
def test_a_fault_beside_the_services_is_found(world, check, words, plant):
    before = Snapshot.now()
    assert list(check(world, before, before)) == []
    plant(world)
    assert any(words in told for told in check(world, before, Snapshot.now()))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"seq": 9}, "断了"),
        ({"action": "close_out"}, "不能从"),
        ({"to_state": "closed"}, "到了"),
        ({"occurred_at": at(date(2030, 1, 1))}, "早于上一步"),
    ],
)
def test_a_broken_chain_is_found_wherever_it_breaks(world, fields, words):
    assert list(books.every_chain(world)) == []
    QuerySet(EntryEvent).filter(entry=world.entry, seq=2).update(**fields)
    assert any(words in told for told in books.every_chain(world))


def test_a_figure_counted_twice_is_found(world, monkeypatch):
    assert list(books.figures(world)) == []
    counted = books.compute
    twice = lambda half, today: [replace(one, value=2 * one.value) for one in counted(half, today)]  # noqa: E731
    monkeypatch.setattr(books, "compute", twice)
    assert any("losses_total" in told for told in books.figures(world))


def test_closed_books_that_were_touched_or_moved_in_silence_are_found(world):
    half = books.Period.parse("2024H2")
    close = close_period(period=half, actor=world.admins[0], now=world.now, reason="样例")
    world.frozen = {half.code: frozen_bytes(half.code)}
    assert list(books.closed_books(world)) == []
    Recovery.objects.filter(happened_on__lt=DAY).update(amount="7.00")
    assert any("没有人说明" in told for told in books.closed_books(world))
    QuerySet(FrozenFigure).filter(close=close).update(value=3)
    assert any("被改过" in told for told in books.closed_books(world))


def test_a_day_gone_by_that_changed_and_a_gap_that_nobody_sees_are_found(world, monkeypatch):
    person = world.staff()[0]
    shift(person, DAY)
    before = Snapshot.now()
    DutyShift.objects.update(half="pm")
    assert any("已经过去" in told for told in ties.roster(world, before, Snapshot.now()))
    assert list(ties.gaps(world)) == []
    shift(person, START.date())
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert list(ties.gaps(world)) == []
    monkeypatch.setattr(ties, "personal_gaps", lambda user, today: DutyShift.objects.none())
    assert any("空班列出" in told for told in ties.gaps(world))


def test_work_that_nobody_can_go_on_with_is_found(world):
    assert list(books.somebody_acts(world)) == []
    User.objects.exclude(role="auditor").update(is_active=False)
    assert len(list(books.somebody_acts(world))) == ProblemEntry.objects.count()


def test_a_refusal_that_writes_and_a_page_that_breaks_end_the_walk(monkeypatch):
    def writes(world, rng):
        Unit.objects.update(order=77)
        return Done("不行", refused=True)

    def breaks(world, rng):
        return Done(str(1 / (world.units[0].order - world.units[0].order)))

    for name, step in {"writes": writes, "breaks": breaks}.items():
        monkeypatch.setattr(walk, "drawn", lambda rng, name=name: name)
        monkeypatch.setitem(STEPS, name, (1, step))
        found = walk.walk(1, range(1, 4))
        assert (name in found.where, len(found.lines)) == (True, 1)


def test_a_second_different_post_that_is_answered_as_done_is_found(world, monkeypatch):
    """With the guard off: whatever was typed makes the same digest."""
    monkeypatch.setattr(MoveData, "digest", lambda data: "")
    entry, progress = world.entry, Action.PROGRESS
    monkeypatch.setattr(entry_steps, "open_move", lambda world, rng: (entry.handler, entry, progress))
    with pytest.raises(AssertionError, match="被当作已办"):
        many(world, entry)


def many(world: World, entry: ProblemEntry) -> None:
    for number in range(40):
        entry.refresh_from_db()
        entry_steps.move_twice(world, Random(number))


def test_a_fault_is_led_back_to_the_few_steps_it_takes(monkeypatch):
    """Two of six steps make it together: all others are left out."""

    def other(world, rng):
        return Done("别的")

    def first(world, rng):
        world.told[0].add(1)
        return Done("一半")

    def second(world, rng):
        assert 0 not in world.told, "合在一起才错"
        return Done("另一半")

    monkeypatch.setenv("CROSSING_TRIES", "40")
    for name in ("EACH", "NOW_AND_THEN", "SELDOM"):
        monkeypatch.setattr(walk, name, ())
    for name, step in {"other": other, "first": first, "second": second}.items():
        monkeypatch.setitem(STEPS, name, (1, step))
    order = {3: "first", 6: "second"}
    dice = walk.Random
    monkeypatch.setattr(walk, "Random", lambda text: Numbered(dice(text), int(text.split(":")[1])))
    monkeypatch.setattr(walk, "drawn", lambda rng: order.get(rng.number, "other"))
    least = walk.shrunk(walk.walk(1, range(1, 7)))
    assert [line.split()[0] for line in least.lines] == ["3", "6"]


class Numbered:
    """Dice that know which step they are of."""

    def __init__(self, rng, number):
        self.rng, self.number = rng, number

    def randrange(self, *bounds):
        return self.rng.randrange(*bounds)
