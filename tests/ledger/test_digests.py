"""The e-mail of a working day: who gets one, what it says, never two, never at night, never late."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from common.periods import SHANGHAI
from jobs.models import Job
from jobs.runner import run_job
from ledger.models import Digest, DigestState, NoticeKind, ProblemEntry
from ledger.services.messages.notices import notify
from ledger.tasks import ask_for_due_work
from tests.factories import EntryFactory, UserFactory
from tests.mailboxes import KilledError

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def moment(day, hour=8, minute=30):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def clerk(police):
    return UserFactory(unit=police, coordinator=True, email="clerk@example.org")


def due(unit, deadline, **fields):
    entry = EntryFactory(unit=unit, registered_on=date(2026, 1, 5), state="handling", **fields)
    ProblemEntry.objects.filter(pk=entry.pk).update(deadline=deadline, deadline_basis="hand")
    entry.refresh_from_db()
    return entry


def tick(at):
    """What the clock asks for at this moment, and the workers do."""
    with time_machine.travel(at, tick=False):
        ask_for_due_work()
        while run_job():
            pass


def sent():
    return sorted(message.to[0] for message in mail.outbox)


def test_says_what_is_due_overdue_and_new(police, court, clerk):
    today, sunday = due(police, MONDAY), due(police, date(2026, 11, 29))
    late, later, foreign = due(police, date(2026, 11, 20)), due(police, date(2026, 11, 24)), due(court, MONDAY)
    with time_machine.travel(moment(MONDAY, 7)):
        notify([clerk], NoticeKind.ASSIGNED, later, f"{later.number} 交办给您", by=None, at=timezone.now())
    tick(moment(MONDAY))
    (message,) = mail.outbox
    assert message.to == ["clerk@example.org"]
    assert message.subject == "11月23日 今天到期 1 件，逾期 1 件，新消息 2 条 · 津市政法派驻服务"
    assert message.body.split("\n\n")[:4] == [
        f"{clerk.name}：",
        f"【今天到期（含接下来休息日到期的）】\n· {today.number} {today.title}（期限 11月23日）",
        f"【已经逾期】\n· {late.number} {late.title}（期限 11月20日）",
        f"【新消息】\n· {later.number} 交办给您\n· {late.number} {late.title} 已逾期 1 个工作日",
    ]
    assert foreign.number not in message.body
    tick(moment(date(2026, 11, 27)))  # a Friday: what is due on Sunday comes today
    assert f"{sunday.number} {sunday.title}（期限 11月29日）" in mail.outbox[-1].body
    assert "交办给您" not in mail.outbox[-1].body


def test_nobody_gets_an_empty_one_or_one_they_do_not_want(police, court, clerk):
    due(police, MONDAY, handler=UserFactory(unit=police, email=""))
    UserFactory(unit=police, coordinator=True, email="off@example.org", wants_digest=False)
    UserFactory(unit=police, coordinator=True, email="gone@example.org", is_active=False)
    UserFactory(unit=court, coordinator=True, email="idle@example.org")
    tick(moment(MONDAY))
    assert sent() == ["clerk@example.org"]


@pytest.mark.parametrize(
    ("at", "count"),
    [
        pytest.param(moment(MONDAY, 8, 29), 0, id="a minute early"),
        pytest.param(moment(MONDAY, 8, 30), 1, id="on time"),
        pytest.param(moment(MONDAY, 16, 40), 1, id="beat was down over 8:30"),
        pytest.param(moment(MONDAY, 18, 0), 0, id="in the evening it is too late"),
        pytest.param(moment(date(2026, 11, 22), 10), 0, id="Sunday"),
        pytest.param(moment(date(2026, 2, 17), 10), 0, id="Spring Festival"),
        pytest.param(moment(date(2026, 2, 28), 10), 1, id="a worked Saturday"),
    ],
)
def test_goes_out_in_working_hours_only(police, clerk, at, count):
    due(police, date(2026, 2, 12))
    tick(at)
    assert len(mail.outbox) == count


def test_two_clocks_send_one_and_the_next_day_another(police, clerk):
    due(police, MONDAY)
    for minute in (30, 31, 59):
        tick(moment(MONDAY, 8, minute))
        tick(moment(MONDAY, 8, minute))
    assert len(mail.outbox) == 1
    tick(moment(date(2026, 11, 24)))
    assert [row.day for row in Digest.objects.order_by("day")] == [MONDAY, date(2026, 11, 24)]
    assert len(mail.outbox) == 2


def test_after_days_of_standstill_only_todays_goes_out(police, clerk, settings):
    due(police, date(2026, 11, 18))
    settings.EMAIL_BACKEND = "tests.mailboxes.Closed"
    tick(moment(date(2026, 11, 19)))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tick(moment(MONDAY, 11))
    assert [(row.day, row.state) for row in Digest.objects.order_by("day")] == [
        (date(2026, 11, 19), DigestState.LAPSED),
        (MONDAY, DigestState.SENT),
    ]
    assert len(mail.outbox) == 1


def test_server_that_is_down_is_tried_again_every_half_hour_of_the_same_day(police, clerk, settings):
    due(police, MONDAY)
    settings.EMAIL_BACKEND = "tests.mailboxes.Closed"
    for minute in (30, 40, 59):
        tick(moment(MONDAY, 8, minute))
    assert Job.objects.filter(kind="ledger.digest").count() == 2
    assert Digest.objects.get().state == DigestState.WAITING
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tick(moment(MONDAY, 9, 1))
    assert (sent(), Digest.objects.get().state) == (["clerk@example.org"], DigestState.SENT)


def test_killed_half_way_and_run_again_nobody_gets_two(police, clerk, settings):
    people = [UserFactory(unit=police, coordinator=True, email=f"c{n}@example.org") for n in range(2)]
    due(police, MONDAY)
    settings.EMAIL_BACKEND = "tests.mailboxes.Deadly"
    with pytest.raises(KilledError):
        tick(moment(MONDAY))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.filter(kind="ledger.digest").update(lease_until=moment(MONDAY) - timedelta(hours=1))
    tick(moment(MONDAY, 8, 40))
    assert sent() == sorted(["clerk@example.org", *(person.email for person in people)])
    assert list(Digest.objects.order_by("pk").values_list("state", flat=True)) == ["sending", "sent", "sent"]


def test_refused_address_is_given_up_after_three_tries_and_stops_nobody(police, clerk, settings):
    UserFactory(unit=police, coordinator=True, email="nobody@example.org")
    due(police, MONDAY)
    settings.EMAIL_BACKEND = "tests.mailboxes.Refusing"
    for hour in (9, 10, 11, 12):
        tick(moment(MONDAY, hour))
    row = Digest.objects.get(address="nobody@example.org")
    assert (row.state, row.tries, row.error) == (DigestState.LAPSED, 3, "没有发出（SMTPRecipientsRefused）")
    assert sent() == ["clerk@example.org"]


def test_message_whose_fate_is_not_known_is_not_sent_again(police, clerk, settings):
    due(police, MONDAY)
    settings.EMAIL_BACKEND = "tests.mailboxes.Dropping"
    tick(moment(MONDAY, 9))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tick(moment(MONDAY, 10))
    row = Digest.objects.get()
    assert (row.state, row.error, mail.outbox) == (DigestState.SENDING, "发送中断，不能确定是否已发出，不再重发", [])


def test_person_turns_it_off_and_on(client, officer):
    client.force_login(officer)
    url = reverse("accounts:reminders")
    on = client.post(url, {"email": "officer@example.org", "wants_digest": "on"}, follow=True)
    assert "每个工作日 8:30 发到 officer@example.org" in on.content.decode()
    client.post(url, {"email": "officer@example.org"})
    officer.refresh_from_db()
    assert (officer.email, officer.wants_digest) == ("officer@example.org", False)
    wrong = client.post(url, {"email": "officer", "wants_digest": "on"})
    assert (wrong.status_code, "邮箱地址不对，请核对" in wrong.content.decode()) == (422, True)
