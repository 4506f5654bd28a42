"""The same file sent many times at once, really committing, on whichever database the suite runs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from imports.models import ImportBatch
from imports.writing.services import cancel_batch, take_in
from jobs.models import Job
from tests.imports.books import form_row, surveys
from tests.ledger.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


def test_twenty_at_once_are_one_batch_and_one_reading(admin, tmp_path):
    data = surveys(tmp_path / "样例.xlsx", [form_row(1)]).read_bytes()

    def send(number, barrier):
        file = SimpleUploadedFile(f"样例{number}.xlsx", data)
        barrier.wait()
        return take_in(kind="surveys", file=file, actor=admin)

    for _ in range(2):  # what was cancelled may be sent again: all twenty are then one new batch
        taken = together(AT_ONCE, send)
        waiting = ImportBatch.objects.exclude(state="cancelled").get()
        assert {batch.pk for batch, _ in taken} == {waiting.pk}
        assert sum(batch != earlier for batch, earlier in taken) == 1
        assert Job.objects.filter(kind="imports.read", params={"batch": waiting.pk}).count() == 1
        cancel_batch(waiting)
