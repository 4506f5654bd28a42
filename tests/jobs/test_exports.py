import os
import time
from errno import ENOSPC
from io import BytesIO
from itertools import islice

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.models import ExportLog
from common.books import sheets
from common.books.sheets import Column, workbook
from common.rows import keyed
from common.rows.keyed import KeyedRows
from jobs.exports import folder, sweep_exports
from jobs.models import Job
from jobs.runner import run_job
from ledger.models import Recovery, ServiceActivity
from tests.factories import ActivityFactory, RecoveryFactory

pytestmark = pytest.mark.django_db
LIST = reverse("jobs:export-list")


@pytest.fixture(autouse=True)
def two_rows_at_once(settings, tmp_path):
    settings.EXPORT_DIRECT_ROWS = 2
    settings.MEDIA_ROOT = tmp_path


def export(client, **query):
    return client.get(reverse("ledger:activity-export"), query)


def finished(client) -> Job:
    job = Job.objects.latest("pk")
    run_job(job.pk)
    job.refresh_from_db()
    return job


def rows_of(answer) -> list[list]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_large_list_is_written_by_a_worker_as_the_page_shows_it(client, unit_leader, police, court):
    ActivityFactory.create_batch(2, unit=police, summary="=1+1")
    ActivityFactory.create_batch(3, unit=court)
    client.force_login(unit_leader)
    direct = rows_of(export(client))
    ActivityFactory(unit=police, kind="duty")
    assert export(client, kind="").url == LIST
    job = finished(client)
    assert (job.state, job.result["rows"], job.done) == ("done", 3, 3)
    answer = client.get(reverse("jobs:export-download", args=[job.pk]))
    written = rows_of(answer)
    assert answer["X-Rows"] == "3"
    assert written[0] == direct[0]
    assert len([row for row in written if row[0] and "导出人" not in str(row[0])]) == 4 + 1  # 合计
    assert "共 3 行" in str(written[-1][0])
    assert list(ExportLog.objects.order_by("pk").values_list("what", "query", "rows")) == [
        ("服务活动", "", 2),
        ("服务活动", "kind=", 3),
    ]


def test_asked_for_twice_it_is_written_once_and_only_its_owner_gets_it(client, unit_leader, admin, police):
    ActivityFactory.create_batch(3, unit=police)
    client.force_login(unit_leader)
    export(client)
    export(client)
    assert Job.objects.count() == 1
    job = finished(client)
    assert "下载" in client.get(LIST).content.decode()
    client.force_login(admin)
    assert client.get(reverse("jobs:export-download", args=[job.pk])).status_code == 404


def test_whoever_lost_the_right_meanwhile_gets_nothing(client, unit_leader, police):
    ActivityFactory.create_batch(3, unit=police)
    client.force_login(unit_leader)
    export(client)
    unit_leader.is_active = False
    unit_leader.save()
    job = finished(client)
    assert (job.state, job.message) == ("failed", "发起人的账号已停用，未导出")
    assert list(folder().glob("*")) == []


def asked_for(client, unit_leader, police) -> None:
    ActivityFactory.create_batch(3, unit=police)
    client.force_login(unit_leader)
    export(client)


def test_rows_deleted_meanwhile_are_named_in_the_book_and_on_the_page(client, unit_leader, police, monkeypatch):
    asked_for(client, unit_leader, police)

    class GoneMeanwhile(KeyedRows):
        def __iter__(self):
            ServiceActivity.objects.latest("pk").delete()
            return super().__iter__()

    monkeypatch.setattr(keyed, "FEW", 2)
    monkeypatch.setattr("accounts.trail.exports.KeyedRows", GoneMeanwhile)
    job = finished(client)
    assert (job.state, job.result["rows"]) == ("done", 2)
    assert "2 行，另有 1 行在导出期间被删除或不再符合条件" in client.get(LIST).content.decode()
    told = rows_of(client.get(reverse("jobs:export-download", args=[job.pk])))[-1][0]
    assert told.startswith("共 2 行　另有 1 行在导出期间被删除或不再符合条件，未列入　导出人：")


def test_a_file_that_lacks_rows_is_thrown_away(client, unit_leader, police, monkeypatch):
    asked_for(client, unit_leader, police)

    class Lost(KeyedRows):
        def __iter__(self):
            return islice(super().__iter__(), 2)

    monkeypatch.setattr("accounts.trail.exports.KeyedRows", Lost)
    job = finished(client)
    assert (job.state, job.message) == ("failed", "查询得 3 行，写出 2 行，文件已作废，请联系管理员")
    assert not list(folder().glob("*"))


def test_a_full_disk_is_told_at_once_and_leaves_nothing(client, unit_leader, police, monkeypatch):
    asked_for(client, unit_leader, police)

    class Full(KeyedRows):
        def __iter__(self):
            yield from islice(super().__iter__(), 1)
            raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("accounts.trail.exports.KeyedRows", Full)
    job = finished(client)
    assert (job.state, job.message) == ("failed", "服务器磁盘已满，未导出；请联系管理员清理磁盘后再导出一次")
    assert not list(folder().glob("*"))


def test_killed_half_way_it_is_written_anew(client, unit_leader, police, monkeypatch):
    asked_for(client, unit_leader, police)

    class Killed(KeyedRows):
        def __iter__(self):
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("accounts.trail.exports.KeyedRows", Killed)
        with pytest.raises(SystemExit):
            finished(client)
    Job.objects.update(lease_until=timezone.now())
    job = finished(client)
    assert (job.state, job.attempts, job.result["rows"]) == ("done", 2, 3)
    assert [path.name for path in folder().iterdir()] == [job.result["file"]]
    assert ExportLog.objects.count() == 1


def test_a_file_expires_and_is_swept(client, unit_leader, police):
    ActivityFactory.create_batch(3, unit=police)
    client.force_login(unit_leader)
    export(client)
    job = finished(client)
    [path] = folder().glob("*.xlsx")
    assert sweep_exports() == 0
    left = folder() / "sheets-killed"
    left.mkdir()
    for one in (path, left):
        os.utime(one, (time.time(), time.time() - 25 * 3600))
    assert client.get(reverse("jobs:export-download", args=[job.pk])).status_code == 404
    assert "已过期" in client.get(LIST).content.decode()
    assert (sweep_exports(), list(folder().glob("*"))) == (1, [])


def test_more_rows_than_a_sheet_holds_go_on_to_another(monkeypatch):
    monkeypatch.setattr(sheets, "SHEET_ROWS", 2)
    content, count = workbook("台账", [Column("数", lambda row: row, 8)], range(5), "样例")
    found = load_workbook(BytesIO(content))
    assert (count, found.sheetnames) == (5, ["台账", "台账（2）", "台账（3）"])
    assert [row[0].value for row in found["台账（3）"].iter_rows()] == ["数", 4, None, "共 5 行　样例"]


def test_many_rows_come_in_their_order_with_what_they_refer_to_read_once(
    police, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(keyed, "CHUNK", 2)
    monkeypatch.setattr(keyed, "FEW", 2)
    for amount in (3, 1, 2):
        RecoveryFactory(amount=amount, case=None, activity=ActivityFactory(unit=police), unit=police)
    rows = KeyedRows(Recovery.objects.select_related("activity__unit").order_by("-amount"))
    assert len(rows) == 3
    with django_assert_num_queries(6):  # two chunks, each with its activities and their unit
        assert [(row.amount, row.activity.unit.name) for row in rows] == [(n, police.name) for n in (3, 2, 1)]
