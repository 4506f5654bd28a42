"""Signing in, staying in, being put out; and what was typed survives all of it."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.forms import WRONG
from accounts.models import User
from accounts.signin.drafts import load_draft, owner_token
from tests.factories import PairingFactory, UserFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
LOCKED = "连续输错 5 次，账号已锁定 30 分钟，请稍后再试或联系管理员。"


def sign_in(client, user, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": getattr(user, "username", user), "password": password, **more})


def where(answer):
    return answer.headers.get("Location", "").split("?")[0]


def age(client, **seconds):
    session = client.session
    for name, value in seconds.items():
        session[name] = int(time.time()) - value
    session.save()


def test_the_right_password_opens_the_home_page(client, officer):
    answer = sign_in(client, officer)
    assert (answer.status_code, where(answer)) == (302, reverse("desk:home"))
    assert AccessLog.objects.get().username == officer.username


@pytest.mark.parametrize("who", ["known", "unknown", "inactive"])
def test_a_wrong_sign_in_says_the_same_of_everyone(client, officer, who):
    if who == "inactive":
        User.objects.update(is_active=False)
    name = "T99999X" if who == "unknown" else officer.username
    password = PASSWORD if who == "inactive" else "Wrong-2026-pass"
    page = sign_in(client, name, password).content.decode()
    assert (WRONG in page, page.count('role="alert"')) == (True, 1)


@pytest.mark.parametrize("known", [True, False])
def test_five_wrong_passwords_lock_even_the_right_one(client, officer, known):
    name = officer.username if known else "T99999X"
    for _ in range(4):
        assert WRONG in sign_in(client, name, "Wrong-2026-pass").content.decode()
    fifth = sign_in(client, name, "Wrong-2026-pass")
    right = sign_in(client, name)
    assert [answer.status_code for answer in (fifth, right)] == [429, 429]
    assert [LOCKED in answer.content.decode() for answer in (fifth, right)] == [True, True]
    assert "_auth_user_id" not in client.session


def test_the_lock_ends_after_half_an_hour(client, officer):
    for _ in range(5):
        sign_in(client, officer, "Wrong-2026-pass")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert where(sign_in(client, officer)) == reverse("desk:home")


def test_trying_on_does_not_lengthen_the_lock(client, officer):
    for _ in range(5):
        sign_in(client, officer, "Wrong-2026-pass")
    began = timezone.now() - timedelta(minutes=29)
    AccessAttempt.objects.update(attempt_time=began)
    sign_in(client, officer, "Wrong-2026-pass")
    assert AccessAttempt.objects.get().attempt_time == began


def test_a_colleague_elsewhere_is_not_locked_out(client, officer):
    for _ in range(5):
        sign_in(client, officer, "Wrong-2026-pass")
    other = Client(REMOTE_ADDR="10.0.0.9")
    assert where(sign_in(other, officer)) == reverse("desk:home")


def test_wrong_tries_stay_on_record_after_the_right_one(client, officer):
    sign_in(client, officer, "Wrong-2026-pass")
    sign_in(client, officer)
    assert list(AccessFailureLog.objects.values_list("username", flat=True)) == [officer.username]
    assert "Wrong-2026-pass" not in str(list(AccessFailureLog.objects.values())) + str(
        list(AccessAttempt.objects.values())
    )


def test_the_locked_page_keeps_where_one_was_going(client, officer):
    for _ in range(5):
        answer = sign_in(client, officer, "Wrong-2026-pass", next="/cases/new/")
    assert 'value="/cases/new/"' in answer.content.decode()


def test_the_session_gets_a_new_key_at_sign_in(client, officer):
    client.post("/cases/new/", {"draft_key": "case-new", "draft_owner": owner_token(officer), "title": "x"})
    before = client.session.session_key
    sign_in(client, officer)
    assert (client.session.session_key != before, Session.objects.filter(session_key=before).exists()) == (True, False)


def test_logging_out_ends_the_session_on_the_server(client, officer):
    sign_in(client, officer)
    key = client.session.session_key
    client.post(reverse("accounts:logout"))
    assert not Session.objects.filter(session_key=key).exists()
    assert where(client.get("/accounts/me/")) == LOGIN


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        ({"seen_at": 29 * 60}, True),
        ({"seen_at": 31 * 60}, False),
        ({"seen_at": 60, "began_at": 11 * 3600}, True),
        ({"seen_at": 60, "began_at": 12 * 3600 + 60}, False),
    ],
)
def test_a_session_lasts_half_an_hour_idle_and_twelve_in_all(client, officer, seconds, kept):
    sign_in(client, officer)
    age(client, **seconds)
    assert (client.get("/accounts/me/").status_code == 200) is kept


def test_polling_is_not_use(client, officer):
    sign_in(client, officer)
    age(client, seen_at=20 * 60)
    seen = client.session["seen_at"]
    client.get("/accounts/me/?poll=1")
    assert client.session["seen_at"] == seen
    client.get("/accounts/me/")
    assert client.session["seen_at"] > seen


def test_a_disabled_person_is_out_at_the_next_click(client, officer):
    sign_in(client, officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert where(client.get("/accounts/me/")) == LOGIN


def test_a_changed_role_counts_at_the_next_click(client, admin):
    UserFactory(admin=True)
    sign_in(client, admin)
    assert client.get(reverse("accounts:user-list")).status_code == 200
    User.objects.filter(pk=admin.pk).update(role="staff")
    assert client.get(reverse("accounts:user-list")).status_code == 403


def half_typed(officer, **changes):
    return {
        "draft_key": "case-new",
        "draft_owner": owner_token(officer),
        "draft_page": "/cases/new/?campaign=1",
        "title": "写到一半的案由",
        "summary": "两千字的情况" * 300,
        **changes,
    }


def test_what_was_typed_survives_an_expired_session(client, officer):
    sign_in(client, officer)
    age(client, seen_at=31 * 60)
    answer = client.post("/cases/new/", half_typed(officer))
    assert answer.headers["Location"] == f"{LOGIN}?next=%2Fcases%2Fnew%2F%3Fcampaign%3D1"
    answer = client.post(
        answer.headers["Location"],
        {"username": officer.username, "password": PASSWORD, "next": "/cases/new/?campaign=1"},
        follow=True,
    )
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/cases/new/?campaign=1"
    assert ["写到一半的案由" in page, "两千字的情况" * 300 in page, "您刚才填写的内容还在" in page] == [True] * 3


def test_another_person_never_gets_what_was_typed(client, officer, coordinator):
    sign_in(client, officer)
    age(client, seen_at=31 * 60)
    client.post("/cases/new/", half_typed(officer))
    sign_in(client, coordinator)
    page = client.get("/cases/new/").content.decode()
    drafts = [load_draft(user=user, key="case-new") for user in (officer, coordinator)]
    assert ("写到一半的案由" in page, drafts, "typed_text" in client.session) == (False, [None, None], False)


def test_a_forged_owner_keeps_nothing(client, officer):
    client.post("/cases/new/", half_typed(officer, draft_owner=f"{officer.pk}:forged"))
    sign_in(client, officer)
    assert load_draft(user=officer, key="case-new") is None


def test_an_expired_htmx_request_changes_the_page(client, officer):
    answer = client.get(
        "/accounts/me/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/"},
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Redirect"] == f"{LOGIN}?next=http%3A%2F%2Ftestserver%2Fcases%2F"


def test_sign_in_never_leads_to_another_site(client, officer):
    assert where(sign_in(client, officer, next="https://evil.invalid/")) == reverse("desk:home")


def test_a_stale_form_is_kept_and_can_be_opened_again(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    answer = client.post("/cases/new/", half_typed(officer))
    page = answer.content.decode()
    assert (answer.status_code, "页面已过期" in page, 'href="/cases/new/?campaign=1"' in page) == (403, True, True)
    assert "写到一半的案由" in client.get("/cases/new/").content.decode()


def test_a_stale_form_never_leads_to_another_site(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    answer = client.post("/cases/new/", half_typed(officer, draft_page="https://evil.invalid/"))
    assert "evil.invalid" not in answer.content.decode()


@pytest.mark.parametrize(("must", "days", "open_"), [(True, 0, False), (False, 91, False), (False, 89, True)])
def test_a_first_or_old_password_must_be_changed(client, officer, must, days, open_):
    officer.must_change_password = must
    officer.password_changed_at = timezone.now() - timedelta(days=days)
    officer.save()
    client.force_login(officer)
    answers = [client.get("/accounts/me/"), client.get("/accounts/me/", headers={"HX-Request": "true"})]
    change = reverse("accounts:password-change")
    found = [(answer.status_code, where(answer) or answer.headers.get("HX-Redirect", "")) for answer in answers]
    assert found == ([(200, "")] * 2 if open_ else [(302, change), (204, change)])


def change_password(client, old=PASSWORD, new="Qingshui-2027-he", again=None):
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("accounts:password-change"), data)


def test_a_changed_password_ends_the_other_sessions(client, officer):
    officer.must_change_password = True
    officer.save()
    elsewhere = Client()
    sign_in(elsewhere, officer)
    sign_in(client, officer)
    assert where(change_password(client)) == reverse("desk:home")
    officer.refresh_from_db()
    assert (officer.must_change_password, officer.check_password("Qingshui-2027-he")) == (False, True)
    assert (client.get("/accounts/me/").status_code, where(elsewhere.get("/accounts/me/"))) == (200, LOGIN)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"new": "qingshuihe"}, "密码须包含大写字母、小写字母、数字、符号中的三种。"),
        ({"new": "Qs-2027"}, "密码太短，至少 10 个字符。"),
        ({"new": PASSWORD}, "新密码不能与原密码相同。"),
        ({"old": "x"}, "原密码不对，请重新输入。"),
        ({"again": "Qingshui-2027-hu"}, "两次输入的新密码不一样，请重新输入。"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_in_words(client, officer, typed, words):
    client.force_login(officer)
    answer = change_password(client, **typed)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_page_that_is_not_there_says_what_to_do(client, officer):
    client.force_login(officer)
    answer = client.get("/cases/999999/")
    page = answer.content.decode()
    assert (answer.status_code, "没有找到这条记录" in page, "回到工作台" in page) == (404, True, True)


def test_a_page_of_another_role_says_why(client, officer):
    client.force_login(officer)
    answer = client.get(reverse("accounts:user-list"))
    assert (answer.status_code, "您的岗位不能做这项操作" in answer.content.decode()) == (403, True)


def test_ones_own_page_shows_pairings_and_sign_ins(client, officer):
    mine, ended, foreign = PairingFactory(officer=officer), PairingFactory(officer=officer), PairingFactory()
    ended.ends_on = ended.starts_on
    ended.save()
    sign_in(client, officer)
    page = client.get("/accounts/me/").content.decode()
    names = [pairing.enterprise.name in page for pairing in (mine, ended, foreign)]
    assert (names, "127.0.0.1" in page) == ([True, False, False], True)


@pytest.mark.parametrize(
    ("to", "led"), [("/ledger/entries/?q=1", "/ledger/entries/?q=1"), ("0", "/"), ("x:y", "/"), ("//evil.example", "/")]
)
def test_dropping_a_draft_leads_to_a_page_of_ours_only(client, officer, to, led):
    client.force_login(officer)
    answer = client.post(reverse("accounts:draft-drop"), {"draft_key": "entry-new", "next": to})
    assert (answer.status_code, answer.url) == (302, led)
