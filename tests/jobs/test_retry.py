"""A job that did not get done: when it is tried again, who may begin it anew, what is never left undone."""

import threading
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from common.periods import SHANGHAI
from jobs.models import Job, JobState
from jobs.registry import HANDLERS, NEEDED, JobRefusedError
from jobs.runner import LeaseLostError, claim, run_job
from jobs.services import begin_anew, cancel, enqueue, is_wanted, may_retry, retry
from jobs.signals import given_up
from jobs.tasks import run, sweep

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
KEY = "sample:2026-11-23"


@pytest.fixture
def broken(work):
    """A handler that fails; gives the moments at which it was tried."""
    tries = []

    @work
    def fail(context):
        tries.append(timezone.now())
        raise OSError

    return tries


@pytest.fixture
def needed(monkeypatch):
    monkeypatch.setitem(NEEDED, "sample", "日历已经改了")


def now_and_then(start, hours):
    """What waits or was forgotten is run as the sweeper would find it, every half minute."""
    for n in range(int(hours * 120)):
        with time_machine.travel(start + timedelta(seconds=30 * n), tick=False):
            for pk in sweep():
                run(job_id=pk)


def test_each_try_waits_longer_and_jobs_that_failed_together_do_not_come_back_together(broken):
    with time_machine.travel(MORNING, tick=False):
        jobs = [enqueue(kind="sample") for _ in range(5)]
        run(job_id=jobs[0].pk)
    due = sorted(job.not_before - MORNING for job in Job.objects.filter(state=JobState.QUEUED))
    assert (len(broken), len(due)) == (5, 5)
    assert timedelta(seconds=48) <= due[0] < due[-1] <= timedelta(seconds=72)
    Job.objects.exclude(pk=jobs[0].pk).delete()
    broken.clear()
    now_and_then(MORNING, 1)
    waits = [at - MORNING for at in broken]
    assert timedelta(minutes=0.8) <= waits[0] <= timedelta(minutes=2)
    assert timedelta(minutes=4) <= waits[1] - waits[0] <= timedelta(minutes=7)
    jobs[0].refresh_from_db()
    assert (len(broken), jobs[0].state, jobs[0].attempts) == (2, JobState.FAILED, 3)


def test_one_that_is_not_due_is_neither_claimed_nor_woken_nor_in_the_way(broken):
    with time_machine.travel(MORNING, tick=False):
        waiting = [enqueue(kind="sample") for _ in range(25)]
        run(job_id=waiting[0].pk)
    Job.objects.update(created_at=MORNING - timedelta(hours=1))
    fresh = enqueue(kind="sample")
    Job.objects.filter(pk=fresh.pk).update(created_at=MORNING - timedelta(hours=1))
    with time_machine.travel(MORNING + timedelta(seconds=30), tick=False):
        assert (claim(waiting[0].pk), sweep(), claim().pk) == (None, [fresh.pk], fresh.pk)


@pytest.mark.parametrize("end", [JobState.FAILED, JobState.CANCELLED])
def test_work_of_a_period_that_ended_undone_is_done_when_asked_for_again(work, broken, end):
    job = enqueue(kind="sample", key=KEY, once=True)
    cursor = {"attempts": 3, "message": "x", "cursor": {"row": 3}, "done": 3, "total": 3, "cancel_requested": True}
    Job.objects.filter(pk=job.pk).update(state=end, **cursor)
    again = enqueue(kind="sample", key=KEY, once=True)
    assert (again.pk, again.state, again.attempts, again.cursor, again.done) == (job.pk, JobState.QUEUED, 0, {}, 0)
    work(lambda context: {"done": True})
    run_job(again.pk)
    assert enqueue(kind="sample", key=KEY, once=True).state == JobState.DONE
    assert run_job() is None


def test_work_of_a_period_that_waits_for_its_next_try_is_due_when_asked_for_again(work, broken):
    job = enqueue(kind="sample", key=KEY, once=True)
    run(job_id=job.pk)
    assert run_job() is None
    enqueue(kind="sample", key=KEY, once=True)
    work(lambda context: {})
    assert (run_job().state, Job.objects.count()) == (JobState.DONE, 1)


