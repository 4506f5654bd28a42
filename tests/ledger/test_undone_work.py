"""What a day or a period brings by itself is done after all when its job failed; who is told, who no longer is."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from accounts.services import deactivate
from common.periods import SHANGHAI
from jinshi_zf.verification import deadlines
from jobs.models import Job, JobState
from jobs.registry import HANDLERS
from jobs.services import cancel
from jobs.tasks import run, sweep
from ledger.calendar import working_calendar
from ledger.deadlines import current_terms
from ledger.models import Digest, Escalation, Notice, NoticeKind, RecheckDraw, Robot, RobotEvent, RobotMessage
from ledger.services.checking.rechecks import DRAW
from ledger.services.deadlines.calendars import CalendarChange, DayPlan, change_calendar
from ledger.services.deadlines.recount_jobs import FOLLOW
from ledger.services.messages import robot_post
from ledger.services.messages.digests import DIGEST, send_waiting
from ledger.services.messages.robot_post import Reply, send_due
from ledger.services.messages.robots import News, announce
from ledger.services.supervising.ladder import LADDER
from ledger.services.vacancies import VACANCIES
from ledger.states import Action, EntryState
from ledger.tasks import ask_for_due_work, draw_rechecks
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import move
from tests.ledger.test_ladder import due

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def breakdown(monkeypatch, kind):
    """Work of this kind fails until what is given back is called; the moments it was tried are in `tries`."""
    good, tries = HANDLERS[kind], []

    def fail(context):
        tries.append(context.job.attempts)
        raise OSError

    monkeypatch.setitem(HANDLERS, kind, fail)

    def mend():
        monkeypatch.setitem(HANDLERS, kind, good)

    mend.tries = tries
    return mend


def clock(start, end, step=MINUTE):
    """The timetable and the workers, from one moment to another."""
    at = start
    while at < end:
        with time_machine.travel(at, tick=False):
            ask_for_due_work()
            draw_rechecks()
            for pk in sweep():
                run(job_id=pk)
        at += step


def states(kind):
    return list(Job.objects.filter(kind=kind).order_by("pk").values_list("state", flat=True))


def test_a_ladder_that_failed_all_morning_climbs_in_the_afternoon_and_tells_once(police, monkeypatch):
    entry = due(police, date(2026, 11, 20))
    mend = breakdown(monkeypatch, LADDER)
    clock(MONDAY, MONDAY + HOUR, step=5 * MINUTE)
    assert (2 <= len(mend.tries) <= 6, Escalation.objects.count()) == (True, 0)
    mend()
    clock(MONDAY + 2 * HOUR, MONDAY + 2 * HOUR + MINUTE)
    assert (states(LADDER), Escalation.objects.filter(entry=entry).count()) == ([JobState.DONE], 1)
    clock(MONDAY + 3 * HOUR, MONDAY + 3 * HOUR + MINUTE)
    assert Notice.objects.filter(kind=NoticeKind.OVERDUE, recipient=entry.handler).count() == 1


def test_days_on_which_the_ladder_failed_are_made_up_for_and_each_step_is_told_once(police, monkeypatch):
    entry = due(police, date(2026, 11, 20))
    mend = breakdown(monkeypatch, LADDER)
    clock(MONDAY, MONDAY + 3 * DAY, step=6 * HOUR)
    mend()
    clock(MONDAY + 3 * DAY, MONDAY + 3 * DAY + 2 * HOUR, step=20 * MINUTE)
    assert set(states(LADDER)) == {JobState.DONE}
    climbed = Escalation.objects.filter(entry=entry).order_by("after_days").values_list("after_days", "told")
    assert list(climbed) == [(0, False), (3, True)]
    assert Notice.objects.filter(kind=NoticeKind.OVERDUE, entry=entry).values("recipient").distinct().count() == (
        Notice.objects.filter(kind=NoticeKind.OVERDUE, entry=entry).count()
    )


def test_a_ladder_that_was_cancelled_is_asked_for_again_at_once_but_a_mail_is_not():
    with time_machine.travel(MONDAY + MINUTE, tick=False):
        asked = ask_for_due_work()
        Job.objects.update(state=JobState.CANCELLED)
        again = ask_for_due_work()
    daily = [f"{VACANCIES}:2026-11-23", f"{LADDER}:2026-11-23"]
    assert (asked, again) == ([*daily, f"{DIGEST}:2026-11-23"], daily)


def test_a_draw_that_failed_for_a_month_is_drawn_when_the_next_one_is(monkeypatch):
    mend = breakdown(monkeypatch, DRAW)
    clock(datetime(2026, 11, 2, 9, tzinfo=SHANGHAI), datetime(2026, 11, 6, 9, tzinfo=SHANGHAI), step=6 * HOUR)
    assert mend.tries
    mend()
    clock(datetime(2026, 12, 1, 9, tzinfo=SHANGHAI), datetime(2026, 12, 1, 10, tzinfo=SHANGHAI), step=20 * MINUTE)
    assert list(RecheckDraw.objects.order_by("period").values_list("period", flat=True)) == ["2026M10", "2026M11"]


@pytest.fixture
def day_off_by_job(settings, police, office, admin):
    """A calendar correction that is followed in the background: 25 November is off, an entry was due after it."""
    settings.RECOUNT_AT_ONCE = 0
    entry = EntryFactory(unit=police, state=EntryState.ACCEPTED, registered_on=date(2026, 11, 20))
    term = current_terms().term(entry, date(2026, 11, 20))
    move(entry, Action.ASSIGN, actor=office, day=date(2026, 11, 20), lead_unit=police, deadline=term.deadline)
    change = CalendarChange("样例", "样例", {date(2026, 11, 25): DayPlan(False, "放假")})
    with time_machine.travel(MONDAY, tick=False):
        change_calendar(change=change, seen=working_calendar().version, actor=admin, at=MONDAY)
    return Job.objects.get(kind=FOLLOW)


def test_deadlines_follow_the_calendar_whatever_becomes_of_the_job(day_off_by_job, monkeypatch):
    assert not cancel(day_off_by_job)
    mend = breakdown(monkeypatch, FOLLOW)
    clock(MONDAY, MONDAY + HOUR, step=5 * MINUTE)
    assert (bool(mend.tries), bool(list(deadlines()))) == (True, True)
    mend()
    clock(MONDAY + 2 * HOUR, MONDAY + 2 * HOUR + 5 * MINUTE)
    assert (states(FOLLOW), list(deadlines())) == ([JobState.DONE], [])


def test_deadlines_follow_though_an_earlier_version_let_the_job_be_cancelled(day_off_by_job):
    Job.objects.filter(pk=day_off_by_job.pk).update(state=JobState.CANCELLED, key=None)
    clock(MONDAY, MONDAY + 5 * MINUTE)
    assert list(deadlines()) == []


def test_admins_are_told_once_a_day_what_failed_for_good_and_by_their_mail_of_the_day(
    client, admin, officer, monkeypatch, mailoutbox
):
    UserFactory(admin=True, is_active=False)
    type(admin).objects.filter(pk=admin.pk).update(email="admin@example.com", wants_digest=True)
    breakdown(monkeypatch, LADDER)
    clock(MONDAY - 20 * MINUTE, MONDAY + 3 * HOUR, step=5 * MINUTE)
    told = Notice.objects.filter(link__contains=LADDER)
    admins = type(admin).objects.filter(role="admin", is_active=True)
    assert sorted(told.values_list("recipient", flat=True)) == sorted(admins.values_list("pk", flat=True))
    words = told.first().words
    assert words == (
        "后台任务“逾期提级”没有完成：已尝试 3 次仍未完成（OSError）。系统每半小时再做一次，请查看日志找到原因"
    )
    assert [(mail.to, words in mail.body) for mail in mailoutbox] == [(["admin@example.com"], True)]
    client.force_login(admin)
    page = client.get(told.first().link).content.decode()
    assert ("逾期提级" in page, "系统每半小时再做一次" in page, "发送提醒邮件" in page) == (True, True, False)
    clock(MONDAY + DAY, MONDAY + DAY + HOUR, step=5 * MINUTE)
    assert told.filter(recipient=admin).count() == 2


def test_a_robot_that_was_switched_off_or_told_of_less_says_nothing_more(police, monkeypatch):
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789abcdef"
    night, morning = MONDAY - DAY, MONDAY
    for name in ("on", "off", "less"):
        Robot.objects.create(name=name, url=address, is_active=True, on_overdue=True)
    announce(RobotEvent.OVERDUE, "{n} 件", [News(police.pk, "· JS-2026-0001")], night)
    Robot.objects.filter(name="off").update(is_active=False)
    Robot.objects.filter(name="less").update(on_overdue=False)
    posted = []
    monkeypatch.setattr(robot_post, "post", lambda robot, words, at: posted.append(robot.name) or Reply())
    done = send_due(lambda: morning, working_calendar(), lambda: None)
    assert (posted, done) == (["on"], {"sent": 1, "failed": 2})
    assert RobotMessage.objects.get(robot__name="off").error == "机器人或它的单位已停用，或不再发这类消息，没有发出"


def test_no_mail_leaves_for_somebody_deactivated_or_no_longer_wanting_it(police, mailoutbox):
    admin = UserFactory(admin=True)
    gone, quiet, here = (UserFactory(unit=police, email=f"{n}@example.com") for n in ("gone", "quiet", "here"))
    for person in (gone, quiet, here):
        Digest.objects.create(
            person=person, day=MONDAY.date(), address=person.email, subject="样例", body="样例", composed_at=MONDAY
        )
    deactivate(user=gone, by=admin)
    type(quiet).objects.filter(pk=quiet.pk).update(wants_digest=False)
    done = send_waiting(MONDAY.date(), lambda: MONDAY + HOUR, working_calendar(), lambda: None)
    assert ([mail.to for mail in mailoutbox], done) == ([[here.email]], {"sent": 1, "waiting": 0})
    assert sorted(Digest.objects.values_list("person__email", "state")) == [
        ("gone@example.com", "lapsed"),
        ("here@example.com", "sent"),
        ("quiet@example.com", "lapsed"),
    ]
