"""Entries through their pages and through their services: registered, put right, moved, moved by old pages."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from django.http import HttpResponse

from accounts.models import User
from ledger.models import ConfirmationLink, ProblemEntry
from ledger.moves.data import MoveData, Piece
from ledger.moves.table import MOVES
from ledger.moves.who import actions_for
from ledger.services.checking.confirmations import token_of
from ledger.services.entries.moving import advance_entry
from ledger.services.entries.registering import correct_entry
from ledger.services.errors import LedgerError
from ledger.states import Action
from tests.crossing.forms import filled, paper, words
from tests.crossing.invariants import Snapshot
from tests.crossing.steps import Done, step
from tests.crossing.world import NO_SUCH, NothingToDoError, World, one_of
from tests.factories.ledger import evidence

REDIRECT = 302


def went(answer: HttpResponse) -> bool:
    assert answer.status_code in (200, 302, 400, 409, 422, *NO_SUCH), f"答复 {answer.status_code}"
    return answer.status_code == REDIRECT


def said(answer: HttpResponse) -> str:
    """Its number, and what the form found wrong."""
    form = (answer.context or {}).get("form") if answer.status_code != REDIRECT else None
    return f"{answer.status_code} {dict(form.errors) if form is not None else ''}".strip()


@step(9)
def register(world: World, rng: Random) -> Done:
    """By the page; often the same form is sent twice, as a double click does."""
    person = one_of(rng, [one for one in world.staff() if one.can("ledger.register")])
    shown = world.get(person, "ledger:entry-create")
    data = filled(shown.context["form"], rng, world.today, files=[])
    if rng.random() < 0.5:
        data["enterprise"] = world.firm(rng).pk
    answer = world.post(person, "ledger:entry-create", data=data)
    if went(answer) and rng.random() < 0.3:
        count = ProblemEntry.objects.count()
        world.post(person, "ledger:entry-create", data=data)
        assert ProblemEntry.objects.count() == count, "同一张登记表提交两次，登记了两件"
    return Done(f"{person}登记 {said(answer)}", refused=not went(answer))


@step(5)
def correct(world: World, rng: Random) -> Done:
    """Text, category, priority and matter by the page."""
    person = one_of(rng, [one for one in world.staff() if one.can("ledger.register")])
    entry = world.seen(person, rng, state__in=["registered", "accepted"])
    shown = world.get(person, "ledger:entry-edit", entry.pk)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    old = rng.random() < 0.2 and another_hand(world, rng, entry)
    data = filled(shown.context["form"], rng, world.today)
    answer = world.post(person, "ledger:entry-edit", entry.pk, data=data)
    assert not (old and went(answer)), f"{entry.number} 从旧页面更正，盖过了别人的改动"
    return Done(f"{person}更正 {entry.number} {said(answer)}", refused=not old and not went(answer))


@step(3)
def correct_by_service(world: World, rng: Random) -> Done:
    entry, person = world.an_entry(rng), one_of(rng, world.staff())
    fields = {"priority": rng.choice(["urgent", "normal"]), "category": world.category(rng)}
    return served(
        f"{person}更正缓急类别 {entry.number}",
        lambda: correct_entry(entry=entry, actor=person, at=world.now, version=entry.version, fields=fields),
    )


def served(told: str, act: Callable[[], Any], *refusals: type[Exception]) -> Done:
    try:
        act()
    except (LedgerError, *refusals) as error:
        return Done(f"{told}：{error}", refused=True)
    return Done(told)


def open_move(world: World, rng: Random) -> tuple[User, ProblemEntry, Action]:
    """An entry, a person and a move that is open to this person; what leads on comes more often."""
    for _ in range(12):
        entry, person = world.an_entry(rng), one_of(rng, world.staff())
        found = actions_for(entry, person, world.today)
        if found:
            leading = [action for action in found if MOVES[action].leading]
            return person, entry, rng.choice(leading if leading and rng.random() < 0.5 else found)
    raise NothingToDoError


def move_page(world: World, rng: Random) -> tuple[User, ProblemEntry, Action, dict[str, Any]]:
    """The page of an open move, filled in."""
    person, entry, action = open_move(world, rng)
    shown = world.get(person, "ledger:entry-move", entry.pk, action)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    form, fixed = shown.context["form"], {}
    if "spoken_at" in form.fields:
        fixed["spoken_at"] = f"{world.now.astimezone(world.now.tzinfo):%Y-%m-%dT%H:%M}"
    if action == Action.COMPLETE:
        fixed["files"] = [paper()]
    if action == Action.SPLIT:
        fixed["piece_1_title"] = words(rng)
    return person, entry, action, filled(form, rng, world.today, **fixed)


def again(data: dict[str, Any]) -> dict[str, Any]:
    """The same once more: a file that was sent has been read to its end."""
    return {**data, "files": [paper() for _ in data["files"]]} if "files" in data else data


@step(34)
def move(world: World, rng: Random) -> Done:
    person, entry, action, data = move_page(world, rng)
    answer = world.post(person, "ledger:entry-move", entry.pk, action, data=data)
    return Done(f"{person}{action.label} {entry.number} {said(answer)}", refused=not went(answer))


@step(5)
def move_twice(world: World, rng: Random) -> Done:
    """The same post twice is one; another one from the old page is pointed out, never taken for the first."""
    person, entry, action, data = move_page(world, rng)
    first = went(world.post(person, "ledger:entry-move", entry.pk, action, data=data))
    before, other = Snapshot.now(), rng.random() < 0.5
    changed = {"note": f"另一份说明{rng.randrange(1000)}"} if other else {}
    answer = world.post(person, "ledger:entry-move", entry.pk, action, data=again({**data, **changed}))
    if first:
        assert not before.differences(), f"{entry.number} {action.label}从旧页面再次提交，又改了一次"
        assert not (other and went(answer)), f"{entry.number} {action.label}从旧页面提交另一份内容，被当作已办"
    return Done(f"{person}{action.label} {entry.number} 两次{'（内容不同）' if other else ''} {said(answer)}")


def another_hand(world: World, rng: Random, entry: ProblemEntry) -> bool:
    """Somebody else does something with the entry while a page is open; whether it was done."""
    version = ProblemEntry.objects.get(pk=entry.pk).version
    for person in rng.sample(world.staff(), 6):
        fresh = ProblemEntry.objects.get(pk=entry.pk)
        for action in actions_for(fresh, person, world.today)[:2]:
            served("", lambda a=action, p=person, e=fresh: advance(world, rng, e, a, p))
    return ProblemEntry.objects.get(pk=entry.pk).version != version


@step(5)
def move_stale(world: World, rng: Random) -> Done:
    """A page opened before somebody else's step is refused."""
    person, entry, action, data = move_page(world, rng)
    old = another_hand(world, rng, entry)
    before = Snapshot.now()
    answer = world.post(person, "ledger:entry-move", entry.pk, action, data=data)
    if old:
        assert not went(answer), f"{entry.number} 从旧页面{action.label}，没有指出别人已办"
        assert not before.differences(), f"{entry.number} 从旧页面{action.label}被拒，却改了 {before.differences()[:5]}"
    return Done(f"{person}从旧页面{action.label} {entry.number} {said(answer)}")