def test_the_clock_asks_again_after_half_an_hour_but_not_for_what_somebody_did_not_want(monkeypatch):
    half = timedelta(minutes=30)
    job = enqueue(kind="sample", key=KEY, once=True)
    table = [
        (JobState.QUEUED, None, half, False),
        (JobState.RUNNING, None, half, False),
        (JobState.DONE, MORNING, half, False),
        (JobState.FAILED, MORNING, half - timedelta(seconds=1), False),
        (JobState.FAILED, MORNING, half, True),
        (JobState.FAILED, MORNING, -half, True),  # the clock was set back
        (JobState.CANCELLED, MORNING, half, False),
    ]
    wrong = []
    for state, finished, later, wanted in table:
        Job.objects.filter(pk=job.pk).update(state=state, finished_at=finished)
        if is_wanted(KEY, MORNING + later) is not wanted:
            wrong.append((state, later))
    monkeypatch.setitem(NEEDED, "sample", "日历已经改了")
    assert (wrong, is_wanted(KEY, MORNING), is_wanted("another", MORNING)) == ([], True, True)


def test_a_key_that_failed_is_free_for_a_new_request_and_the_old_job_is_no_longer_begun_anew(broken, admin):
    old = enqueue(kind="sample", key=KEY)
    Job.objects.update(state=JobState.FAILED)
    old.refresh_from_db()
    assert may_retry(old, admin)
    new = enqueue(kind="sample", key=KEY)
    old.refresh_from_db()
    assert (new.pk != old.pk, old.key, new.key, retry(old, admin)) == (True, None, KEY, False)


def test_who_may_begin_a_job_anew(work, admin, officer, coordinator, monkeypatch):
    work(lambda context: {})
    people = {"admin": admin, "officer": officer, "coordinator": coordinator}
    jobs = {"theirs": enqueue(kind="sample", key="1", owner=officer), "nobody's": enqueue(kind="sample", key="2")}
    Job.objects.update(state=JobState.FAILED)
    allowed = {
        name: [who for who, person in people.items() if may_retry(Job.objects.get(pk=job.pk), person)]
        for name, job in jobs.items()
    }
    assert allowed == {"theirs": ["officer"], "nobody's": ["admin"]}
    monkeypatch.setitem(NEEDED, "sample", "日历已经改了")
    assert may_retry(Job.objects.get(pk=jobs["theirs"].pk), admin)
    monkeypatch.delitem(HANDLERS, "sample")
    assert not may_retry(Job.objects.get(pk=jobs["theirs"].pk), admin)


def test_pressing_it_on_the_page_begins_it_anew_once(client, broken, admin):
    job = enqueue(kind="sample", key=KEY, once=True)
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False) as clock:
        for _ in range(3):
            run(job_id=job.pk)
            clock.shift(600)
    client.force_login(admin)
    address = reverse("jobs:job-retry", args=[job.pk])
    assert address in client.get(reverse("jobs:job-list"), {"state": "failed"}).content.decode()
    client.post(address)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.message) == (JobState.QUEUED, 0, f"由{admin.name}重新发起")
    shown = client.post(address, headers={"hx-request": "true"}).content.decode()
    assert ("排队中" in shown, f"由{admin.name}重新发起" in shown, address in shown) == (True, True, False)
    told = client.post(address, follow=True).content.decode()
    assert f"第 {job.pk} 号没有重新运行：它没有失败" in told
    assert not begin_anew(job)


def test_what_follows_from_something_done_is_not_cancelled_and_says_why(client, work, needed, admin):
    work(lambda context: {})
    job = enqueue(kind="sample", key=KEY)
    client.force_login(admin)
    page = client.get(reverse("jobs:job-list")).content.decode()
    assert ("不能取消：日历已经改了" in page, reverse("jobs:job-cancel", args=[job.pk]) in page) == (True, False)
    told = client.post(reverse("jobs:job-cancel", args=[job.pk]), follow=True).content.decode()
    assert f"第 {job.pk} 号不能取消：日历已经改了" in told
    assert (cancel(job), run_job(job.pk).state) == (False, JobState.DONE)


