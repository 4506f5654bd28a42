"""Who gets a job when several ask at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.runner import claim
from jobs.services import enqueue

pytestmark = pytest.mark.django_db


def together(count, work):
    """Runs `work` in so many threads that start as one; gives back what each returned."""
    barrier, answers = Barrier(count), []

    def body():
        try:
            barrier.wait(timeout=20)
            answers.append(work())
        finally:
            connection.close()

    threads = [Thread(target=body) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_exactly_one_of_six_threads_claims_a_job(turn):
    job = enqueue(kind="sample")
    answers = together(6, lambda: claim(job.pk))
    assert len(answers) == 6
    assert [answer.pk for answer in answers if answer] == [job.pk]
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.RUNNING, 1)


@pytest.mark.django_db(transaction=True)
def test_six_threads_claim_six_jobs_once_each():
    jobs = [enqueue(kind="sample") for _ in range(6)]
    answers = together(6, lambda: [taken.pk for taken in iter(claim, None)])
    assert sorted(pk for taken in answers for pk in taken) == sorted(job.pk for job in jobs)


def test_a_held_job_is_left_alone_until_its_lease_ends():
    job = enqueue(kind="sample")
    assert claim(job.pk).pk == job.pk
    assert claim(job.pk) is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = claim(job.pk)
    assert (again.pk, again.attempts) == (job.pk, 2)


def test_jobs_are_claimed_in_the_order_they_came():
    jobs = [enqueue(kind="sample") for _ in range(3)]
    assert [claim().pk for _ in range(3)] == [job.pk for job in jobs]
    assert claim() is None
