"""What people see while a file is read, and how they stop it."""

import pytest
from django.urls import reverse

from imports.models import ImportBatch
from imports.plans.progress import CHECKING, READING, Reporter
from imports.reading.parent import read_workbook
from jobs.models import Job
from jobs.runner import CancelledError, claim, run_job
from tests.imports.books import form_row, surveys
from tests.imports.test_pages import desk, page, path, planned, press, upload, work  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_progress_is_saved_once_a_second_with_errors_and_the_time_left():
    told, clock = [], Clock()
    report = Reporter(lambda *words: told.append(words), clock)
    for seconds, done, total, words, wrong in [
        (0, 0, 0, READING, 0), (0.5, 10, 100, READING, 0), (1, 20, 100, READING, 0),
        (1, 100, 1000, CHECKING, 0), (6, 200, 1000, CHECKING, 3), (6.9, 300, 1000, CHECKING, 3),
        (1001, 400, 1000, CHECKING, 3),
    ]:  # fmt: skip
        clock.now = 100 + seconds
        report(done, total, words, wrong)
    assert told == [
        (0, 0, READING),
        (20, 100, READING),
        (100, 1000, CHECKING),
        (200, 1000, f"{CHECKING}，已发现 3 处错误，约还需 20 秒"),
        (400, 1000, f"{CHECKING}，已发现 3 处错误，约还需 25 分钟"),
    ]


def test_the_page_shows_how_far_it_is_and_survives_a_reload(desk, path):  # noqa: F811
    upload(desk, path)
    batch = ImportBatch.objects.get()
    claim(batch.job_id)
    Job.objects.update(done=300, total=1000, message=f"{CHECKING}，已发现 3 处错误")
    part = desk.get(reverse("imports:batch-detail", args=[batch.pk]), {"poll": 1}).content.decode()
    for shown in (part, page(desk, batch), page(desk, batch)):
        assert "已发现 3 处错误" in shown
        assert "300 / 1000 行（30%）" in shown
        assert 'value="30"' in shown
    assert "取消导入" in page(desk, batch)


def test_a_reading_that_is_cancelled_stops_soon_and_stages_nothing(desk, path):  # noqa: F811
    upload(desk, path)
    batch = ImportBatch.objects.get()
    claim(batch.job_id)
    press(desk, "cancel", batch)
    batch.refresh_from_db()
    assert (batch.state, batch.job.cancel_requested) == ("cancelled", True)
    assert "已取消，没有写入任何内容" in page(desk, batch)
    ImportBatch.objects.update(state="uploaded")  # as its worker, which began before, still sees it
    Job.objects.update(state="queued")
    run_job()
    batch.refresh_from_db()
    assert (batch.job.state, batch.rows.count()) == ("cancelled", 0)


def test_the_parser_is_stopped_when_nobody_wants_its_answer(tmp_path):
    def unwanted(done, known):
        raise CancelledError

    with pytest.raises(CancelledError):
        read_workbook(surveys(tmp_path / "样例.xlsx", [form_row()]), "样例.xlsx", progress=unwanted)


def test_once_writing_has_begun_cancelling_is_refused_in_words(desk, planned):  # noqa: F811
    press(desk, "confirm", planned)
    assert "取消导入" not in page(desk, planned)
    answer = press(desk, "cancel", planned)
    assert "写入已经开始或批次已经结束，不能取消" in answer.content.decode()
    Job.objects.filter(pk=ImportBatch.objects.get().job_id).update(cancel_requested=True)
    work()
    planned.refresh_from_db()
    assert planned.state == "applied"


def test_a_write_that_gave_up_can_be_cancelled_or_started_again(desk, planned):  # noqa: F811
    press(desk, "confirm", planned)
    Job.objects.filter(kind="imports.apply").update(state="failed", key=None, message="已尝试 3 次仍未完成")
    assert "重新写入" in page(desk, planned)
    press(desk, "cancel", planned)
    planned.refresh_from_db()
    assert planned.state == "cancelled"
