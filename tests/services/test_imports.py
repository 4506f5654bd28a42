"""An import whose worker is killed (-9) at every step: nothing half-done, and the next worker ends what was begun."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.models import Enterprise
from imports.models import BatchState, ImportBatch
from imports.plans.progress import CHECKING, LOOKING, READING, WRITING
from imports.writing.services import confirm, take_in
from imports.writing.undo import ask_undo
from jobs.models import Job, JobState
from jobs.tasks import sweep
from ledger.models import EntryEvent, ProblemEntry, SurveyForm
from tests.imports.books import form_row, surveys
from tests.services.conftest import wait_for

pytestmark = pytest.mark.usefixtures("publishing")
ROWS = 1200
MADE = (SurveyForm, ProblemEntry, EntryEvent, Enterprise)


def made():
    return [model.objects.count() for model in MADE]


class Import:
    def __init__(self, start_worker, batch):
        self.start_worker, self.pk, self.worker = start_worker, batch.pk, None

    @property
    def batch(self):
        return ImportBatch.objects.select_related("job").get(pk=self.pk)

    def wake(self):
        self.worker = self.worker or self.start_worker()
        sweep()

    def seen(self):
        return self.batch.state, self.batch.rows.count(), made()

    def killed_while(self, *steps, then):
        """Starts a worker and kills it at one of these steps: all of what it does is there (`then`), or nothing."""
        before = self.seen()
        self.wake()
        wait_for(lambda: self.is_at(steps) or self.seen() == then, f"the worker at {steps}")
        self.worker.kill()
        self.worker = None
        assert self.seen() in (before, then)
        wait_for(lambda: self.batch.job.state == JobState.DONE or sweep(), "the lease of the dead worker ended")

    def is_at(self, steps):
        job = Job.objects.get(pk=self.batch.job_id)
        return job.state == JobState.RUNNING and job.message.startswith(steps)

    def finished(self, state):
        self.wake()
        wait_for(lambda: self.batch.state == state, f"batch {state}")
        wait_for(lambda: self.batch.job.state == JobState.DONE, "job done")


@pytest.fixture
def bring(start_worker, admin, tmp_path):
    path = surveys(tmp_path / "样例.xlsx", [form_row(number) for number in range(1, ROWS + 1)])
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return Import(start_worker, take_in(kind="surveys", file=file, actor=admin)[0])


def test_an_import_survives_the_death_of_its_worker_at_every_step(bring, admin):
    before, after = made(), [count + ROWS for count in made()]
    bring.killed_while(READING, then=(BatchState.PLANNED, ROWS, before))
    bring.killed_while(LOOKING, CHECKING, then=(BatchState.PLANNED, ROWS, before))
    bring.finished(BatchState.PLANNED)
    assert (bring.batch.rows.count(), made()) == (ROWS, before)
    confirm(bring.batch, actor=admin)
    bring.killed_while(WRITING, then=(BatchState.APPLIED, ROWS, after))
    bring.finished(BatchState.APPLIED)
    assert made() == after
    ask_undo(bring.batch, actor=admin)
    bring.killed_while("", then=(BatchState.UNDONE, ROWS, before))
    bring.finished(BatchState.UNDONE)
    assert made() == before
