"""Money and what it comes from: recorded, changed, deleted, its case and activity put right, counted once."""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Min

from accounts.models import User
from accounts.rights.permissions import Role
from cases.models import LegalCase
from cases.services.cases import edit_case
from cases.services.writing import CaseError
from common.forms.conflicts import StaleVersionError
from common.sent.amounts import SURE
from enterprises.models import Workstream
from ledger.models import MoneyRule, ProblemEntry, Recovery, ServiceActivity
from ledger.services.activities import ActivityData, ProblemData, delete_activity, log_activity, update_activity
from ledger.services.money.recoveries import RecoveryData, delete_recovery, update_recovery
from tests.crossing.entry_steps import said, served, went
from tests.crossing.forms import AMOUNTS, filled, ticked, words
from tests.crossing.invariants import Snapshot
from tests.crossing.steps import Done, step
from tests.crossing.world import NO_SUCH, NothingToDoError, World, one_of

WHY = "样例原因"


def subject(world: World, rng: Random) -> str:
    """What money is recorded on, as the address names it."""
    kind = rng.choice(["entry", "entry", "case", "activity"])
    if kind == "entry":
        return f"entry={world.an_entry(rng).pk}"
    if kind == "case":
        return f"case={world.case(rng).pk}"
    return f"activity={one_of(rng, ServiceActivity.objects.order_by('pk')).pk}"


def a_day(world: World, rng: Random) -> str:
    return world.today.replace(day=1 + rng.randrange(world.today.day)).isoformat()


@step(7)
def record(world: World, rng: Random) -> Done:
    """By the page, now and then the same form twice; the same money in one story only with a word."""
    person = one_of(rng, [one for one in world.staff() if one.can("money.edit")])
    query = subject(world, rng)
    shown = world.get(person, "ledger:recovery-create", **dict([query.split("=")]))
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    last = Recovery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    limit = MoneyRule.objects.aggregate(least=Min("ask_from"))["least"] or Decimal(10**8)
    data = typed(shown.context["form"], world, rng)
    answer = world.post(person, "ledger:recovery-create", data=data, query=f"?{query}")
    if not went(answer) and rng.random() < 0.7 and (more := ticked(answer, data)):
        data, answer = more, world.post(person, "ledger:recovery-create", data=more, query=f"?{query}")
    for made in Recovery.objects.filter(pk__gt=last):
        world.money[made.pk] = (data["kind"], str(Decimal(data["amount"])), made.happened_on)
        assert made.amount < limit or data.get(SURE), f"第 {made.pk} 笔金额 {made.amount} 到了 {limit}，没有问"
        alike = same_story(made)
        assert not alike or data.get("is_other_money"), f"第 {made.pk} 笔与第 {alike} 笔是同一件事的同一笔钱，没有问"
    if went(answer) and rng.random() < 0.3:
        world.post(person, "ledger:recovery-create", data=data, query=f"?{query}")
    return Done(f"{person}登记金额 {query} {data['amount']} {said(answer)}", refused=not went(answer))


def typed(form: Any, world: World, rng: Random) -> dict[str, Any]:
    fixed = {"happened_on": a_day(world, rng), "amount": rng.choice(AMOUNTS), "reason": WHY}
    return filled(form, rng, world.today, **fixed)


def same_story(made: Recovery) -> list[int]:
    """Other sums of this kind and amount on entries that the money's entry was merged into, split from, or the like."""
    if made.entry_id is None:
        rows = Recovery.objects.filter(case=made.case_id, activity=made.activity_id, entry=None)
    else:
        rows = Recovery.objects.filter(entry__in=kin(made.entry_id))
    return list(rows.exclude(pk=made.pk).filter(kind=made.kind, amount=made.amount).values_list("pk", flat=True))


def kin(pk: int) -> set[int]:
    """All entries that merges and splits tie to this one, however far."""
    ties = [pair for row in ProblemEntry.objects.values_list("pk", "duplicate_of", "split_from") for pair in (
        (row[0], row[1]), (row[0], row[2])) if pair[1]]  # fmt: skip
    found, grown = {pk}, True
    while grown:
        grown = False
        for one, other in ties:
            if (one in found) != (other in found):
                found |= {one, other}
                grown = True
    return found


@step(4)
def change(world: World, rng: Random) -> Done:
    """By the page or the service; a second form from the same page is refused."""
    row = one_of(rng, Recovery.objects.order_by("pk"))
    person = owner(world, row, rng)
    shown = world.get(person, "ledger:recovery-edit", row.pk)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    data = typed(shown.context["form"], world, rng)
    answer = world.post(person, "ledger:recovery-edit", row.pk, data=data)
    if not went(answer) and rng.random() < 0.7 and (more := ticked(answer, data)):
        data, answer = more, world.post(person, "ledger:recovery-edit", row.pk, data=more)
    if went(answer):
        row.refresh_from_db()
        world.money[row.pk] = (data["kind"], str(Decimal(data["amount"])), row.happened_on)
        before = Snapshot.now()
        second = world.post(person, "ledger:recovery-edit", row.pk, data={**data, "amount": "777.00"})
        assert not went(second), f"第 {row.pk} 笔金额从旧页面又改成 777 元"
        assert not before.differences()
    return Done(f"{person}改第 {row.pk} 笔金额为 {data.get('amount')} {said(answer)}", refused=not went(answer))


