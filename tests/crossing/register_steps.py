"""The register of firms: entered, put right, paired; two become one and two again; told apart; named as before."""

from random import Random
from typing import Any

from enterprises.models import Enterprise, EnterpriseMerge, FormerName, NotDoubles, Pairing
from tests.crossing.entry_steps import said, went
from tests.crossing.forms import filled, words
from tests.crossing.invariants import Snapshot
from tests.crossing.steps import Done, step
from tests.crossing.world import NO_SUCH, NothingToDoError, World, one_of
from tests.factories.enterprises import uscc

FEWEST, MOST = 3, 9  # firms that stand on their own
TOLD = {"enterprises.EnterpriseMerge", "enterprises.MergedRow", "ledger.Correction"}  # what one taken back leaves
GROWN = {"version", "updated_at"}


@step(3)
def new_firm(world: World, rng: Random) -> Done:
    """By the page; what is alike is asked about, and mostly confirmed."""
    if Enterprise.objects.count() >= MOST:
        raise NothingToDoError
    person = one_of(rng, [one for one in world.staff() if one.can("register.edit")])
    shown = world.get(person, "enterprises:enterprise-create")
    data = firm_typed(shown.context["form"], world, rng)
    answer = world.post(person, "enterprises:enterprise-create", data=data)
    return Done(f"{person}登记企业 {data['name']} {said(answer)}", refused=not went(answer))


def firm_typed(form: Any, world: World, rng: Random, **fixed: Any) -> dict[str, Any]:
    asked = {
        "name": f"津市样例{rng.choice('甲乙丙')}厂{rng.randrange(4)}",
        "uscc": rng.choice(["", uscc(900 + rng.randrange(40))]),
        "contact_phone": rng.choice(["", "0736-1234567"]),
        "confirmed": "on",
        "is_active": "on",
        "registered_on": "2020-01-02",
    }
    return filled(form, rng, world.today, **{**asked, **fixed})


@step(3)
def change_firm(world: World, rng: Random) -> Done:
    person = one_of(rng, [one for one in world.staff() if one.can("register.edit")])
    return edit(world, rng, one_of(rng, Enterprise.objects.order_by("pk")), person)


def edit(world: World, rng: Random, firm: Enterprise, person: Any) -> Done:
    shown = world.get(person, "enterprises:enterprise-edit", firm.pk)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    form = shown.context["form"]
    kept = {name: form[name].value() for name in ("name", "uscc") if rng.random() < 0.5}
    answer = world.post(
        person, "enterprises:enterprise-edit", firm.pk, data=firm_typed(form, world, rng, **kept)
    )  # fmt: skip
    return Done(f"{person}改企业 {firm} {said(answer)}", refused=not went(answer))


@step(2)
def pair(world: World, rng: Random) -> Done:
    """An officer and a firm, from a day on; or it ends."""
    person = one_of(rng, [one for one in world.staff() if one.can("register.edit")])
    if rng.random() < 0.3:
        running = one_of(rng, Pairing.objects.visible_to(person).filter(ends_on=None).order_by("pk"))
        data = {"ends_on": world.today.isoformat(), "notes": words(rng), "reason": "样例原因"}
        answer = world.post(person, "enterprises:pairing-end", running.pk, data=data)
        return Done(f"{person}结束结对 {running.pk} {said(answer)}", refused=not went(answer))
    shown = world.get(person, "enterprises:pairing-start")
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    day = world.today.replace(day=1 + rng.randrange(world.today.day)).isoformat()
    fixed = {"target": f"enterprise:{one_of(rng, Enterprise.objects.order_by('pk')).pk}", "starts_on": day}
    data = filled(shown.context["form"], rng, world.today, **fixed)
    answer = world.post(person, "enterprises:pairing-start", data=data)
    return Done(f"{person}结对 {fixed['target']} {said(answer)}", refused=not went(answer))


def two(world: World, rng: Random) -> tuple[Enterprise, Enterprise]:
    firms = list(Enterprise.objects.order_by("pk"))
    if len(firms) <= FEWEST:
        raise NothingToDoError
    one, other = rng.sample(firms, 2)
    return one, other


def merged(world: World, rng: Random, one: Enterprise, other: Enterprise) -> tuple[dict[str, Any], Any]:
    """What was sent from the page that lays both side by side, and the answer."""
    admin = world.admins[0]
    shown = world.get(admin, "enterprises:double-compare", one.pk, other.pk)
    data = filled(shown.context["form"], rng, world.today, reason=words(rng))
    return data, world.post(admin, "enterprises:double-compare", one.pk, other.pk, data=data)


