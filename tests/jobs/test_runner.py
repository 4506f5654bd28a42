"""What becomes of a job that is run: its result, its three tries, its end."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.registry import JobRefusedError
from jobs.runner import LeaseLostError, claim, run_job
from jobs.services import cancel, enqueue
from jobs.tasks import run

pytestmark = pytest.mark.django_db


def state_of(job):
    job.refresh_from_db()
    return job.state, job.attempts


def test_a_job_ends_with_what_its_handler_returned(work):
    work(lambda context: {"sum": context.params["a"] + 1})
    job = enqueue(kind="sample", params={"a": 2})
    run_job(job.pk)
    assert state_of(job) == (JobState.DONE, 1)
    assert (job.result, job.lease_owner, job.lease_until) == ({"sum": 3}, "", None)
    assert job.finished_at >= job.started_at


def test_progress_is_kept_for_the_bar_and_for_the_next_worker(work):
    work(lambda context: context.progress(3, 4, "第 3 批", cursor={"row": 300}) or {})
    job = run_job(enqueue(kind="sample").pk)
    assert (job.done, job.total, job.percent, job.message, job.cursor) == (3, 4, 75, "", {"row": 300})


def test_a_job_that_always_fails_is_tried_three_times_and_then_says_why(work):
    @work
    def broken(context):
        raise ZeroDivisionError

    job = enqueue(kind="sample")
    states = []
    for _ in range(4):
        Job.objects.update(not_before=None)  # however long it was to wait
        run_job(job.pk)
        states.append(state_of(job))
    failed = (JobState.FAILED, 3)
    assert states == [(JobState.QUEUED, 1), (JobState.QUEUED, 2), failed, failed]
    assert job.message == "已尝试 3 次仍未完成（ZeroDivisionError），请联系管理员查看日志后重新发起"


def test_a_job_whose_workers_die_is_given_up_after_three_tries(work):
    work(lambda context: {})
    job = enqueue(kind="sample")
    for _ in range(3):
        claim(job.pk)
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_job(job.pk)
    assert state_of(job) == (JobState.FAILED, 4)
    assert job.message == "已尝试 3 次仍未完成，请联系管理员查看日志后重新发起"


def test_a_refusal_is_final_and_in_its_own_words(work):
    @work
    def refusing(context):
        raise JobRefusedError("文件里没有可导入的行")

    job = enqueue(kind="sample")
    run_job(job.pk)
    assert state_of(job) == (JobState.FAILED, 1)
    assert job.message == "文件里没有可导入的行"


def test_a_job_past_its_time_limit_is_not_tried_again(work):
    @work
    def endless(context):
        raise SoftTimeLimitExceeded

    job = enqueue(kind="sample")
    run_job(job.pk)
    assert state_of(job) == (JobState.FAILED, 1)
    assert job.message == "运行超过时限，已停止；请拆分后重新发起"


def test_a_poisonous_job_does_not_keep_the_others_from_running(work):
    @work
    def sometimes(context):
        if context.params.get("bad"):
            raise ValueError
        return {"ok": True}

    bad, good = enqueue(kind="sample", params={"bad": True}), enqueue(kind="sample")
    run(job_id=bad.pk)
    assert (state_of(bad), state_of(good)) == ((JobState.QUEUED, 1), (JobState.DONE, 1))


def test_a_worker_that_lost_its_lease_writes_nothing(work):
    seen = []

    @work
    def slow(context):
        Job.objects.update(lease_owner="another")
        with pytest.raises(LeaseLostError):
            context.assert_lease()
        seen.append(True)
        return {"late": True}

    job = enqueue(kind="sample")
    run_job(job.pk)
    assert seen == [True]
    assert state_of(job) == (JobState.RUNNING, 1)
    assert (job.lease_owner, job.result) == ("another", {})


def test_progress_after_a_takeover_stops_the_handler(work):
    @work
    def slow(context):
        Job.objects.update(lease_owner="another")
        context.progress(1, 2)
        raise AssertionError("must not get here")

    job = enqueue(kind="sample")
    run_job(job.pk)
    assert (state_of(job), job.done) == ((JobState.RUNNING, 1), 0)


def test_a_queued_job_is_cancelled_at_once(work):
    work(lambda context: {})
    job = enqueue(kind="sample", key="tally:2023H1")
    assert cancel(job) is True
    run_job(job.pk)
    assert state_of(job) == (JobState.CANCELLED, 0)
    assert enqueue(kind="sample", key="tally:2023H1").pk != job.pk


def test_a_running_job_stops_at_its_next_checkpoint_when_cancelled(work):
    @work
    def long(context):
        assert cancel(context.job) is True
        context.progress(1, 9)
        raise AssertionError("must not get here")

    job = enqueue(kind="sample")
    run_job(job.pk)
    assert state_of(job) == (JobState.CANCELLED, 1)
    assert job.message == "已取消，未写入任何内容"
    assert cancel(job) is False
