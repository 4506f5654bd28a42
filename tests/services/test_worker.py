"""The whole way with a real worker: on files and SQLite, and on Redis and PostgreSQL."""

import pytest
from django.db import connection

from jobs.models import Job, JobState
from jobs.services import enqueue
from jobs.tasks import sweep
from tests.services.conftest import wait_for

pytestmark = pytest.mark.usefixtures("publishing")


def done(job):
    job.refresh_from_db()
    return job.state == JobState.DONE


def test_a_worker_does_what_a_saved_form_asked_for(start_worker):
    start_worker()
    job = enqueue(kind="test.add", params={"numbers": [1, 2, 39]})
    wait_for(lambda: done(job), "job done")
    assert (job.result["sum"], job.attempts) == (42, 1)


def test_a_job_whose_worker_is_killed_is_finished_by_another_from_where_it_was(start_worker, tmp_path):
    first = start_worker()
    job = enqueue(kind="test.hang_at_first", params={"reached": str(tmp_path / "reached")})
    wait_for((tmp_path / "reached").exists, "first worker half-way")
    first.kill()
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts) == (JobState.RUNNING, 3, 1)
    start_worker()
    wait_for(lambda: done(job) or (sweep() and done(job)), "job done by the second worker")
    assert (job.attempts, job.result) == (2, {"workers": 2, "steps": 10})


def test_jobs_queued_while_no_worker_ran_are_done_by_the_next_one(start_worker):
    start_worker().kill()
    jobs = [enqueue(kind="test.add", params={"numbers": [n]}) for n in range(5)]
    start_worker()
    wait_for(lambda: Job.objects.filter(state=JobState.DONE).count() == 5, "all jobs done")
    assert [Job.objects.get(pk=job.pk).result["sum"] for job in jobs] == [0, 1, 2, 3, 4]
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


def test_two_workers_do_each_job_once(start_worker):
    start_worker()
    start_worker()
    for number in range(12):
        enqueue(kind="test.add", params={"numbers": [number]})
    wait_for(lambda: Job.objects.filter(state=JobState.DONE).count() == 12, "all jobs done")
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    assert connection.vendor in ("sqlite", "postgresql")
