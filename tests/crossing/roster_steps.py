"""The duty roster: arranged, copied, swapped, left, by the pages."""

from datetime import timedelta
from random import Random

from duty.models import DutyLeave, DutyShift, DutySwap, SwapState
from enterprises.models import Workstream
from tests.crossing.entry_steps import said, went
from tests.crossing.forms import filled, words
from tests.crossing.invariants import Snapshot
from tests.crossing.steps import Done, step
from tests.crossing.world import NO_SUCH, NothingToDoError, World, one_of


@step(8)
def arrange(world: World, rng: Random) -> Done:
    """One headquarters on one day; now and then from a page that a colleague has overtaken."""
    person = one_of(rng, [one for one in world.staff() if one.can("duty.edit")])
    hq, day = one_of(rng, Workstream.objects.order_by("pk")[:3]), world.today + timedelta(days=rng.randrange(-1, 9))
    place = (hq.pk, day.isoformat())
    pages = [filled(world.get(person, "duty:cell", *place).context["form"], rng, world.today) for _ in range(2)]
    answer = world.post(person, "duty:cell", *place, data=pages[0])
    before = Snapshot.now()
    world.post(person, "duty:cell", *place, data=pages[0])
    assert not before.differences(), f"{hq} {day} 同样的排班提交两次，又改了 {before.differences()[:5]}"
    if rng.random() < 0.3:
        stale = went(world.post(person, "duty:cell", *place, data=pages[1]))
        moved = before.differences()
        assert stale or not moved, f"{hq} {day} 的排班被拒绝，却改了 {moved[:5]}"
        return Done(f"{person}两页排 {hq} {day} {said(answer)}")
    return Done(f"{person}排 {hq} {day} {said(answer)}", refused=not went(answer))


@step(1)
def copy_week(world: World, rng: Random) -> Done:
    person = one_of(rng, [one for one in world.staff() if one.can("duty.edit")])
    query = f"?week={(world.today + timedelta(days=rng.choice([0, 7]))).isoformat()}"
    answer = world.post(person, "duty:copy", data={}, query=query)
    before = Snapshot.now()
    world.post(person, "duty:copy", data={}, query=query)
    assert not before.differences(), "上一周的排班复制两次，又改了"
    return Done(f"{person}复制上一周 {said(answer)}")


@step(6)
def ask_swap(world: World, rng: Random) -> Done:
    shift = one_of(rng, DutyShift.objects.filter(day__gte=world.today, officer__is_active=True).order_by("pk"))
    person = shift.officer
    if not person.can("duty.view"):
        raise NothingToDoError
    shown = world.get(person, "duty:swap-create", shift.pk)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    form = shown.context["form"]
    theirs = list(form.fields["other"].queryset.exclude(officer=person))
    fixed = {"reason": words(rng)}
    if theirs and rng.random() < 0.6:
        other = rng.choice(theirs)
        fixed |= {"person": other.officer_id, "other": other.pk}
    else:
        fixed["other"] = ""
    data = filled(form, rng, world.today, **fixed)
    answer = world.post(person, "duty:swap-create", shift.pk, data=data)
    before = Snapshot.now()
    world.post(person, "duty:swap-create", shift.pk, data=data)
    assert not before.differences(), f"{person}同一张换班申请提交两次，又改了"
    return Done(f"{person}申请换班 {shift.pk} {said(answer)}", refused=not went(answer))


@step(5)
def answer_swap(world: World, rng: Random) -> Done:
    """By one of the two or anybody; what is agreed moves seats about and makes or loses none."""
    swap = one_of(rng, DutySwap.objects.filter(state=SwapState.ASKED).order_by("pk"))
    near = [swap.asked_by, *[swap.asked_of] * 4, *world.active(role="coordinator")]
    person = one_of(rng, [one for one in near if one.can("duty.view")])
    answer = rng.choice(["yes", "yes", "no", "withdraw"])
    seats, count = seats_of(swap), DutyShift.objects.count()
    if world.post(person, "duty:swap-answer", swap.pk, data={"answer": answer}).status_code in NO_SUCH:
        return Done(f"{person}看不到换班 {swap.pk}", refused=True)
    before = Snapshot.now()
    world.post(person, "duty:swap-answer", swap.pk, data={"answer": answer})
    assert not before.differences(), f"换班 {swap.pk} 答复两次，又改了"
    swap.refresh_from_db()
    assert DutyShift.objects.count() == count, f"换班 {swap.pk} 以后班次多了或少了"
    if swap.state == SwapState.ACCEPTED:
        who = {swap.asked_by_id: swap.asked_of_id, swap.asked_of_id: swap.asked_by_id}
        wanted = sorted((*place, who[officer]) for *place, officer in seats)
        assert seats_of(swap) == wanted, f"换班 {swap.pk} 同意以后不是说好的样子"
    return Done(f"{person}答复换班 {swap.pk} {answer}：{swap.state}", refused=swap.state == SwapState.ASKED)


def seats_of(swap: DutySwap) -> list[tuple]:
    """Where and when, and who sits there."""
    rows = DutyShift.objects.filter(pk__in=[key for key in (swap.shift_id, swap.other_id) if key])
    return sorted(rows.values_list("workstream", "day", "half", "officer"))


@step(3)
def leave(world: World, rng: Random) -> Done:
    """Away from a day to a day, or not after all."""
    person = one_of(rng, [one for one in world.staff() if one.can("duty.view")])
    known = DutyLeave.objects.visible_to(person).filter(ends_on__gte=world.today).order_by("pk").last()
    if known and rng.random() < 0.4:
        world.post(person, "duty:leave-cancel", known.pk, data={"version": known.version})
        return Done(f"{person}取消请假 {known.pk}", refused=DutyLeave.objects.filter(pk=known.pk).exists())
    shown = world.get(person, "duty:leave-create")
    first = world.today + timedelta(days=rng.randrange(-1, 6))
    fixed = {"starts_on": first.isoformat(), "ends_on": (first + timedelta(days=rng.randrange(4))).isoformat()}
    data = filled(shown.context["form"], rng, world.today, **fixed)
    answer = world.post(person, "duty:leave-create", data=data)
    before = Snapshot.now()
    world.post(person, "duty:leave-create", data=data)
    assert not before.differences(), f"{person}同一张请假表提交两次，又改了"
    return Done(f"{person}登记请假 {fixed['starts_on']} {said(answer)}", refused=not went(answer))
