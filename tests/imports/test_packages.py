"""Workbooks whose parts are named, numbered or damaged in ways that our parser library does not expect."""

import io
import random
import re
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from imports.errors import UnreadableFileError
from imports.reading.limits import Limits
from imports.reading.marking import Mark, mark_file
from imports.reading.parent import read_workbook
from tests.imports.biff12 import sheet, xlsb
from tests.imports.books import changed_member, xlsx
from tests.imports.test_formats import SAMPLES

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["企业名称", "走访日期"], ["津市样例甲厂", date(2026, 5, 12)], ["津市样例乙厂", 3.5]]


@pytest.fixture
def book(tmp_path):
    return xlsx(tmp_path / "样例.xlsx", {"表一": ROWS, "表二": [["备注"], ["乙"]]})


def repacked(path, rename, rewrite=lambda name, content: content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(buffer, "w") as target:
        for info in source.infolist():
            content = rewrite(info.filename, source.read(info))
            new = zipfile.ZipInfo("x")
            new.filename = rename(info.filename)  # as it is: the constructor would make its signs plain
            target.writestr(new, content)
    path.write_bytes(buffer.getvalue())
    return path


def moved(folder):
    """The parts of `xl/` in another folder, or in none; the parts that point at them follow."""

    def rename(name):
        return name.replace("xl/", folder, 1) if name.startswith("xl/") else name

    def rewrite(name, content):
        return content.replace(b'"xl/', f'"{folder}'.encode()) if name == "_rels/.rels" else content

    return rename, rewrite


def with_parts_called_otherwise(name, content):
    if name == "xl/_rels/workbook.xml.rels":
        return content.replace(b"sharedStrings.xml", b"words.xml").replace(b"worksheets/", b"/xl/tables/of/")
    return content


OTHERWISE = {"xl/sharedStrings.xml": "xl/words.xml"}
DRESSES = {
    "backslashes": (lambda name: name.replace("/", "\\"), lambda _, content: content),
    "a leading slash": (lambda name: f"/{name}", lambda _, content: content),
    "another folder": moved("Book/"),
    "no folder": moved(""),
    "other names": (
        lambda name: OTHERWISE.get(name, name.replace("xl/worksheets/", "xl/tables/of/")),
        with_parts_called_otherwise,
    ),
    "capitals": (lambda name: name.replace("sharedStrings", "SharedStrings"), lambda _, content: content),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_a_part_is_found_by_what_points_at_it_whatever_it_is_called(book, dress):
    plain = read_workbook(book, book.name)
    found = read_workbook(repacked(book, *DRESSES[dress]), book.name)
    assert [(one.title, one.rows) for one in found.sheets] == [(one.title, one.rows) for one in plain.sheets]
    assert (found.notes, found.unread) == ([], [])


def test_what_the_library_leaves_out_is_found_under_other_names_too(book):
    """Error cells, hidden rows: looked for in the sheet's own part, wherever that is."""
    with zipfile.ZipFile(book) as archive:
        content = archive.read(SHEET).decode()
    content = content.replace('<c r="B3"><v>3.5</v></c>', "<c r='B3' t='e'><v>#N/A</v></c>").replace(
        '<row r="2"', '<row hidden="1" r="2"'
    )
    assert "#N/A" in content
    changed_member(book, SHEET, content)
    for dress in ("no folder", "backslashes"):
        found = read_workbook(repacked(book, *DRESSES[dress]), book.name)
        assert found.sheets[0].rows[2] == ["津市样例乙厂", "#N/A"]
        assert "有 1 个隐藏行（第 2 行）" in found.notes[0]
        repacked(book, lambda name: name.replace("\\", "/"))


def test_two_parts_of_one_name_are_refused(book):
    with zipfile.ZipFile(book) as archive:
        content = archive.read(SHEET)
    with zipfile.ZipFile(book, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, content.replace(b"3.5", b"4.5"))
    with pytest.raises(UnreadableFileError, match="两个同名的部分"):
        read_workbook(book, book.name)


def test_a_row_given_twice_is_never_read_as_one(tmp_path):
    """Whatever lies between the two, however far apart; the numbers of rows without one are left to the library."""
    rng = random.Random(7)
    for count in (3, 40, 30_000):
        path = xlsx(tmp_path / "样例.xlsx", {"表": [["企业名称"], *([f"津市样例{n}厂"] for n in range(count))]})
        first, second = sorted(rng.sample(range(2, count + 2), 2))
        with zipfile.ZipFile(path) as archive:
            content = archive.read(SHEET).decode()
        content = content.replace(f'<row r="{second}"', f'<row r="{first}"').replace(f'"A{second}"', f'"A{first}"')
        changed_member(path, SHEET, content)
        with pytest.raises(UnreadableFileError, match=f"第 {first} 行在文件里出现了两次"):
            read_workbook(path, path.name)
    bare = re.sub(r'<row r="\d+"', "<row", content)
    changed_member(path, SHEET, re.sub(r'(<c) r="A\d+"', r"\1", bare))
    assert len(read_workbook(path, path.name).sheets[0].rows) == count + 1


@pytest.mark.parametrize("spoil", ["damaged", "twice", "stretched"])
def test_a_sheet_that_cannot_be_read_is_told_and_the_others_are_read(book, spoil):
    with zipfile.ZipFile(book) as archive:
        content = archive.read(SHEET)
    spoiled = {
        "damaged": content[:-60],
        "twice": content.replace(b'<row r="3"', b'<row r="2"'),
        "stretched": content.replace(b'r="3"', b'r="1000000"').replace(b'"A3"', b'"A1000000"'),
    }
    changed_member(book, SHEET, spoiled[spoil])
    found = read_workbook(book, book.name)
    assert [one.title for one in found.sheets] == ["表二"]
    assert [name for name, _ in found.unread] == ["工作表“表一”"]
    assert found.unread[0][1].rstrip("。").endswith(("再上传", "后重试"))


def test_pictures_are_kept_out_and_told(tmp_path):
    formulas = ['=DISPIMG("ID_1",1)', '=_xlfn.DISPIMG("ID_2",1)', '= @IMAGE("a.png")']
    path = xlsx(tmp_path / "样例.xlsx", {"表": [["企业名称", "意见建议"], *(["津市样例厂", one] for one in formulas)]})
    changed_member(path, "xl/media/image1.png", b"x")
    found = read_workbook(path, path.name)
    assert [row[1] for row in found.sheets[0].rows] == ["意见建议", "", "", ""]
    assert found.notes[0].startswith("文件里有 1 张图片，图片不导入")
    assert "有 3 个单元格里是图片（B2、B3、B4），图片不能导入" in found.notes[1]


def test_a_binary_workbook_is_read_with_its_errors_hidden_rows_and_merged_cells(tmp_path):
    rows = [["企业名称", "走访单位", "金额"], ["津市样例甲厂", "市公安局", 5.0], ["津市样例乙厂", "", ValueError(42)]]
    content = sheet(rows, hidden={2}, merges=[(1, 1, 2, 1)])
    path = xlsb(tmp_path / "样例.xlsb", {"表": content, "坏": sheet([["a"], ["b"]], numbers=[0, 0])}, since_1904=True)
    for dress in (None, "backslashes"):
        if dress:
            repacked(path, *DRESSES[dress])
        found = read_workbook(path, path.name)
        (one,) = found.sheets
        assert one.rows == [rows[0], rows[1], ["津市样例乙厂", "", "#N/A"]]
        assert (one.merges, one.since_1904) == ([(1, 1, 2, 1)], True)
        assert "第 3 行" in found.notes[0]
        assert found.unread[0][0] == "工作表“坏”"


def test_the_marked_file_of_an_odd_package_is_written_anew(book, tmp_path):
    """The library that colours cells knows the usual names only."""
    mark = Mark("表一", 2, "A2", "企业名称", "津市样例甲厂", "请核对")
    binary = xlsb(tmp_path / "样例.xlsb", {"表一": sheet([["企业名称"], ["津市样例甲厂"]])})
    for path in (repacked(book, *DRESSES["backslashes"]), binary):
        content, suffix = mark_file(path.read_bytes(), path.name, [mark], Limits())
        marked = load_workbook(io.BytesIO(content))
        assert (suffix, marked["表一"]["A2"].value) == (".xlsx", "津市样例甲厂")
        assert "请核对" in marked["表一"]["A2"].comment.text


def test_folders_of_a_zip_are_parted_by_either_slash(book, tmp_path):
    path = tmp_path / "报送.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("公安局\\", "公安局\\甲.xlsx", "法院/乙.xlsx", "司法局\\说明.txt"):
            new = zipfile.ZipInfo("x")
            new.filename, new.flag_bits = name, 0x800
            archive.writestr(new, book.read_bytes() if name.endswith("xlsx") else b"")
    found = read_workbook(path, path.name)
    assert [one.title for one in found.sheets] == ["甲.xlsx·表一", "甲.xlsx·表二", "乙.xlsx·表一", "乙.xlsx·表二"]
    assert (found.notes, found.unread) == (["说明.txt：不是表格，未读取"], [])


@pytest.mark.parametrize("content", ["package", "compound"])
def test_a_file_of_wps_is_read_by_what_is_in_it(book, tmp_path, content):
    """Newer ones are packages, older ones compound files, whatever the name says."""
    given = book if content == "package" else SAMPLES / "biff8.xls"
    path = tmp_path / "样例.et"
    path.write_bytes(given.read_bytes())
    plain, found = read_workbook(given, given.name), read_workbook(path, path.name)
    assert [(one.title, one.rows) for one in found.sheets] == [(one.title, one.rows) for one in plain.sheets]
    assert found.sheets[0].rows
