"""The user's own file comes back with its wrong cells coloured, commented and listed, and imports once corrected."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from django.urls import reverse
from openpyxl.comments import Comment
from openpyxl.styles import Font

from accounts.models import ExportLog
from imports.models import ImportBatch
from imports.pages import marked as marking_pages
from imports.reading.marking import AUTHOR, CORRECTED, WRONG
from jobs.exports import folder
from jobs.models import Job
from jobs.runner import CancelledError
from tests.imports.books import HEADINGS, changed_member, form_row, surveys, xlsx
from tests.imports.test_pages import desk, page, upload, work  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[1] / "samples" / "formats"


def brought(desk, path):  # noqa: F811
    upload(desk, path)
    work()
    return ImportBatch.objects.order_by("-id").first()


def marked(desk, batch):  # noqa: F811
    """The name and content of the download."""
    answer = desk.get(reverse("imports:batch-marked", args=[batch.pk]))
    assert answer.status_code == 200, answer.headers
    return unquote(re.search(r"UTF-8''(.*)", answer["Content-Disposition"])[1]), answer.content


def book_of(content):
    return openpyxl.load_workbook(io.BytesIO(content), rich_text=True)


@pytest.fixture
def path(tmp_path):
    """A wrong date, a wrong amount; styles, widths, a merged cell, formulas, a comment of theirs, another sheet."""
    rows = [form_row(1), form_row(2, 走访日期="2023-13-01"), form_row(3, **{"涉及金额(万元)": "若干"})]
    path = surveys(tmp_path / "司法局报送.xlsx", rows)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["B2"].font, sheet.column_dimensions["B"].width = Font(bold=True, color="FF00AA00"), 44
    sheet["F3"].comment = Comment("请核对", "某人")
    sheet["I4"] = '=CONCATENATE("甲","乙")'
    other = book.create_sheet("底稿")
    other["A1"], other["A2"] = "=1+1", "='汇总'!B2"
    other["A3"].value, other["A3"].data_type = "=cmd|' /C calc'!A0", "s"
    other.merge_cells("C1:D2")
    book.save(path)
    return path


def test_wrong_cells_are_coloured_commented_and_listed_and_the_rest_is_as_it_was(desk, path):  # noqa: F811
    name, content = marked(desk, brought(desk, path))
    book = book_of(content)
    sheet, other, listed = book["汇总"], book["底稿"], book.worksheets[0]
    assert (name, book.sheetnames, book.active.title) == (
        "司法局报送-问题标注.xlsx", ["问题清单", "汇总", "底稿"], "问题清单",
    )  # fmt: skip
    coloured = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == WRONG]
    assert coloured == ["F3", "I4", "J4"]
    assert sheet["F3"].comment.text == "请核对\n日期“2023-13-01”不存在，请改正"
    assert (sheet["J4"].comment.author, "无法识别" in sheet["J4"].comment.text) == (AUTHOR, True)
    assert (sheet["B2"].font.b, sheet["B2"].font.color.rgb, sheet.column_dimensions["B"].width) == (
        True, "FF00AA00", 44,
    )  # fmt: skip
    assert (sheet["I4"].value, other["A1"].value, other["A2"].value) == (
        '=CONCATENATE("甲","乙")',
        "=1+1",
        "='汇总'!B2",
    )
    assert (other["A3"].value, other["A3"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert [str(merged) for merged in other.merged_cells.ranges] == ["C1:D2"]
    assert [cell.value for cell in listed[4]][1:5] == ["汇总", "F3", "走访日期", "2023-13-01"]
    assert listed["C4"].hyperlink.location == "'汇总'!F3"
    assert [other.sheet_view.tabSelected for other in book.worksheets] == [True, False, False]
    assert ExportLog.objects.get(what="导入文件的问题标注").query.startswith("批次")


def test_a_marked_file_that_is_corrected_imports_and_is_marked_afresh(desk, path, tmp_path):  # noqa: F811
    book = book_of(marked(desk, brought(desk, path))[1])
    book["汇总"]["F3"], book["汇总"]["I4"] = "2023-05-13", "货款"
    corrected = tmp_path / "改正.xlsx"
    book.save(corrected)
    batch = brought(desk, corrected)
    assert (batch.figures["rows"], batch.figures["created"], batch.figures["wrong"]) == (3, 2, 1)
    assert "上次下载时系统加的，已略过" in page(desk, batch)
    again = book_of(marked(desk, batch)[1])
    assert again.sheetnames == ["问题清单", "汇总", "底稿"]
    coloured = [cell.coordinate for row in again["汇总"].iter_rows() for cell in row if cell.fill.fgColor.rgb == WRONG]
    assert coloured == ["J4"]


def test_cells_corrected_on_the_preview_come_back_corrected(desk, path):  # noqa: F811
    batch = brought(desk, path)
    row = batch.rows.get(row_no=3)
    row.values |= {"corrected": {"visited_on": {"now": "2023-05-13", "was": "2023-13-01", "by": "管理员", "at": ""}}}
    assert row.values["at"]["visited_on"] == "F3"
    row.outcome, row.errors = "create", []
    row.save()
    book = book_of(marked(desk, batch)[1])
    cell, listed = book["汇总"]["F3"], book.worksheets[0]
    assert (cell.value, cell.fill.fgColor.rgb) == ("2023-05-13", CORRECTED)
    assert cell.comment.text == "请核对\n已改为“2023-05-13”（管理员）"
    assert [cell.value for cell in listed[4]][2:] == ["F3", "走访日期", "2023-13-01", "已改为“2023-05-13”（管理员）"]


def test_a_wrong_merged_cell_is_marked_where_it_shows(desk, tmp_path):  # noqa: F811
    rows = [HEADINGS, form_row(1, 走访单位="某单位"), form_row(2, 走访单位="")]
    path = xlsx(tmp_path / "合并.xlsx", {"汇总": rows}, {"汇总": [(1, 3, 2, 3, "某单位")]})
    sheet = book_of(marked(desk, brought(desk, path))[1])["汇总"]
    assert [sheet["D2"].fill.fgColor.rgb, "某单位" in sheet["D2"].comment.text] == [WRONG, True]


def test_macros_are_kept(desk, tmp_path):  # noqa: F811
    path = surveys(tmp_path / "宏.xlsx", [form_row(1, 走访日期="去年")])
    types = zipfile.ZipFile(path).read("[Content_Types].xml").decode()
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = types.replace(main, "application/vnd.ms-excel.sheet.macroEnabled.main+xml").replace(
        "</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    )
    changed_member(path, "[Content_Types].xml", types)
    changed_member(path, "xl/vbaProject.bin", b"macros")
    name, content = marked(desk, brought(desk, path.rename(tmp_path / "宏.xlsm")))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert (name, archive.read("xl/vbaProject.bin")) == ("宏-问题标注.xlsm", b"macros")
    assert "去年" in str([cell.value for cell in book_of(content)["汇总"][2]])


@pytest.mark.parametrize("name", ["biff8.xls", "表.ods", "gbk.csv", "office-html.xls"])
def test_other_formats_come_back_as_xlsx_with_the_same_cells(desk, name):  # noqa: F811
    given, content = marked(desk, brought(desk, SAMPLES / name))
    book = book_of(content)
    listed, sheet = book.worksheets
    assert (given, f"原文件是 {Path(name).suffix}" in listed["A2"].value) == (f"{Path(name).stem}-问题标注.xlsx", True)
    assert [sheet["A2"].value, sheet["B4"].fill.fgColor.rgb] == ["甲样例有限公司", WRONG]
    assert listed["C4"].hyperlink.location == f"'{sheet.title}'!{listed['C4'].value}"


def test_a_zip_gives_its_wrong_files_marked_and_one_list(desk, tmp_path):  # noqa: F811
    packed = tmp_path / "各单位.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for folder, day in (("甲", "去年"), ("乙", "前年"), ("丙", date(2023, 5, 12))):
            archive.write(surveys(tmp_path / f"{folder}.xlsx", [form_row(1, 走访日期=day)]), f"{folder}/表.xlsx")
        archive.writestr("坏的.xlsx", b"PK\x03\x04 torn")
    name, content = marked(desk, brought(desk, packed))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert (name, archive.namelist()) == (
        "各单位-问题标注.zip", ["问题清单.xlsx", "甲/表-问题标注.xlsx", "乙/表-问题标注.xlsx"],
    )  # fmt: skip
    assert "前年" in book_of(archive.read("乙/表-问题标注.xlsx")).worksheets[1]["F2"].value
    listed = [row[1].value for row in book_of(archive.read("问题清单.xlsx")).active.iter_rows(min_row=4)]
    assert listed == ["坏的.xlsx", "甲/表.xlsx·汇总", "乙/表.xlsx·汇总"]


def test_a_file_without_errors_or_too_hard_to_mark_says_so(desk, path, tmp_path, monkeypatch):  # noqa: F811
    right = brought(desk, surveys(tmp_path / "对的.xlsx", [form_row(9)]))
    answer = desk.get(reverse("imports:batch-marked", args=[right.pk]), follow=True).content.decode()
    assert "没有有误的单元格，不需要标注" in answer
    batch = brought(desk, path)
    monkeypatch.setattr(marking_pages, "SECONDS", 0)
    answer = desk.get(reverse("imports:batch-marked", args=[batch.pk]), follow=True).content.decode()
    assert "请改用“下载有误的行”" in answer


@pytest.fixture
def large(monkeypatch):
    """Every file counts as one that takes longer than a request may."""
    monkeypatch.setattr(marking_pages, "AT_ONCE", 0)


def test_a_large_file_is_marked_by_a_worker_and_downloaded_from_the_exports(desk, path, large):  # noqa: F811
    batch = brought(desk, path)
    for _ in range(2):  # pressed twice it is one job
        answer = desk.get(reverse("imports:batch-marked", args=[batch.pk]), follow=True).content.decode()
    assert "较大，正在后台标注" in answer
    (job,) = Job.objects.filter(kind="imports.mark")
    assert f"{job.params['what']}" in answer
    work()
    job.refresh_from_db()
    assert (job.state, job.result["name"], job.result["rows"]) == ("done", "司法局报送-问题标注.xlsx", 2)
    given = desk.get(reverse("jobs:export-download", args=[job.pk]))
    assert unquote(given["Content-Disposition"]).endswith("司法局报送-问题标注.xlsx")
    assert "spreadsheetml" in given["Content-Type"]
    content = b"".join(given.streaming_content)
    assert book_of(content)["汇总"]["F3"].fill.fgColor.rgb == WRONG
    assert not list(folder().glob("*.json"))


def test_a_worker_says_why_a_file_cannot_be_marked_and_stops_when_asked(desk, path, large, monkeypatch):  # noqa: F811
    batch = brought(desk, path)
    batch.file.storage.delete(batch.file.name)
    desk.get(reverse("imports:batch-marked", args=[batch.pk]))
    work()
    job = Job.objects.get(kind="imports.mark")
    assert (job.state, job.message) == ("failed", "原文件已不在，请重新上传；有误的行仍可以下载")
    again = brought(desk, surveys(path.with_name("又.xlsx"), [form_row(1, 走访日期="去年")]))

    def cancelled(words):
        raise CancelledError

    with pytest.raises(CancelledError):
        marking_pages.write_marked(again, path.with_name("out"), step=cancelled)
