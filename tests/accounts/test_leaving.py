"""Nobody and no unit goes while work would be left behind: on the pages, in the maintenance door, for good or to
another post."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts import services
from accounts.models import Unit, User
from accounts.posts import AccountError
from cases.models import LegalCase
from ledger.models import SupportingUnit
from ledger.states import EntryState
from tests.factories import CaseFactory, EntryFactory, PairingFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
S = EntryState


def change(person: User, admin: User, **data: Any) -> None:
    """As a form does it that has just been opened."""
    services.edit_user(pk=person.pk, data=data, version=User.objects.get(pk=person.pk).version, by=admin)


def test_whoever_has_work_in_hand_neither_becomes_auditor_nor_goes_where_it_cannot_be_done(admin, police, court):
    """What needs somebody of the unit holds them there; what does not goes along."""
    station = UnitFactory(parent=police)
    part = SupportingUnit(entry=EntryFactory(unit=court, state=S.HANDLING), unit=police)
    makes = {
        "经办的问题 1 件": lambda person: EntryFactory(unit=police, handler=person, state=S.HANDLING),
        "未反馈的协办 1 件": lambda person: SupportingUnit.objects.create(
            entry=part.entry, unit=police, handler=person
        ),
        "在办案件 1 件": lambda person: CaseFactory(unit=police, officer=person, state="open", closed_on=None),
    }
    for words, make in makes.items():
        person = UserFactory(unit=police)
        row = make(person)
        with pytest.raises(AccountError, match=f"{person.name} 名下还有{words}，请先交接再调到{court}") as moved:
            change(person, admin, unit=court)
        with pytest.raises(AccountError, match=f"名下还有{words}，请先交接再改为审计员"):
            change(person, admin, role="auditor", unit=None)
        assert (moved.value.field, moved.value.holder) == ("unit", person)
        change(person, admin, unit=station)  # below the unit it still is theirs to do
        change(person, admin, unit=police, role="leader")
        if isinstance(row, SupportingUnit):
            row.delete()
    paired = PairingFactory(officer=UserFactory(unit=police)).officer
    change(paired, admin, unit=court)
    with pytest.raises(AccountError, match="名下还有结对 1 个，请先交接再改为审计员"):
        change(paired, admin, role="auditor", unit=None)
    assert User.objects.get(pk=paired.pk).unit == court


@pytest.mark.parametrize(
    "go",
    [
        lambda clerk, admin, court: services.deactivate(user=clerk, by=admin),
        lambda clerk, admin, court: change(clerk, admin, role="staff"),
        lambda clerk, admin, court: change(clerk, admin, unit=court),
        lambda clerk, admin, court: change(clerk, admin, role="auditor", unit=None),
    ],
)
def test_the_only_coordinator_stays_as_long_as_something_waits(admin, police, court, go):
    clerk = UserFactory(unit=police, coordinator=True)
    station = UnitFactory(parent=police)
    entry = EntryFactory(unit=station)  # of the station, which has none of its own
    with pytest.raises(AccountError, match=f"{police}只有 {clerk.name} 一位联络员，还有未销号的问题 1 件等联络员办理"):
        go(clerk, admin, court)
    assert User.objects.get(pk=clerk.pk).version == 1
    UserFactory(unit=station, coordinator=True)
    go(clerk, admin, court)
    clerk = User.objects.get(pk=clerk.pk)
    assert (clerk.is_active, clerk.role, clerk.unit) != (True, "coordinator", police)
    assert entry.unit == station


def test_one_above_is_enough_for_the_coordinator_of_a_unit_below(admin, police):
    station = UnitFactory(parent=police)
    UserFactory(unit=police, coordinator=True)
    clerk = UserFactory(unit=station, coordinator=True)
    EntryFactory(unit=station)
    change(clerk, admin, role="staff")
    assert User.objects.get(pk=clerk.pk).role == "staff"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda unit: EntryFactory(unit=unit, state=S.ACCEPTED), "负责的未销号问题 1 件"),
        (lambda unit: EntryFactory(unit=unit, state=S.CONFIRMED), "负责的未销号问题 1 件"),
        (
            lambda unit: SupportingUnit.objects.create(entry=EntryFactory(state=S.HANDLING), unit=unit),
            "未反馈的协办 1 件",
        ),
        (lambda unit: CaseFactory(unit=unit, state="open", closed_on=None), "在办案件 1 件"),
    ],
)
def test_a_unit_with_open_work_stays_in_use(client, admin, make, words):
    """On its page, with what was typed kept, and in the maintenance door."""
    unit = UnitFactory()
    make(unit)
    User.objects.filter(unit=unit).update(unit=admin.unit)
    User.objects.filter(pk=admin.pk).update(is_superuser=True, is_staff=True)
    client.force_login(admin)
    typed = {"name": "样例新名", "kind": "other", "order": "5", "version": "1"}
    told = f"这个单位还有{words}，请先转办、交接或办完再停用"
    for address in (
        reverse("accounts:unit-edit", args=[unit.pk]),
        reverse("admin:accounts_unit_change", args=[unit.pk]),
    ):
        page = client.post(address, typed).content.decode()
        assert (told in page, "样例新名" in page) == (True, True)
    assert Unit.objects.get(pk=unit.pk).is_active


def test_a_unit_whose_work_is_done_is_switched_off(admin):
    unit = UnitFactory()
    EntryFactory(unit=unit, state=S.CLOSED)
    CaseFactory(unit=unit, state="closed", filed_on=date(2023, 3, 1), closed_on=date(2023, 5, 1))
    User.objects.filter(unit=unit).update(unit=admin.unit)
    services.save_unit(pk=unit.pk, data={"is_active": False}, version=1)
    assert not Unit.objects.get(pk=unit.pk).is_active


def test_the_page_of_a_person_and_the_maintenance_door_say_what_is_left(client, admin, police, court):
    entry = EntryFactory(unit=police, state=S.HANDLING)
    person = entry.handler
    User.objects.filter(pk=admin.pk).update(is_superuser=True, is_staff=True)
    client.force_login(admin)
    told = f"{person.name} 名下还有经办的问题 1 件，请先交接再"
    address = reverse("accounts:user-edit", args=[person.pk])
    typed = {
        "name": person.name,
        "username": person.username,
        "role": "staff",
        "unit": court.pk,
        "post": "副队长",
        "version": 1,
    }
    page = client.post(address, typed).content.decode()
    assert (f"{told}调到{court}" in page, "副队长" in page, reverse("ledger:handover", args=[person.pk]) in page) == (
        True,
    ) * 3
    door = reverse("admin:accounts_user_change", args=[person.pk])
    form = client.get(door).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert f"{told}停用" in client.post(door, {**shown, "is_active": ""}).content.decode()
    assert f"{told}调到{court}" in client.post(door, {**shown, "unit": court.pk}).content.decode()
    assert User.objects.filter(pk=person.pk, is_active=True, unit=police, version=1).exists()


def hung(unit: Unit, parent: Unit | None) -> Unit:
    unit = Unit.objects.get(pk=unit.pk)
    data = {name: getattr(unit, name) for name in ("name", "short_name", "kind", "order", "is_active")}
    return services.save_unit(pk=unit.pk, data={**data, "parent": parent}, version=unit.version)


def test_a_unit_is_not_hung_elsewhere_while_its_people_have_work_of_those_above_it(client, admin, police, court):
    """The handler of a station's post works on what the bureau leads; below the court it would be out of sight."""
    station = UnitFactory(name="样例派出所", parent=police)
    post = UnitFactory(name="样例警务室", parent=station)
    worker, clerk = UserFactory(unit=post), UserFactory(unit=court, coordinator=True)
    entry = EntryFactory(unit=police, lead_unit=police, handler=worker, state=S.HANDLING)
    inside = UserFactory(unit=station)
    own = EntryFactory(unit=station, lead_unit=station, handler=inside, state=S.HANDLING)
    CaseFactory(unit=police, officer=worker, state="open", closed_on=None)
    words = "样例派出所及其下级的人名下还有原来上级单位的经办的问题 1 件、在办案件 1 件，换了上级就看不到"
    with pytest.raises(AccountError, match=words) as refused:
        hung(station, court)
    assert (refused.value.field, Unit.objects.get(pk=station.pk).parent) == ("parent", police)
    hung(post, police)  # nearer to the top, still below it
    hung(post, station)
    client.force_login(admin)
    page = reverse("accounts:unit-edit", args=[station.pk])
    shown = client.get(page).content.decode()
    assert "没有自己的联络员" in shown
    assert "负责的未销号问题 1 件" in shown
    sent = {"name": station.name, "kind": "other", "order": 1, "is_active": "on", "version": station.version}
    sent["version"] = Unit.objects.get(pk=station.pk).version
    assert words in client.post(page, {**sent, "parent": court.pk}).content.decode()
    type(entry).objects.filter(pk=entry.pk).update(handler=UserFactory(unit=police))
    LegalCase.objects.filter(officer=worker).update(officer=UserFactory(unit=police))
    told = client.post(page, {**sent, "parent": court.pk}, follow=True).content.decode()
    assert f"已保存单位“样例派出所”，它的事现由 {clerk.name} 接收" in told
    assert Unit.objects.get(pk=post.pk).path.startswith(court.path)
    assert own in type(own).objects.visible_to(User.objects.get(pk=inside.pk))


def test_the_page_of_the_only_coordinator_says_what_waits_for_them(client, admin, police):
    clerk = UserFactory(unit=police, coordinator=True)
    EntryFactory(unit=police)
    client.force_login(admin)
    page = reverse("accounts:user-edit", args=[clerk.pk])
    assert "只等这位联络员的" in client.get(page).content.decode()
    UserFactory(unit=police, coordinator=True)
    assert "只等这位联络员的" not in client.get(page).content.decode()