@step(3)
def merge(world: World, rng: Random) -> Done:
    """The same form twice is one merge; from a page older than somebody's change there is none."""
    one, other = two(world, rng)
    admin = world.admins[0]
    if rng.random() < 0.2:
        return merge_stale(world, rng, one, other)
    count, before = EnterpriseMerge.objects.count(), Snapshot.now()
    data, answer = merged(world, rng, one, other)
    made = EnterpriseMerge.objects.count() - count
    assert made == went(answer), f"合并 {one}、{other}：答复 {answer.status_code}，多了 {made} 次合并"
    if made:
        nothing_lost(before, Snapshot.now())
        after = Snapshot.now()
        world.post(admin, "enterprises:double-compare", one.pk, other.pk, data=data)
        assert not after.differences(), f"同一张合并表提交两次，又改了 {after.differences()[:5]}"
    return Done(f"合并 {one}（{one.pk}）、{other}（{other.pk}）{said(answer)}", refused=not made)


def merge_stale(world: World, rng: Random, one: Enterprise, other: Enterprise) -> Done:
    admin, clerk = world.admins[0], world.admins[1]
    shown = world.get(admin, "enterprises:double-compare", one.pk, other.pk)
    data = filled(shown.context["form"], rng, world.today, reason=words(rng))
    changed = not edit(world, rng, one, clerk).refused
    count = EnterpriseMerge.objects.count()
    world.post(admin, "enterprises:double-compare", one.pk, other.pk, data=data)
    made = EnterpriseMerge.objects.count() - count
    assert not (changed and made), f"{one}改过以后，从旧页面合并了"
    return Done(f"从旧页面合并 {one}、{other}")


def nothing_lost(before: Snapshot, after: Snapshot) -> None:
    """A merge takes no record away but a pairing that lies within another, and a link that would stand twice."""
    for label, pk, _, now in before.changes(after):
        may_go = label in ("enterprises.Pairing", "cases.LegalCase_enterprises")
        assert now or may_go, f"合并以后 {label} {pk} 不见了"


@step(3)
def merge_and_back(world: World, rng: Random) -> Done:
    """Taken back at once everything is as it was."""
    one, other = two(world, rng)
    last, before = EnterpriseMerge.objects.count(), Snapshot.now()
    merged(world, rng, one, other)
    if EnterpriseMerge.objects.count() == last:
        return Done(f"没有合并 {one}、{other}", refused=True)
    made = EnterpriseMerge.objects.latest("pk")
    world.post(world.admins[1], "enterprises:merge-undo", made.pk, data={"reason": "不是同一家"})
    for label, pk, was, now in before.changes(Snapshot.now()):
        if label not in TOLD:
            apart = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)} - GROWN
            assert not apart, f"合并 {made.pk} 撤销以后，{label} {pk} 的 {sorted(apart)} 与合并前不同"
    return Done(f"合并 {one}、{other} 又撤销")


@step(4)
def undo(world: World, rng: Random) -> Done:
    """Weeks later, with whatever came meanwhile; twice is once."""
    made = one_of(rng, EnterpriseMerge.objects.filter(undone_at=None).order_by("pk"))
    data = {"reason": words(rng)}
    world.post(world.admins[0], "enterprises:merge-undo", made.pk, data=data)
    made.refresh_from_db()
    before = Snapshot.now()
    world.post(world.admins[1], "enterprises:merge-undo", made.pk, data=data)
    again = before.differences()
    assert not again, f"合并 {made.pk} 撤销两次，又改了 {again[:5]}"
    return Done(f"撤销合并 {made.pk} {made.undo_words}", refused=made.undone_at is None)


@step(2)
def tell_apart(world: World, rng: Random) -> Done:
    """不是同一家, said twice or taken back."""
    decided = NotDoubles.objects.order_by("pk").last()
    if decided and rng.random() < 0.4:
        world.post(world.admins[0], "enterprises:double-again", decided.pk, data={})
        return Done(f"重新列为可能重复 {decided.one_id}、{decided.other_id}")
    one, other = two(world, rng)
    for _ in range(2):
        world.post(world.admins[0], "enterprises:double-apart", one.pk, other.pk, data={"reason": words(rng)})
    count = NotDoubles.objects.filter(one__in=[one, other], other__in=[one, other]).count()
    assert count == 1, f"{one}、{other} 认定为两家，记了 {count} 次"
    return Done(f"{one}、{other} 不是同一家")


@step(1)
def name_before(world: World, rng: Random) -> Done:
    person = one_of(rng, [one for one in world.staff() if one.can("register.edit")])
    known = FormerName.objects.order_by("pk").last()
    if known and rng.random() < 0.4:
        world.post(person, "enterprises:former-name-drop", known.pk, data={})
        return Done(f"{person}去掉曾用名 {known}")
    firm = one_of(rng, Enterprise.objects.order_by("pk"))
    data = {"name": f"津市旧名厂{rng.randrange(6)}"}
    answer = world.post(person, "enterprises:former-names", firm.pk, data=data)
    return Done(f"{person}记 {firm} 的曾用名 {data['name']} {said(answer)}", refused=not went(answer))
