"""Asking for work: one active job a key, nothing lost between asking and running."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from jobs.models import Job, JobState
from jobs.runner import claim, run_job
from jobs.services import cancel, enqueue
from tests.jobs.test_claim import together

pytestmark = pytest.mark.django_db


def test_a_second_request_joins_the_queued_job():
    first = enqueue(kind="sample", key="tally:2023H1")
    assert enqueue(kind="sample", key="tally:2023H1").pk == first.pk
    assert Job.objects.get().again is False


def test_a_request_while_it_runs_makes_it_run_once_more(work):
    @work
    def tally(context):
        runs.append(context.job.attempts)
        if len(runs) == 1:
            enqueue(kind="sample", key="tally:2023H1")
            enqueue(kind="sample", key="tally:2023H1")
        return {"run": len(runs)}

    runs = []
    job = enqueue(kind="sample", key="tally:2023H1")
    while run_job() is not None:
        pass
    job.refresh_from_db()
    assert (runs, job.state, job.result, job.key) == ([1, 1], JobState.DONE, {"run": 2}, None)


def test_a_request_after_a_cancellation_is_not_cancelled_with_it(work):
    @work
    def tally(context):
        runs.append(1)
        if len(runs) == 1:
            cancel(context.job)
            enqueue(kind="sample", key="tally:2023H1")
        context.progress(1, 1)
        return {"whole": True}

    runs = []
    job = enqueue(kind="sample", key="tally:2023H1")
    while run_job() is not None:
        pass
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"whole": True})


def test_a_job_of_a_period_runs_once_however_often_it_is_asked_for(work):
    work(lambda context: {})
    first = enqueue(kind="sample", key="digest:2026-11-22", once=True)
    run_job(first.pk)
    second = enqueue(kind="sample", key="digest:2026-11-22", once=True)
    assert (second.pk, second.state) == (first.pk, JobState.DONE)
    assert run_job() is None


def test_a_key_is_free_again_when_its_job_has_ended(work):
    work(lambda context: {})
    first = enqueue(kind="sample", key="tally:2023H1")
    run_job(first.pk)
    assert enqueue(kind="sample", key="tally:2023H1").pk != first.pk


def test_a_job_disappears_with_the_transaction_that_asked_for_it():
    with transaction.atomic():
        enqueue(kind="sample")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_six_requests_at_once_make_one_job():
    answers = together(6, lambda: enqueue(kind="sample", key="tally:2023H1").pk)
    assert answers == [Job.objects.get().pk] * 6


@pytest.mark.django_db(transaction=True)
def test_a_queued_job_that_was_joined_starts_only_when_the_new_data_can_be_seen():
    job = enqueue(kind="sample", key="tally:2023H1")
    joined, seen = Event(), []

    def worker():
        joined.wait(timeout=20)
        seen.append((claim(job.pk).pk, Job.objects.filter(kind="new data").count()))
        connection.close()

    thread = Thread(target=worker)
    thread.start()
    with transaction.atomic():
        enqueue(kind="sample", key="tally:2023H1")
        joined.set()
        thread.join(timeout=0.5)
        assert seen == []
        Job.objects.create(kind="new data")
    thread.join(timeout=30)
    assert seen == [(job.pk, 1)]
