"""Two at one account: whichever writes second undoes nothing of the first.

Every service that writes an account stands in SERVICES; each is tried after each other with what it was given read
before (both engines), and all of them at once. The control goes round the lock and must lose something.
"""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from auditlog.models import LogEntry
from axes.models import AccessAttempt
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import Unit, User
from accounts.posts import AccountError
from common.forms.conflicts import StaleVersionError
from tests.factories import UnitFactory, UserFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "Jinshi-2027-neu!"


def edit(person: User, admin: User) -> None:
    fields = ("username", "name", "role", "unit", "city_wide", "phone")
    data = {**{name: getattr(person, name) for name in fields}, "post": "副队长"}
    services.edit_user(pk=person.pk, data=data, version=person.version, by=admin)


def demote(person: User, admin: User) -> None:
    data = {"role": "staff", "city_wide": False}
    services.edit_user(pk=person.pk, data=data, version=person.version, by=admin)


# what is done with a person read before, and what has to hold as long as nobody takes it back
SERVICES: dict[str, tuple[Callable[[User, User], Any], Callable[[User], bool]]] = {
    "edit": (edit, lambda now: now.post == "副队长"),
    "demote": (demote, lambda now: now.role == "staff" and not now.city_wide),
    "deactivate": (lambda person, admin: services.deactivate(user=person, by=admin), lambda now: not now.is_active),
    "reset": (lambda person, admin: services.reset_password(user=person), lambda now: not now.check_password(PASSWORD)),
    "remind": (
        lambda person, admin: services.set_reminders(user=person, email="a@example.com", wants_digest=False),
        lambda now: now.email == "a@example.com" and not now.wants_digest,
    ),
    "own password": (
        lambda person, admin: services.change_password(user=person, password=NEW, at=timezone.now()),
        lambda now: not now.check_password(PASSWORD),
    ),
}


def attempt(name: str, person: User, admin: User) -> bool:
    """Whether it was done; refused in words is not."""
    try:
        SERVICES[name][0](person, admin)
    except (AccountError, StaleVersionError):
        return False
    return True


@pytest.mark.parametrize("second", SERVICES)
@pytest.mark.parametrize("first", SERVICES)
def test_what_was_read_before_undoes_nothing(first, second, police):
    admin, person = UserFactory(admin=True), UserFactory(unit=police, coordinator=True, city=True)
    old, older = User.objects.get(pk=person.pk), User.objects.get(pk=person.pk)
    assert attempt(first, old, admin)
    done = attempt(second, older, admin)
    now = User.objects.get(pk=person.pk)
    assert SERVICES[first][1](now)
    assert SERVICES[second][1](now) or not done


def test_a_password_typed_while_it_was_reset_is_refused_and_said(client, police, monkeypatch):
    """The request has read the person; the admin is faster than the hashing."""
    person = UserFactory(unit=police)
    client.force_login(person)
    real = services.change_password

    def after_a_reset(**given):
        services.reset_password(user=User.objects.get(pk=person.pk))
        return real(**given)

    monkeypatch.setattr("accounts.views.signin.change_password", after_a_reset)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    answer = client.post(reverse("accounts:password-change"), typed)
    assert "管理员刚停用了您的账号或重置了密码，新密码没有保存" in answer.content.decode()
    now = User.objects.get(pk=person.pk)
    assert (now.check_password(NEW), now.must_change_password) == (False, True)