def owner(world: World, row: Recovery, rng: Random) -> User:
    mine = [one for one in world.active() if one.pk == row.created_by_id]
    clerks = [one for one in world.active(role=Role.COORDINATOR) if one.unit_id == row.unit_id]
    return rng.choice([*mine, *clerks] or world.office)


@step(2)
def delete(world: World, rng: Random) -> Done:
    """With the version that was seen; with an older one it stays."""
    row = one_of(rng, Recovery.objects.order_by("pk"))
    person, stale = owner(world, row, rng), rng.random() < 0.2
    seen = row.version - 1 if stale else row.version
    asked = {"recovery": row, "actor": person, "version": seen, "reason": WHY}
    pk = row.pk
    done = served(f"{person}删除第 {pk} 笔金额", lambda: delete_recovery(**asked), StaleVersionError)
    if not done.refused:
        assert not stale, f"第 {pk} 笔金额按旧版本被删"
        del world.money[pk]
    return done


@step(2)
def change_by_service(world: World, rng: Random) -> Done:
    row = one_of(rng, Recovery.objects.order_by("pk"))
    person = owner(world, row, rng)
    data = RecoveryData(row.kind, Decimal(rng.choice(AMOUNTS)), "样例依据", row.happened_on, rng.random() < 0.5)
    asked = {"recovery": row, "actor": person, "at": world.now, "data": data, "version": row.version, "reason": WHY}
    done = served(f"{person}（服务）改第 {row.pk} 笔金额", lambda: update_recovery(**asked))
    if not done.refused:
        world.money[row.pk] = (data.kind, str(data.amount), data.happened_on)
    return done


@step(3)
def move_case(world: World, rng: Random) -> Done:
    """A case goes to another matter, now and then with other firms; its money goes along."""
    case = world.case(rng)
    clerk = one_of(rng, [one for one in world.staff() if one.unit_id == case.unit_id or one in world.office])
    firms = list(case.enterprises.all()) if rng.random() < 0.5 else [world.firm(rng), world.firm(rng)]
    data = {"workstream": one_of(rng, Workstream.objects.order_by("pk")), "enterprises": list(dict.fromkeys(firms))}
    asked = {"case": case, "by": clerk, "today": world.today, "data": data, "version": case.version, "reason": WHY}
    return served(f"{clerk}改案件 {case} 的大事", lambda: edit_case(**asked), CaseError)


def visit(world: World, rng: Random, person: User) -> ActivityData:
    kind = rng.choice(["visit", "duty", "leader_visit", "checkup", "department"])
    columns = {
        "kind": kind,
        "happened_on": world.today.replace(day=1 + rng.randrange(world.today.day)),
        "times": rng.randrange(1, 4),
        "enterprise": world.firm(rng) if kind != "duty" else None,
        "led_by": "市委政法委主要领导" if kind == "leader_visit" else "",
        "workstream": rng.choice([None, one_of(rng, Workstream.objects.order_by("pk"))]),
        "summary": words(rng),
    }
    problems = [ProblemData(words(rng), world.category(rng))] if rng.random() < 0.4 else []
    return ActivityData(columns, {"hazards": 2, "attendance": 3}, [person], problems)


@step(5)
def log(world: World, rng: Random) -> Done:
    """A visit, often with a problem heard there."""
    person = one_of(rng, [one for one in world.staff() if one.can("activity.log")])
    data = visit(world, rng, person)
    return served(f"{person}记活动", lambda: log_activity(actor=person, at=world.now, data=data, reason=WHY))


@step(3)
def change_visit(world: World, rng: Random) -> Done:
    row = one_of(rng, ServiceActivity.objects.order_by("pk"))
    person = one_of(rng, [one for one in world.staff() if one.pk == row.officer_id or one.unit_id == row.unit_id])
    data = replace(visit(world, rng, person), problems=[])
    asked = {"activity": row, "actor": person, "at": world.now, "data": data, "version": row.version, "reason": WHY}
    return served(f"{person}改活动 {row.pk}", lambda: update_activity(**asked), StaleVersionError)


@step(1)
def delete_visit(world: World, rng: Random) -> Done:
    row = one_of(rng, ServiceActivity.objects.order_by("pk"))
    person = one_of(rng, [one for one in world.staff() if one.pk == row.officer_id])
    return served(f"{person}删活动 {row.pk}", lambda: delete_activity(activity=row, actor=person, reason=WHY))


@step(1)
def new_case(world: World, rng: Random) -> Done:
    count = LegalCase.objects.count()
    if count > 8:
        raise NothingToDoError
    like = world.case(rng)
    made = LegalCase.objects.create(
        number=f"样例新{count}号", unit=like.unit, kind=like.kind, filed_on=world.today, workstream=like.workstream
    )
    made.enterprises.add(world.firm(rng))
    return Done(f"立案 {made}")
