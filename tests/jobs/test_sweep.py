"""Forgotten jobs: whose message, worker or broker was lost."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.services import enqueue
from jobs.tasks import sweep

pytestmark = pytest.mark.django_db
AGO = timedelta(minutes=5)


def test_only_forgotten_jobs_are_woken():
    fresh, old, dead, held = (enqueue(kind="sample") for _ in range(4))
    Job.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - AGO)
    Job.objects.filter(pk=dead.pk).update(state=JobState.RUNNING, lease_until=timezone.now() - AGO)
    Job.objects.filter(pk=held.pk).update(state=JobState.RUNNING, lease_until=timezone.now() + AGO)
    for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        done = enqueue(kind="sample")
        Job.objects.filter(pk=done.pk).update(state=state, created_at=timezone.now() - AGO)
    assert sweep() == [old.pk, dead.pk]


def test_sweeping_and_saving_stay_fast_with_a_broker_that_is_gone(
    settings, dead_broker, django_capture_on_commit_callbacks
):
    settings.JOBS_PUBLISH = True
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(kind="sample")
    assert time.monotonic() - started < 5  # without the limits on retrying it would be minutes
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
