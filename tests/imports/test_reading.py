"""Files as people, office systems and attackers send them: every failure ends in words."""

import io
import zipfile
from datetime import date

import pytest

from imports.errors import UnreadableFileError
from imports.reading.limits import Limits
from imports.reading.parent import Taken, read_workbook
from tests.imports.books import changed_member, xlsx

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def book(tmp_path):
    return xlsx(tmp_path / "样例.xlsx", {"表一": [["企业名称", "走访日期"], ["某厂", date(2023, 5, 12)], ["", 3]]})


def refusal(path, **limits):
    with pytest.raises(UnreadableFileError) as error:
        read_workbook(path, path.name, Limits(**limits))
    return str(error.value)


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def sheet_xml(cells, dimension="A1:B2"):
    head = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
    return f"{head}<sheetData>{cells}</sheetData></worksheet>"


def test_cells_keep_their_kind_and_their_place(book):
    sheet = read_workbook(book, book.name).sheets[0]
    assert (sheet.title, sheet.rows) == ("表一", [["企业名称", "走访日期"], ["某厂", date(2023, 5, 12)], ["", 3.0]])


def test_a_word_that_comes_again_is_kept_once(tmp_path):
    """A hundred thousand rows of the same six units must not hold each name a hundred thousand times."""
    path = written(tmp_path, "样例.csv", ("企业,单位,日期\n" + "津市样例厂,市公安局,2023.5.12\n" * 3).encode())
    rows = read_workbook(path, path.name, Limits()).sheets[0].rows[1:]
    assert [len({id(row[column]) for row in rows}) for column in range(3)] == [1, 1, 1]


def test_a_wrong_dimension_hides_no_row(book):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 501))
    changed_member(book, SHEET, sheet_xml(rows, "A1:A1"))
    assert len(read_workbook(book, book.name).sheets[0].rows) == 500


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_chinese_offices(tmp_path, encoding):
    path = written(tmp_path, "样例.csv", "企业名称,诉求\n某厂,“货款”未付\n".encode(encoding))
    assert read_workbook(path, path.name).sheets[0].rows == [["企业名称", "诉求"], ["某厂", "“货款”未付"]]


def test_an_html_table_saved_as_xls_is_read_with_its_merged_cells(tmp_path):
    page = (
        '<html><meta charset="gb2312"><table><tr><th>企业名称<th>单位</tr>'
        "<tr><td>甲厂</td><td rowspan=2>公安局</td></tr><tr><td>乙厂</td></tr></table>"
    )
    path = written(tmp_path, "样例.xls", page.encode("gb18030"))
    sheet = read_workbook(path, path.name).sheets[0]
    assert (sheet.rows, sheet.merges) == ([["企业名称", "单位"], ["甲厂", "公安局"], ["乙厂"]], [(1, 1, 2, 1)])


def test_a_zip_gives_its_workbooks_and_names_what_it_could_not_read(tmp_path, book):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("单位/甲.xlsx", book.read_bytes())
        archive.writestr("坏的.xlsx", b"PK\x03\x04 torn")
        archive.writestr("说明.txt", "请查收")
        archive.writestr("__MACOSX/._甲.xlsx", b"x")
    path = written(tmp_path, "样例.zip", buffer.getvalue())
    found = read_workbook(path, path.name)
    assert [sheet.title for sheet in found.sheets] == ["甲.xlsx·表一"]
    assert (found.notes, [name for name, _ in found.unread]) == (["说明.txt：不是表格，未读取"], ["坏的.xlsx"])


def test_hidden_sheets_are_passed_over_and_named(tmp_path):
    path = xlsx(tmp_path / "样例.xlsx", {"表一": [["甲"]], "表二": [["乙"]]})
    content = zipfile.ZipFile(path).read("xl/workbook.xml").replace(b'sheetId="2"', b'sheetId="2" state="hidden"')
    changed_member(path, "xl/workbook.xml", content)
    found = read_workbook(path, path.name)
    assert ([sheet.name for sheet in found.sheets], "表二" in found.notes[0]) == (["表一"], True)