@step(12)
def move_by_service(world: World, rng: Random) -> Done:
    """Any move by anybody: mostly refused, and then nothing has changed."""
    if rng.random() < 0.7:
        person, entry, action = open_move(world, rng)
    else:
        person, entry, action = one_of(rng, world.active()), world.an_entry(rng), rng.choice(list(MOVES))
    told = f"{person}（服务）{action.label} {entry.number}"
    return served(told, lambda: advance(world, rng, entry, action, person))


def advance(world: World, rng: Random, entry: ProblemEntry, action: Action, person: User) -> None:
    advance_entry(entry=entry, action=action, actor=person, at=world.now, data=asked(world, rng, entry, action))


def asked(world: World, rng: Random, entry: ProblemEntry, action: Action) -> MoveData:
    """What the move asks for, and no more."""
    known, given = {field.name for field in MOVES[action].fields}, anything(world, rng, entry)
    return MoveData(**{name: getattr(given, name) for name in known})


def anything(world: World, rng: Random, entry: ProblemEntry) -> MoveData:
    """What any move could need, now and then something that doesn't fit."""
    unit = one_of(rng, world.units)
    other = one_of(rng, world.entries())
    people = [one for one in world.active() if one.unit_id == unit.pk]
    return MoveData(
        note=words(rng),
        lead_unit=unit,
        handler=rng.choice([None, *people]),
        deadline=a_day(world.today, rng),
        deadline_reason=rng.choice(["", "等待上级批复"]),
        supporting_units=rng.sample(world.units, rng.randrange(2)),
        duplicate_of=other if other.pk != entry.pk else None,
        rating=rng.choice(["satisfied", "basically", "unsatisfied"]),
        spoken_with="厂长",
        until=a_day(world.today, rng),
        registrar=None,
        part=entry.support.order_by("pk").first(),
        supporter=rng.choice([None, *people]),
        result=rng.choice(["done", "unable"]),
        without_parts=rng.choice(["", "等不及"]),
        kept=Piece(words(rng)),
        pieces=[Piece(words(rng))],
        files=[evidence()],
    )


def a_day(today: date, rng: Random) -> date:
    return today + timedelta(days=rng.randrange(-2, 45))


@step(3)
def take_apart(world: World, rng: Random) -> Done:
    """A merging of two entries is taken back by who may: the one stands on its own again."""
    entry = world.an_entry(rng, state="duplicate")
    may = [one for one in world.staff() if Action.UNMERGE in actions_for(entry, one, world.today)]
    person = one_of(rng, may)
    shown = world.get(person, "ledger:entry-move", entry.pk, Action.UNMERGE)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    data = filled(shown.context["form"], rng, world.today)
    answer = world.post(person, "ledger:entry-move", entry.pk, Action.UNMERGE, data=data)
    if went(answer):
        stood = ProblemEntry.objects.get(pk=entry.pk)
        assert (stood.state, stood.duplicate_of_id) == ("accepted", None), f"{entry.number} 撤销并入后仍并在别处"
    return Done(f"{person}撤销并入 {entry.number} {said(answer)}", refused=not went(answer))


@step(3)
def ask_enterprise(world: World, rng: Random) -> Done:
    """The enterprise is asked by its link, and mostly answers."""
    person = one_of(rng, world.staff())
    entry = world.seen(person, rng, state="completed")
    world.post(person, "ledger:confirmation-create", entry.pk, data={})
    link = ConfirmationLink.objects.filter(entry=entry, answered_at=None, revoked_at=None).first()
    if link is None or rng.random() < 0.2:
        return Done(f"{person}请企业确认 {entry.number}")
    world.client.logout()
    given = {"rating": rng.choice(["satisfied", "basically", "unsatisfied"]), "words": words(rng), "name": "厂长"}
    answer = world.client.post(f"/ledger/c/{token_of(link)}/", given)
    assert answer.status_code in (200, 302, 409, 410, 422), f"确认链接答复 {said(answer)}"
    return Done(f"企业答复 {entry.number} {given['rating']} {said(answer)}")
