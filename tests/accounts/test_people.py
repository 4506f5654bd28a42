"""Who lets people in, and out."""

import io
import re

import openpyxl
import pytest
from auditlog.models import LogEntry
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from accounts.signin.passwords import ROUNDS, initial_password, stored_initial
from tests.factories import EntryFactory, UnitFactory, UserFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r"<code[^>]*>([^<]+)</code>")


def typed(**changes):
    return {"name": "干警9001", "username": "T90001", "role": "staff", "phone": "", "post": "", **changes}


def enter(username, password):
    client = Client()
    answer = client.post("/accounts/login/", {"username": username, "password": password})
    return client, answer.status_code == 302


def post(client, name, person, **data):
    return client.post(reverse(f"accounts:{name}", args=[person.pk]), data)


def edit(client, person, **changes):
    form = client.get(reverse("accounts:user-edit", args=[person.pk])).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    return client.post(reverse("accounts:user-edit", args=[person.pk]), {**data, **changes})


def test_initial_passwords_pass_the_rules_and_differ():
    made = {initial_password() for _ in range(50)}
    for password in made:
        validate_password(password)
    assert len(made) == 50


def test_a_new_person_signs_in_with_the_password_shown_once_and_must_change_it(client, admin, police):
    client.force_login(admin)
    answer = client.post(reverse("accounts:user-create"), typed(unit=police.pk))
    [password] = SHOWN.findall(answer.content.decode())
    session, inside = enter("T90001", password)
    assert inside
    assert session.get("/cases/").headers["Location"] == reverse("accounts:password-change")
    assert password not in client.get(reverse("accounts:user-list")).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit": ""}, "请选择单位；只有审计员可以不属于单位"),
        ({"city_wide": "on"}, "全市范围只给领导、联络员和管理员"),
        ({"username": "t80001"}, "这个工号已有人使用，请核对"),
        ({"role": "boss"}, "所选的不在列出的各项中"),
        ({"name": ""}, "请填写“姓名”"),
    ],
)
def test_a_person_that_does_not_fit_is_refused(client, admin, police, changes, words):
    UserFactory(username="T80001")
    client.force_login(admin)
    answer = client.post(reverse("accounts:user-create"), typed(**{"unit": police.pk, **changes}))
    assert (words in answer.content.decode(), User.objects.filter(name="干警9001").exists()) == (True, False)


def test_extra_fields_change_nothing(client, admin, police):
    client.force_login(admin)
    client.post(reverse("accounts:user-create"), typed(unit=police.pk, is_superuser="on", is_staff="on"))
    person = User.objects.get(username="T90001")
    assert (person.is_superuser, person.is_staff) == (False, False)


def test_the_last_admin_stays_admin(client, admin):
    client.force_login(admin)
    answer = edit(client, admin, role="staff")
    admin.refresh_from_db()
    assert (admin.role, "唯一在用的管理员" in answer.content.decode()) == ("admin", True)


def test_an_admin_may_step_down_when_another_stays(client, admin):
    UserFactory(admin=True)
    other = UserFactory(admin=True)
    client.force_login(admin)
    edit(client, other, role="staff")
    other.refresh_from_db()
    assert other.role == "staff"


def test_nobody_deactivates_themselves(client, admin):
    UserFactory(admin=True)
    client.force_login(admin)
    answer = post(client, "user-deactivate", admin)
    admin.refresh_from_db()
    assert (answer.status_code, admin.is_active) == (409, True)
    assert "不能停用自己的账号" in answer.content.decode()


def test_somebody_with_open_problems_is_not_deactivated(client, admin, officer):
    EntryFactory(unit=officer.unit, handler=officer, lead_unit=officer.unit, state="handling")
    client.force_login(admin)
    answer = post(client, "user-deactivate", officer)
    officer.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, officer.is_active) == (409, True)
    assert f"{officer.name} 名下还有经办的问题 1 件，请先交接再停用" in page
    assert reverse("ledger:handover", args=[officer.pk]) in page