def test_a_formula_without_result_is_named_by_its_cell(book):
    changed_member(book, SHEET, sheet_xml('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f></c></row>'))
    assert read_workbook(book, book.name).sheets[0].uncalculated == {"B1"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.xlsx", b"", "文件为空"),
        ("零.csv", b"\x00\x00\x00", "文件为空"),
        ("坏.xlsx", b"PK\x03\x04" + b"torn" * 50, "已损坏"),
        ("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "扩展名不符"),
        ("程序.csv", b"MZ\x90\x00\x03\x00" + b"\x00" * 99, "扩展名不符"),
        ("乱码.csv", b"\xff\xfe\xff\xff\xff", "编码无法识别"),
        (
            "密.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "已加密",
        ),
        ("坏.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "已损坏"),
        ("网页.xls", "<html><p>登录已过期</p></html>".encode(), "没有表格"),
        ("图.xyz", b"abc", "只收"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(tmp_path, name, content, words):
    assert words in refusal(written(tmp_path, name, content))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="E99999999999999999999"><v>1</v></c><c r="F1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZZZ1"><v>1</v></c></row>',
    ],
)
def test_a_sheet_stretched_to_the_last_cell_or_beyond_is_refused(book, cells):
    changed_member(book, SHEET, sheet_xml(cells))
    assert refusal(book) == "表格范围异常，请删除多余的行列后重试"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_file_with_definitions_of_its_own_is_refused(book, doctype):
    changed_member(book, SHEET, f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>')
    assert "含不安全内容" in refusal(book)


def test_a_zip_bomb_is_refused_while_it_unpacks(book):
    changed_member(book, "xl/media/x.xml", b" " * (64 * 1024 * 1024))
    assert "解压后过大" in refusal(book)


def test_too_many_unpacked_bytes_members_rows_or_columns_are_refused(book, tmp_path):
    assert "解压后过大" in refusal(book, unpacked=1000)
    assert "分批上传" in refusal(book, members=2)
    assert "最多 1 行" in refusal(xlsx(tmp_path / "长.xlsx", {"表": [["甲"]] * 60}), rows=1)
    assert "超过 3 列" in refusal(xlsx(tmp_path / "宽.xlsx", {"表": [["甲"] * 5]}), columns=3)


def test_limits_hold_for_all_sheets_together_and_are_named(tmp_path):
    two = xlsx(tmp_path / "两表.xlsx", {"表一": [["甲"]] * 40, "表二": [["甲"]] * 40})
    assert refusal(two, rows=20) == "一个文件最多 20 行，读到工作表“表二”时超过了，请拆分后再上传"
    assert "万个单元格" in refusal(two, cells=60)
    assert "超过 0 MB" in refusal(two, told=100)


def test_a_text_longer_than_a_spreadsheet_allows_is_named_by_its_cell(tmp_path):
    path = written(tmp_path, "长.xls", f"<table><tr><td>甲<td>{'长' * 40_000}</table>".encode())
    assert "的 B1 有 40000 个字，超过表格软件的上限 32767" in refusal(path)


def test_a_zip_inside_a_zip_is_named_and_the_rest_is_read(tmp_path, book):
    inner, outer = io.BytesIO(), io.BytesIO()
    for buffer, members in ((inner, {"甲.xlsx": book.read_bytes()}), (outer, None)):
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in (members or {"乙.xlsx": book.read_bytes(), "内.zip": inner.getvalue()}).items():
                archive.writestr(name, content)
    path = written(tmp_path, "外.zip", outer.getvalue())
    found = read_workbook(path, path.name)
    assert ([sheet.file for sheet in found.sheets], found.unread) == (
        ["乙.xlsx"], [("内.zip", "压缩包里还有压缩包，请解开后直接上传")],
    )  # fmt: skip


def test_error_cells_and_formulas_without_result_belong_to_their_own_sheet(tmp_path):
    path = xlsx(tmp_path / "两表.xlsx", {"表一": [["甲", 1]], "表二": [["乙", 2]]})
    broken = '<row r="1"><c r="A1"><f>B1</f></c><c r="B1" t="e"><f>#REF!+1</f><v>#REF!</v></c></row>'
    changed_member(path, "xl/worksheets/sheet2.xml", sheet_xml(broken))
    one, two = read_workbook(path, path.name).sheets
    assert (one.rows, one.uncalculated) == ([["甲", 1.0]], frozenset())
    assert (two.rows[0][1], two.uncalculated) == ("#REF!", {"A1"})


def test_deep_nesting_and_external_links_harm_nobody(tmp_path, book):
    deep = f"{'<x>' * 100_000}{'</x>' * 100_000}"
    changed_member(book, SHEET, sheet_xml(f'{deep}<row r="1"><c r="A1"><f>[1]外!A1</f><v>3</v></c></row>'))
    changed_member(
        book, "xl/externalLinks/externalLink1.xml", '<externalLink><externalBook r:id="rId1"/></externalLink>'
    )
    assert read_workbook(book, book.name).sheets[0].rows == [[3.0]]


def test_a_parser_that_takes_too_long_or_too_much_memory_is_stopped(book, tmp_path):
    assert "已停止" in refusal(book, seconds=0)
    big = written(tmp_path, "大.csv", b"a,b\n" * 4_000_000)
    assert "拆分后再上传" in refusal(big, memory=40 * 1024 * 1024)


def test_a_truncated_workbook_is_damaged(book):
    book.write_bytes(book.read_bytes()[:-200])
    assert "已损坏" in refusal(book)


def test_rows_lie_in_a_file_until_the_child_is_gone(tmp_path, monkeypatch):
    """Of a large sheet parent and child would else hold hundreds of megabytes each, at the same time."""
    path = written(tmp_path, "样例.csv", ("企业,诉求\n" + "某厂,货款未付\n" * 1200).encode())
    standing = []
    fill = Taken.fill

    def filled(taken):
        standing.append((taken.rows, sum(len(sheet.rows) for sheet in taken.book.sheets), len(taken.of_sheet)))
        fill(taken)

    monkeypatch.setattr(Taken, "fill", filled)
    assert len(read_workbook(path, path.name).sheets[0].rows) == 1201
    assert standing == [(1201, 0, 3)]