def all_at_once(works: list[Callable[[], Any]]) -> list[Any]:
    barrier, results = Barrier(len(works), timeout=30), [None] * len(works)

    def run(number: int) -> None:
        try:
            barrier.wait()
            results[number] = works[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def race(police: Unit) -> list[str]:
    """All services on one account at the same moment; gives back what of those that were done is lost."""
    admin, person = UserFactory(admin=True), UserFactory(unit=police, coordinator=True, city=True)
    copies = {name: User.objects.get(pk=person.pk) for name in SERVICES}
    done = all_at_once([lambda name=name: attempt(name, copies[name], admin) for name in SERVICES])
    assert set(done) <= {True, False}, done
    now = User.objects.get(pk=person.pk)
    lost = [name for (name, (_, holds)), ok in zip(SERVICES.items(), done, strict=True) if ok and not holds(now)]
    return lost + (["version"] if now.version != person.version + sum(done) else [])


@pytest.mark.django_db(transaction=True)
def test_all_at_once_lose_nothing(police):
    assert [race(police) for _ in range(3)] == [[], [], []]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a transaction there has every other writer waiting")
def test_without_the_lock_something_is_lost(police, monkeypatch):
    """The control: all have read before the first one writes."""
    together = Barrier(len(SERVICES), timeout=30)

    def careless(pk: int) -> User:
        found = User.objects.select_related("unit").get(pk=pk)
        together.wait()
        return found

    monkeypatch.setattr(services, "held", careless)
    monkeypatch.setattr(services, "one_at_a_time", lambda key: None)
    monkeypatch.setattr(services, "look", lambda *records: ())
    assert race(police) != []


def test_units_never_stand_in_a_circle_whatever_was_read_before(client, police):
    admin = UserFactory(admin=True)
    one, two, three = (UnitFactory() for _ in range(3))
    read = {unit.pk: Unit.objects.get(pk=unit.pk) for unit in (one, two, three)}
    services.save_unit(pk=one.pk, data={"parent": read[two.pk]}, version=1)
    services.save_unit(pk=two.pk, data={"parent": read[three.pk]}, version=1)
    for below in (two, three):
        with pytest.raises(AccountError, match="上级单位不能是自己或自己的下级"):
            services.save_unit(
                pk=below.pk, data={"parent": read[one.pk]}, version=Unit.objects.get(pk=below.pk).version
            )
    assert Unit.objects.get(pk=one.pk).path == f"{three.pk:04d}/{two.pk:04d}/{one.pk:04d}/"
    Unit.objects.filter(pk=three.pk).update(parent=one)  # a circle of earlier days still is on the page
    client.force_login(admin)
    page = client.get(reverse("accounts:unit-list")).content.decode()
    assert [unit.name in page for unit in (one, two, three)] == [True] * 3


@pytest.mark.django_db(transaction=True)
def test_two_units_hung_under_each_other_at_once_are_one_under_the_other():
    for _ in range(3):
        one, two = UnitFactory(), UnitFactory()
        pairs = [(one, Unit.objects.get(pk=two.pk)), (two, Unit.objects.get(pk=one.pk))]
        told = all_at_once(
            [lambda a=a, b=b: services.save_unit(pk=a.pk, data={"parent": b}, version=1) for a, b in pairs]
        )
        assert sorted(type(one).__name__ for one in told) == ["AccountError", "Unit"]
        assert Unit.objects.filter(pk__in=[one.pk, two.pk], parent=None).count() == 1


def test_two_admins_cannot_both_step_down_at_once():
    for person in User.objects.filter(role="admin"):
        User.objects.filter(pk=person.pk).update(is_active=False)
    one, two = UserFactory(admin=True), UserFactory(admin=True)
    services.deactivate(user=User.objects.get(pk=one.pk), by=two)
    with pytest.raises(AccountError, match="唯一在用的管理员"):
        services.deactivate(user=two, by=one)


@pytest.fixture
def door(client):
    client.force_login(UserFactory(admin=True, is_superuser=True, is_staff=True))
    return client


def sent_again(answer: Any, **changes: Any) -> dict[str, Any]:
    form = answer.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**values, **changes}.items() if value not in (None, False)}


def test_the_maintenance_door_keeps_the_same_rules(door, police, officer):
    """A circle and what would leave work behind are refused there with what was typed; a change moves all below."""
    top, station = UnitFactory(), UnitFactory(parent=police)
    address = reverse("admin:accounts_unit_change", args=[police.pk])
    refused = door.post(address, sent_again(door.get(address), parent=station.pk))
    assert "上级单位不能是自己或自己的下级" in refused.content.decode()
    moved = door.post(address, sent_again(door.get(address), parent=top.pk))
    assert moved.status_code == 302
    assert Unit.objects.get(pk=station.pk).path == f"{top.pk:04d}/{police.pk:04d}/{station.pk:04d}/"
    address = reverse("admin:accounts_user_change", args=[officer.pk])
    wrong = door.post(address, sent_again(door.get(address), city_wide="on"))
    assert "全市范围只给领导、联络员和管理员" in wrong.content.decode()
    right = door.post(address, sent_again(door.get(address), post="副队长"))
    officer.refresh_from_db()
    assert (right.status_code, officer.post, officer.version, officer.check_password(PASSWORD)) == (
        302,
        "副队长",
        2,
        True,
    )
    added = door.post(
        reverse("admin:accounts_unit_add"), {"name": "样例新单位", "kind": "other", "order": 7, "parent": top.pk}
    )
    new = Unit.objects.get(name="样例新单位")
    assert (added.status_code, new.path, new.is_active) == (302, f"{top.pk:04d}/{new.pk:04d}/", False)


