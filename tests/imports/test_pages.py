"""Upload, preview, confirm: through HTTP, with the jobs run as a worker runs them."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import ExportLog
from enterprises.models import Enterprise
from imports.models import ImportBatch, ImportRow
from imports.plans.summary import summarise
from imports.resources.kinds import RESOURCES
from imports.tasks import apply as apply_task
from imports.tasks import read as read_task
from jobs.models import Job
from jobs.runner import JobContext, claim, run_job
from ledger.models import SurveyForm
from tests.factories import EnterpriseFactory
from tests.factories.enterprises import uscc
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_writing import CASES, TODAY, case_row
from tests.imports.whole import make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def upload(desk, *paths, kind="surveys"):
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    return desk.post(reverse("imports:upload"), {"kind": kind, "files": files}, follow=True)


def work():
    while run_job():
        pass


def press(desk, what, batch):
    return desk.post(reverse(f"imports:batch-{what}", args=[batch.pk]), follow=True)


def page(desk, batch, **query):
    return desk.get(reverse("imports:batch-detail", args=[batch.pk]), query).content.decode()


@pytest.fixture
def path(tmp_path):
    return surveys(tmp_path / "样例.xlsx", [form_row(1), form_row(2, 走访日期="2023-13-01"), form_row(3), form_row(3)])


@pytest.fixture
def planned(desk, path):
    upload(desk, path)
    work()
    return ImportBatch.objects.get()


def test_the_preview_shows_all_parts_and_writes_nothing(desk, planned):
    shown = page(desk, planned)
    assert "4 = 新增 2 + 更新 0 + 无变化 0 + 重复 1 + 有误 1" in " ".join(shown.split())
    assert "汇总!F3" in shown
    assert "日期“2023-13-01”不存在" in shown
    assert "与 汇总第4行 是同一张表" in page(desk, planned, outcome="duplicate")
    assert (planned.state, SurveyForm.objects.count()) == ("planned", 0)


def test_confirming_writes_the_right_rows_and_links_the_records(desk, planned):
    press(desk, "confirm", planned)
    work()
    planned.refresh_from_db()
    assert (planned.state, planned.result["created"], SurveyForm.objects.count()) == ("applied", 2, 2)
    made = ImportRow.objects.filter(batch=planned, outcome="create").values_list("object_id", flat=True)
    assert set(made) == set(SurveyForm.objects.values_list("pk", flat=True))
    first = SurveyForm.objects.order_by("pk").first()
    assert reverse("ledger:survey-detail", args=[first.pk]) in page(desk, planned, outcome="create")


def test_the_same_bytes_are_recognised_and_shown_with_what_came_of_them(desk, planned, path):
    answer = upload(desk, path)
    assert answer.redirect_chain[-1][0] == reverse("imports:batch-detail", args=[planned.pk])
    assert "是同一个文件（待确认）" in answer.content.decode()
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "told", "read_again"),
    [
        ("uploaded", "（等待读取）：正在读取，还没有结果；没有重复读取", False),
        ("planned", "（待确认）：可写入 2 行，等待确认；没有重复读取", False),
        ("applying", "（写入中）：正在写入 2 行；没有重复读取", False),
        ("applied", "（已导入）：新增 2 行、更新 0 行；没有重复读取", False),
        ("failed", "（无法导入）：读不成；这次重新读取", True),
        ("cancelled", "（已取消）：读不成；这次重新读取", True),
        ("undone", "（已撤销）：曾写入 2 行，已撤销；这次重新读取", True),
    ],
)
def test_what_came_of_the_same_bytes_is_told_in_every_state(desk, planned, path, state, told, read_again):
    ImportBatch.objects.update(state=state, message="读不成")
    shown = upload(desk, path).content.decode()
    link = f'<a href="{reverse("imports:batch-detail", args=[planned.pk])}">“样例.xlsx”</a>是同一个文件'
    assert f"{link}{told}" in shown
    assert ImportBatch.objects.count() == 1 + read_again


def test_the_same_bytes_twice_in_one_upload_are_read_once(desk, path, tmp_path):
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(path.read_bytes())
    answer = upload(desk, path, copy, surveys(tmp_path / "另.xlsx", [form_row(7)])).content.decode()
    assert ("“副本.xlsx”与" in answer, "已收到 2 个文件" in answer, ImportBatch.objects.count()) == (True, True, 2)


def test_pressing_confirm_twice_writes_once(desk, planned):
    press(desk, "confirm", planned)
    answer = press(desk, "confirm", planned)
    assert "状态已经改变" in answer.content.decode()
    work()
    assert (SurveyForm.objects.count(), Job.objects.filter(kind="imports.apply").count()) == (2, 1)


def test_a_register_that_changed_since_the_preview_is_shown_again_not_written(desk, planned):
    press(desk, "confirm", planned)
    EnterpriseFactory(name="津市市样例企业0001公司", uscc=uscc(1))
    work()
    planned.refresh_from_db()
    assert (planned.state, SurveyForm.objects.count()) == ("planned", 0)
    assert "预览之后系统里的数据有变化" in page(desk, planned)
    press(desk, "confirm", planned)
    work()
    assert SurveyForm.objects.count() == 2


def test_an_admin_who_lost_the_role_writes_nothing(desk, planned, admin):
    press(desk, "confirm", planned)
    admin.role = "staff"
    admin.save()
    work()
    planned.refresh_from_db()
    assert (planned.state, SurveyForm.objects.count()) == ("planned", 0)


def test_cancelling_leaves_nothing_and_can_be_read_again(desk, planned):
    press(desk, "cancel", planned)
    assert "取消" in page(desk, planned)
    answer = press(desk, "confirm", planned)
    assert "状态已经改变" in answer.content.decode()
    press(desk, "retry", planned)
    work()
    planned.refresh_from_db()
    assert (planned.state, SurveyForm.objects.count()) == ("planned", 0)


def test_a_job_that_gave_up_says_so_and_can_be_started_again(desk, path):
    upload(desk, path)
    batch = ImportBatch.objects.get()
    Job.objects.update(state="failed", key=None, message="已尝试 3 次仍未完成")
    assert "已尝试 3 次仍未完成" in page(desk, batch)
    press(desk, "retry", batch)
    work()
    batch.refresh_from_db()
    assert batch.state == "planned"


def test_a_worker_killed_while_reading_or_writing_leaves_the_same_result(desk, path):
    upload(desk, path)
    read_task(JobContext(claim()))
    batch = ImportBatch.objects.get()
    assert (batch.state, read_task(JobContext(batch.job))) == ("planned", {})
    press(desk, "confirm", batch)
    context = JobContext(claim(ImportBatch.objects.get().job_id))
    apply_task(context)
    assert apply_task(context) == {}
    assert (SurveyForm.objects.count(), batch.rows.count()) == (2, 4)


def test_a_lost_lease_writes_nothing(desk, planned):
    press(desk, "confirm", planned)
    context = JobContext(claim(ImportBatch.objects.get().job_id))
    Job.objects.filter(pk=context.job.pk).update(lease_owner="another")
    with pytest.raises(Exception, match=str(context.job.pk)):
        apply_task(context)
    assert SurveyForm.objects.count() == 0


def test_a_file_of_another_kind_waits_and_says_which_headings_are_missing(desk, tmp_path):
    upload(desk, xlsx(tmp_path / "别的.xlsx", {"表": [["车牌", "颜色"], ["湘J", "蓝"]]}))
    work()
    batch = ImportBatch.objects.get()
    assert batch.state == "mapping"
    assert "工作表“表”缺少必需的列：企业名称、走访单位、走访日期" in page(desk, batch)


def test_a_file_without_anything_like_headings_is_not_read(desk, tmp_path):
    upload(desk, xlsx(tmp_path / "别的.xlsx", {"表": [["请勿修改"], ["湘J"]]}))
    work()
    batch = ImportBatch.objects.get()
    assert batch.state == "failed"
    assert "没有找到“征求意见调查表”的表头" in page(desk, batch)


def test_several_files_at_once_are_taken_and_a_wrong_one_keeps_the_form(desk, path, tmp_path):
    wrong = tmp_path / "程序.exe"
    wrong.write_bytes(b"MZ")
    answer = upload(desk, path, wrong).content.decode()
    assert "“程序.exe”不是表格" in answer
    assert '<option value="surveys" selected>' in answer
    assert ImportBatch.objects.count() == 1


def test_no_kind_or_no_file_is_said_beside_the_field(desk):
    shown = desk.post(reverse("imports:upload"), {"kind": ""}).content.decode()
    assert "请选择要导入的文件" in shown
    assert ImportBatch.objects.count() == 0


def test_wrong_rows_come_back_as_a_workbook_that_imports_once_corrected(desk, planned, tmp_path):
    content = desk.get(reverse("imports:batch-wrong", args=[planned.pk])).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert ("2023-13-01" in row["走访日期"], row["原位置"], "不存在" in row["错误原因"]) == (True, "汇总第3行", True)
    sheet.cell(2, heads.index("走访日期") + 1, "2023-05-13")
    corrected = tmp_path / "改正.xlsx"
    book.save(corrected)
    told = summarise(make_plan(corrected, corrected.name, "surveys", today=TODAY))
    assert (told["rows"], told["created"], told["wrong"], told["amount_yuan"]) == (1, 1, 0, 100000)


def test_wrong_rows_keep_the_unit_their_heading_had(desk, tmp_path):
    upload(desk, xlsx(tmp_path / "案件.xlsx", {"案件": [CASES, case_row(状态="在办")]}), kind="cases")
    work()
    content = desk.get(reverse("imports:batch-wrong", args=[ImportBatch.objects.get().pk])).content
    row = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).active[2]]
    assert "867000元" in row


@pytest.mark.parametrize("kind", RESOURCES)
def test_the_example_of_a_template_is_never_imported_nor_asked_about(desk, tmp_path, kind):
    path = tmp_path / "模板.xlsx"
    path.write_bytes(desk.get(reverse("imports:template", args=[kind])).content)
    made = make_plan(path, path.name, kind, today=TODAY)
    told = summarise(made)
    assert (told["rows"], told["accepted"], made.rows) == (0, 0, [])
    assert [skipped.reason for skipped in made.skipped] == ["模板自带的示例行"]
    assert made.notes == ["文件里只有模板自带的示例行，没有要导入的内容；请填好后再上传"]


def test_an_unknown_template_is_not_found(desk):
    assert desk.get(reverse("imports:template", args=["nothing"])).status_code == 404


def make_batches(count):
    for number in range(count):
        ImportBatch.objects.create(
            kind="surveys", name=f"样例{number}.xlsx", sha256=f"{number:064d}", size=1, summary={"figures": {"rows": 5}}
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(desk, rows, django_assert_num_queries):
    make_batches(rows)
    with django_assert_num_queries(8):
        shown = desk.get(reverse("imports:batch-list")).content.decode()
    assert f"样例{rows - 1}.xlsx" in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_preview_costs_the_same_however_long(desk, rows, tmp_path, django_assert_num_queries):
    upload(desk, surveys(tmp_path / "样例.xlsx", [form_row(number) for number in range(1, rows + 1)]))
    work()
    batch = ImportBatch.objects.get()
    with django_assert_num_queries(6):
        page(desk, batch, outcome="create")


def test_the_list_exports_what_is_filtered(desk):
    make_batches(3)
    answer = desk.get(reverse("imports:batch-export"), {"q": "样例1"})
    assert (answer["X-Rows"], ExportLog.objects.get().what) == ("1", "导入批次")


def test_checking_a_written_file_again_finds_nothing_new(desk, planned):
    press(desk, "confirm", planned)
    work()
    press(desk, "again", planned)
    work()
    again = ImportBatch.objects.order_by("-id").first()
    assert (again.figures["created"], again.figures["duplicates"], Enterprise.objects.count()) == (0, 3, 2)


def test_no_two_fields_of_the_list_page_share_an_id(client, admin):
    client.force_login(admin)
    ids = re.findall(r'\sid="([^"]+)"', client.get(reverse("imports:batch-list")).content.decode())
    assert sorted(ids) == sorted(set(ids))