def test_a_deactivated_person_is_out_and_can_be_let_in_again(client, admin, officer):
    theirs, _ = enter(officer.username, PASSWORD)
    client.force_login(admin)
    post(client, "user-deactivate", officer)
    assert theirs.get("/accounts/me/").status_code == 302
    assert not enter(officer.username, PASSWORD)[1]
    [password] = SHOWN.findall(post(client, "user-invite", officer).content.decode())
    assert enter(officer.username, password)[1]


def test_a_reset_ends_old_sessions_and_the_old_password(client, admin, officer):
    theirs, _ = enter(officer.username, PASSWORD)
    client.force_login(admin)
    [password] = SHOWN.findall(post(client, "user-reset", officer).content.decode())
    assert theirs.get("/accounts/me/").status_code == 302
    assert (enter(officer.username, PASSWORD)[1], enter(officer.username, password)[1]) == (False, True)


def test_an_unlocked_person_signs_in_again(client, admin, officer):
    for _ in range(5):
        enter(officer.username, "Wrong-2026-pass")
    assert not enter(officer.username, PASSWORD)[1]
    client.force_login(admin)
    assert "已锁定" in client.get(reverse("accounts:user-edit", args=[officer.pk])).content.decode()
    post(client, "user-unlock", officer)
    assert (enter(officer.username, PASSWORD)[1], AccessAttempt.objects.exists()) == (True, False)


def test_a_unit_is_let_in_at_once_with_one_sheet(client, admin, police, court):
    waiting = [UserFactory(unit=police, is_active=False, must_change_password=True) for _ in range(3)]
    left = UserFactory(unit=police, is_active=False, last_login="2023-05-01T00:00Z")
    foreign = UserFactory(unit=court, is_active=False)
    client.force_login(admin)
    page = client.post(reverse("accounts:unit-invite", args=[police.pk])).content.decode()
    passwords = SHOWN.findall(page)
    assert [enter(person.username, password)[1] for person, password in zip(waiting, passwords, strict=True)] == [
        True
    ] * 3
    still_out = User.objects.filter(pk__in=[left.pk, foreign.pk], is_active=False).count()
    assert (still_out, left.username in page, foreign.username in page) == (2, False, False)


def test_people_of_a_roster_are_let_in_together_with_one_sheet_seen_once(client, admin, police, court):
    first, second = UserFactory.create_batch(2, unit=police, is_active=False, must_change_password=True)
    unticked = UserFactory(unit=court, is_active=False)
    client.force_login(admin)
    address = reverse("accounts:people-invite")
    shown = client.get(address, {"unit": police.pk}).content.decode()
    assert [person.username in shown for person in (first, second, unticked)] == [True, True, False]
    answer = client.post(address, {"person": [second.pk, first.pk, admin.pk]})
    assert (answer["X-Rows"], answer["Cache-Control"]) == ("2", "no-store")
    _, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    passwords = {row[2]: row[3] for row in rows[:2]}
    assert [enter(person.username, passwords[person.username])[1] for person in (first, second)] == [True, True]
    first.refresh_from_db()
    unticked.refresh_from_db()
    assert (first.must_change_password, unticked.is_active) == (True, False)
    assert LogEntry.objects.get_for_object(first).filter(changes__has_key="password").exists()
    again = client.post(address, {"person": [first.pk]})
    assert (again.status_code, "可能刚刚已经启用" in again.content.decode()) == (409, True)


def test_one_who_cannot_be_let_in_is_named_and_nobody_is(client, admin, police):
    right, wrong = UserFactory(unit=police, is_active=False), UserFactory(unit=None, is_active=False, name="干警无单位")
    client.force_login(admin)
    answer = client.post(reverse("accounts:people-invite"), {"person": [right.pk, wrong.pk]})
    assert "干警无单位" in answer.content.decode()
    assert not User.objects.filter(pk__in=[right.pk, wrong.pk], is_active=True).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_question_whom_to_let_in_costs_the_same(client, admin, police, django_assert_num_queries, rows):
    UserFactory.create_batch(rows, unit=police, is_active=False)
    client.force_login(admin)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(4):
        client.get(reverse("accounts:people-invite"))