PERSON = {"name": "样例干警", "role": "staff", "city_wide": False, "username": "X70001"}


@pytest.mark.django_db(transaction=True)
def test_two_admins_adding_the_same_staff_number_at_once_add_one(police):
    """The second is told beside the number, and the password that was given out is the one that holds."""
    for n in range(3):
        data = {**PERSON, "unit": police, "username": f"X7000{n}"}
        done = all_at_once([lambda data=data: services.create_user(data=dict(data))] * 2)
        told = [one for one in done if isinstance(one, AccountError)]
        ((person, password),) = (one for one in done if isinstance(one, tuple))
        assert [(str(one), one.field) for one in told] == [("这个工号已有人使用，请核对", "username")], done
        assert User.objects.get(username=data["username"]).check_password(password)
        assert person.pk == User.objects.get(username=data["username"]).pk


@pytest.mark.django_db(transaction=True)
def test_nobody_is_added_to_a_unit_that_is_switched_off_at_this_moment():
    """Whichever comes first: the person keeps the unit in use, or finds it out of use."""
    for n in range(3):
        unit = UnitFactory()
        data = {**PERSON, "unit": unit, "username": f"X7100{n}"}
        off = {"name": unit.name, "kind": unit.kind, "is_active": False}
        done = all_at_once(
            [
                lambda data=data: services.create_user(data=data),
                lambda unit=unit, off=off: services.save_unit(pk=unit.pk, data=off, version=1),
            ]
        )
        refused = [str(one) for one in done if isinstance(one, AccountError)]
        assert len(refused) == 1, done
        assert refused[0] in (f"{unit}已不在用，请另选一个单位", "还有 1 名在用人员属于这个单位，请先调整他们的单位")
        assert User.objects.filter(unit=unit, is_active=True).exists() == Unit.objects.get(pk=unit.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_who_let_the_same_person_in_at_once_give_one_password(police):
    for _ in range(3):
        person = UserFactory(unit=police, is_active=False)
        done = all_at_once([lambda pk=person.pk: services.invite(user=User.objects.get(pk=pk))] * 2)
        (password,) = (one for one in done if isinstance(one, str))
        (error,) = (one for one in done if isinstance(one, AccountError))
        assert "已经启用，初始密码由启用的人发给" in str(error)
        now = User.objects.get(pk=person.pk)
        assert (now.is_active, now.check_password(password), now.version) == (True, True, person.version + 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a transaction there has every other writer waiting")
def test_without_the_lock_a_password_given_out_does_not_hold(police, monkeypatch):
    """The control."""
    together = Barrier(2, timeout=30)

    def careless(pk: int) -> User:
        found = User.objects.select_related("unit").get(pk=pk)
        together.wait()
        return found

    monkeypatch.setattr(services, "held", careless)
    monkeypatch.setattr(services, "one_at_a_time", lambda key: None)
    person = UserFactory(unit=police, is_active=False)
    done = all_at_once([lambda: services.invite(user=person)] * 2)
    now = User.objects.get(pk=person.pk)
    assert sorted(now.check_password(one) for one in done) == [False, True]


def test_an_invitation_from_an_old_page_takes_no_password_away(client, police):
    """Another admin has let the person in, who has chosen a password since."""
    client.force_login(UserFactory(admin=True))
    person = UserFactory(unit=police)
    answer = client.post(reverse("accounts:user-invite", args=[person.pk]))
    assert (answer.status_code, "已经启用" in answer.content.decode()) == (409, True)
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_a_lock_lifted_by_two_at_once_beside_a_new_password_is_lifted_and_noted_once(police):
    admin, person = UserFactory(admin=True), UserFactory(unit=police)
    AccessAttempt.objects.create(username=person.username, failures_since_start=5, ip_address="10.0.0.1")
    works = [lambda: services.unlock(user=person)] * 2
    done = all_at_once([*works, lambda: attempt("edit", User.objects.get(pk=person.pk), admin)])
    assert (sorted(done[:2]), done[2]) == ([0, 1], True)
    assert not AccessAttempt.objects.filter(username=person.username).exists()
    rows = LogEntry.objects.get_for_object(person)
    assert [row.changes_dict["lock"] for row in rows if "lock" in row.changes_dict] == [["输错密码", "已解除"]]