@time_machine.travel(MORNING, tick=False)
def test_page_says_when_it_is_tried_next_and_when_its_worker_is_gone(client, broken, admin):
    waiting, lost, held = (enqueue(kind="sample") for _ in range(3))
    run_job(waiting.pk)
    for job, ago in ((lost, 1), (held, -1)):
        claim(job.pk)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=ago))
    client.force_login(admin)
    shown = {
        job.pk: client.get(reverse("jobs:job-status", args=[job.pk])).content.decode() for job in (waiting, lost, held)
    }
    assert ("等待再试" in shown[waiting.pk], "下次运行：今天 09:0" in shown[waiting.pk]) == (True, True)
    assert "第 1 次没有完成（OSError），稍后自动再试，共试 3 次" in shown[waiting.pk]
    assert ["已中断，等待接手" in shown[job.pk] for job in (waiting, lost, held)] == [False, True, False]


def test_a_kind_nobody_here_knows_is_handed_back_uncounted_and_holds_up_nothing(work):
    work(lambda context: {})
    strange, known = enqueue(kind="of a later version"), enqueue(kind="sample")
    for _ in range(4):
        Job.objects.filter(pk=strange.pk).update(not_before=None)
        run(job_id=strange.pk)
    strange.refresh_from_db()
    known.refresh_from_db()
    assert (strange.state, strange.attempts, known.state) == (JobState.QUEUED, 0, JobState.DONE)
    assert strange.message == "后台程序的这个版本不认识这种任务，未计次数，等升级后的程序来做"
    assert strange.not_before > timezone.now()


def test_what_failed_for_good_is_told_once_but_not_what_was_refused_to_whoever_asked(work, broken, officer):
    told = []

    def hear(job, **kwargs):
        told.append((job.pk, job.state))

    given_up.connect(hear)
    try:
        job = enqueue(kind="sample")
        for _ in range(4):
            Job.objects.update(not_before=None)
            run_job(job.pk)
        assert told == [(job.pk, JobState.FAILED)]

        @work
        def refuse(context):
            raise JobRefusedError("没有可导出的记录")

        asked, by_clock = enqueue(kind="sample", owner=officer), enqueue(kind="sample")
        run(job_id=asked.pk)
        assert told[1:] == [(by_clock.pk, JobState.FAILED)]
    finally:
        given_up.disconnect(hear)


@pytest.mark.django_db(transaction=True)
def test_a_last_transaction_longer_than_the_lease_is_not_begun_by_another_worker(settings, work):
    """While it is open nobody sees the lease renewed; once it has committed, the job is still its worker's."""
    settings.JOBS_HEARTBEAT_SECONDS = 60.0
    taken = []

    def elsewhere(when):
        def body():
            try:
                with time_machine.travel(timezone.now() + timedelta(minutes=2)):
                    taken.append((when, claim()))
            finally:
                connection.close()

        thread = threading.Thread(target=body)
        thread.start()
        return thread

    @work
    def slow(context):
        with transaction.atomic():
            context.assert_lease()
            thread = elsewhere("open")
            if connection.vendor == "postgresql":  # SQLite has it wait for the end of the transaction
                thread.join(timeout=20)
                assert taken == [("open", None)]
        thread.join(timeout=20)
        return {"whole": True}

    job = run_job(enqueue(kind="sample").pk)
    assert (taken, job.state, job.attempts) == ([("open", None)], JobState.DONE, 1)


def test_the_lease_is_never_moved_back_by_a_heartbeat_that_waited(work):
    @work
    def late(context):
        context.assert_lease()
        held = Job.objects.get(pk=context.job.pk).lease_until
        with time_machine.travel(timezone.now() - timedelta(minutes=5)):
            context.progress(1, 2)
        assert Job.objects.get(pk=context.job.pk).lease_until == held
        Job.objects.update(lease_owner="another")
        with pytest.raises(LeaseLostError):
            context.assert_lease()
        Job.objects.update(lease_owner=context.job.lease_owner)
        return {"ok": True}

    assert run_job(enqueue(kind="sample").pk).result == {"ok": True}