def test_an_initial_password_is_stored_with_fewer_rounds_and_anew_at_the_first_sign_in(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    stored = stored_initial("Kfm7-q2wT-x9Rt")
    anew = []
    assert check_password("Kfm7-q2wT-x9Rt", stored, setter=anew.append)
    assert (f"${ROUNDS}$" in stored, anew) == (True, ["Kfm7-q2wT-x9Rt"])


def test_the_second_admin_to_save_sees_both_texts(client, admin, officer):
    client.force_login(admin)
    answer = edit(client, officer, post="先")
    assert answer.status_code == 302
    answer = edit(client, officer, post="后", version="1")
    found = [(row.label, row.stored, row.typed) for row in answer.context["form"].conflicts]
    assert found == [("职务", "先", "后")]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "budget"), [("accounts:user-list", 8), ("accounts:user-export", 4)])
def test_the_list_of_people_costs_the_same_for_one_and_three(
    client, admin, police, django_assert_num_queries, name, budget, rows
):
    UserFactory.create_batch(rows, unit=police)
    client.force_login(admin)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(budget):
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "zhoubao"}, ["A"]),
        ({"q": "T71"}, ["A"]),
        ({"role": "leader"}, ["B"]),
        ({"state": "waiting"}, ["C"]),
        ({"state": "off"}, ["D"]),
    ],
)
def test_people_are_found(client, admin, court, query, found):
    for letter, name, more in [
        ("A", "周宝", {"username": "T71"}),
        ("B", "乙", {"leader": True}),
        ("C", "丙", {"is_active": False}),
        ("D", "丁", {"is_active": False, "last_login": "2023-05-01T00:00Z"}),
    ]:
        UserFactory(unit=court, name=name, post=letter, **more)
    client.force_login(admin)
    page = client.get(reverse("accounts:user-list"), {"unit": court.pk, **query}).context["page"]
    assert [person.post for person in page] == found


def test_phones_are_masked_in_list_and_export(client, admin, police):
    UserFactory(unit=police, phone="13812345678")
    client.force_login(admin)
    page = client.get(reverse("accounts:user-list")).content.decode()
    assert ("138****5678" in page, "13812345678" in page) == (True, False)


def unit_words(unit, **changes):
    return {"name": unit.name, "kind": unit.kind, "order": "5", "is_active": "on", "version": unit.version, **changes}


def test_a_unit_moves_with_all_below_it(client, admin, police):
    station = UnitFactory(name="样例派出所", parent=police)
    desk = UnitFactory(name="样例警务室", parent=station)
    top = UnitFactory(name="样例上级")
    client.force_login(admin)
    client.post(reverse("accounts:unit-edit", args=[police.pk]), unit_words(police, parent=top.pk))
    paths = [Unit.objects.get(pk=unit.pk).path for unit in (police, station, desk)]
    assert paths == [
        f"{top.pk:04d}/{police.pk:04d}/",
        f"{top.pk:04d}/{police.pk:04d}/{station.pk:04d}/",
        f"{top.pk:04d}/{police.pk:04d}/{station.pk:04d}/{desk.pk:04d}/",
    ]


@pytest.mark.parametrize("which", ["self", "below"])
def test_a_unit_is_never_under_itself(client, admin, police, which):
    below = UnitFactory(parent=police)
    parent = police if which == "self" else below
    client.force_login(admin)
    answer = client.post(reverse("accounts:unit-edit", args=[police.pk]), unit_words(police, parent=parent.pk))
    assert "上级单位不能是自己或自己的下级" in answer.content.decode()
    assert Unit.objects.get(pk=police.pk).parent is None


def test_a_unit_with_people_stays_in_use(client, admin, officer):
    unit = officer.unit
    client.force_login(admin)
    answer = client.post(reverse("accounts:unit-edit", args=[unit.pk]), unit_words(unit, is_active=""))
    assert "还有 1 名在用人员属于这个单位" in answer.content.decode()
    assert Unit.objects.get(pk=unit.pk).is_active


def test_a_new_unit_stands_in_the_list(client, admin):
    client.force_login(admin)
    data = {"name": "样例新单位", "kind": "other", "order": "9", "is_active": "on"}
    answer = client.post(reverse("accounts:unit-create"), data, follow=True)
    assert "已新增单位“样例新单位”" in answer.content.decode()
    assert Unit.objects.get(name="样例新单位").path == f"{Unit.objects.get(name='样例新单位').pk:04d}/"
