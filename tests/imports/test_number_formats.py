"""Numbers whose format shows a unit: read as what people see, exact to the last digit that is stored."""

import io
import struct
import zipfile
from datetime import date, datetime, time

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.cells import clean_money
from imports.errors import CellError
from imports.reading.binary.biff5 import Workbook
from imports.reading.binary.biff8 import facts_by_place
from imports.reading.binary.biff12 import extent_of, unit_styles
from imports.reading.formats import as_shown, reconciled
from imports.reading.parent import read_workbook
from tests.imports import biff5, biff12

PLAIN = ["General", "#,##0.00", "0", "0.00_);[Red](0.00)", "@", '0"人次"', "yyyy-mm-dd",
         'yyyy"年"m"月"d"日"', "m/d/yy h:mm", "0.0E+00",
         "000-0000", "[$-804]aaaa;@", ""]  # fmt: skip
ACCOUNTS = '_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (1_984_321, '0!.0,"万"', "198.4321万"), (1_980_000, "0\\.0,万", "198万"),
        (1_980_000, '#!.0000"万元"', "198万元"),
        (1_980_000, '#,##0,"千元"', "1980千元"), (50_000, '0"元"', "50000元"), (5, '0.00"万元"', "5万元"),
        (3e8, '0.00,,"百万"', "300百万"), (3e8, '0!.00,,"亿"', "3亿"), (0.5, "0.00%", "50%"), (5, 'General"元"', "5元"),
        (5, 'G/通用格式"万元"', "5万元"), (50_000, "￥#,##0.00", "￥50000"), (50_000, "[$¥-804]#,##0.00", "¥50000"),
        (50_000, ACCOUNTS, "¥50000"), (0, ACCOUNTS, 0), (5, "[$$-409]#,##0", "$5"), (5, "[$€-2] #,##0", "€5"),
        (12_345, '[>=10000]0!.0,"万";0"元"', "1.2345万"), (123, '[>=10000]0!.0,"万";0"元"', "123元"),
        (-5, '0"元";-0"元"', "-5元"), (0.1 + 0.2, '0.0"万元"', "0.3万元"), (5, '"约"0"万元"', "约5万元"),
        (1_980_000, "0!.0,", 198.0), (1_980_000, "#,##0,", 1980.0), (20_230_512, '0000"."00"."00', 20_230_512),
        *((7.5, code, 7.5) for code in PLAIN),
    ],
)  # fmt: skip
def test_a_number_is_what_its_format_shows_where_that_shows_a_unit(value, code, words):
    assert as_shown(value, code) == words


SHOWS = {
    '0!.0,"万"': 1,
    '0.0"万元"': 10_000,
    '#,##0"元"': 1,
    '#,##0.00,"千元"': 1,
    '0!.00,,"亿元"': 1,
    '0.0"百万元"': 10**6,
}


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**7), st.sampled_from(list(SHOWS)), st.sampled_from([1, 10_000]))
def test_the_amount_is_the_number_that_is_stored_in_the_unit_that_is_shown(value, code, unit):
    assert clean_money(as_shown(value, code), unit=unit).amount == value * SHOWS[code]


@pytest.mark.parametrize(
    ("value", "shown", "words"),
    [
        (1_984_321.0, "198.4万", "198.4321万"), (0.5, "50.00%", "50%"), (50_000.0, "￥50,000.00", "￥50000"),
        (5.0, "5.00", 5.0),
        (1_980_000.0, "1,980千元", "1980千元"), (7.0, "8万", "8万"), (7.0, "七万元", "七万元"),
        (1_980_000.0, "198.0", 198.0), (1_980_000.0, "1,980", 1980.0), (45058.0, "甲", 45058.0), (0.126, "0.13", 0.126),
    ],
)  # fmt: skip
def test_where_a_file_gives_number_and_words_the_number_counts_as_far_as_they_agree(value, shown, words):
    assert reconciled(value, shown) == words


CODES = ['0!.0,"万"', "0.00%", '0"元"', ACCOUNTS, "0.00"]


def styled_xlsx(path):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("表")
    for at, code in enumerate(CODES):
        sheet.write_number(0, at, 1_980_000, book.add_format({"num_format": code}))
        sheet.write_blank(1, at, None, book.add_format({"num_format": code}))
    book.close()
    return path


def xml_2003(path):
    escaped = [code.replace('"', "&quot;") for code in CODES]
    styles = "".join(
        f'<Style ss:ID="s{at}"><NumberFormat ss:Format="{code}"/></Style>' for at, code in enumerate(escaped)
    )
    cells = "".join(
        f'<Cell ss:StyleID="s{at}"><Data ss:Type="Number">1980000</Data></Cell>' for at in range(len(CODES))
    )
    space = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    sheet = f'<Worksheet ss:Name="表"><Table><Row>{cells}</Row></Table></Worksheet>'
    path.write_text(f'<?xml version="1.0"?><Workbook {space}><Styles>{styles}</Styles>{sheet}</Workbook>', "utf-8")
    return path


def ods(path):
    words = ["198.0万", "198000000.00%", "1980000元", "¥1,980,000.00", "1980000.00"]
    cells = "".join(
        f'<table:table-cell office:value-type="float" office:value="1980000"><text:p>{text}</text:p></table:table-cell>'
        for text in words
    )
    base = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{base}:{name}:1.0"' for name in ("office", "table", "text"))
    body = f'<table:table table:name="表"><table:table-row>{cells}</table:table-row></table:table>'
    inner = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    content = f"<office:document-content {spaces}>{inner}</office:document-content>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    path.write_bytes(buffer.getvalue())
    return path


def html(path):
    words = ["198.0万", "198000000%", "1980000元", "¥1,980,000", "1,980,000"]
    cells = "".join(f'<td x:num="1980000">{text}</td>' for text in words)
    path.write_text(f"<html><meta charset=utf-8><table><tr>{cells}</tr></table></html>", "utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "name"), [(styled_xlsx, "a.xlsx"), (xml_2003, "a.xls"), (ods, "a.ods"), (html, "a.xls")]
)
def test_every_format_gives_the_unit_that_is_shown(tmp_path, make, name):
    (row, *_) = read_workbook(make(tmp_path / name), name).sheets[0].rows
    amounts = [clean_money(cell, unit=1).amount for cell in row if "%" not in str(cell)]
    assert [str(amount).split(".")[0] for amount in amounts] == ["1980000"] * 4
    with pytest.raises(CellError, match="无法识别"):
        clean_money(row[1])
    assert row[4] == 1_980_000
    assert isinstance(row[0], str)


def test_an_old_workbook_shows_its_units_too():
    code = '0!.0,"万"'
    text = struct.pack("<HHB", 164, len(code), 1) + code.encode("utf-16-le")
    styles = b"".join(biff5.record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 164))
    head = biff5.record(0x41E, text) + styles
    book = head + biff5.record(0x85, struct.pack("<I", len(head) + 16) + b"\0\0\0\0") + biff5.record(0x0A)
    row = biff5.record(0x203, struct.pack("<HHHd", 1, 0, 1, 5.0)) + biff5.record(
        0x203, struct.pack("<HHHd", 1, 1, 0, 5.0)
    )
    many = biff5.record(0xBD, struct.pack("<HHHIHIH", 2, 3, 0, 0, 1, 0, 4))
    (facts,) = facts_by_place(book + row + many).values()
    assert facts.shown == {(1, 0): code, (2, 4): code}


def test_a_workbook_of_excel_95_gives_the_words(tmp_path):
    book = Workbook(
        biff5.record(0x41E, struct.pack("<HB", 164, 4) + '0"元"'.encode("gbk"))
        + biff5.record(0xE0, struct.pack("<HH12x", 0, 164))
        + biff5.record(0x0A)
    )
    assert (book.number(5.0, 0), book.number(5.0, 1)) == ("5元", 5.0)


def test_a_binary_workbook_shows_its_units_too():
    code = '0"元"'
    parts = [
        biff12.record(44, struct.pack("<H", 164) + biff12.words(code)),
        biff12.record(47, struct.pack("<HH", 0, 5)),
    ]
    parts += [
        biff12.record(617),
        biff12.record(47, struct.pack("<HH", 0, 0)),
        biff12.record(47, struct.pack("<HH", 0, 164)),
    ]
    styles = unit_styles(b"".join([*parts, biff12.record(618)]))
    row = biff12.record(0, struct.pack("<IIHBBBI", 3, 0, 300, 0, 0, 0, 0))
    extent = extent_of(row + biff12.cell(1, 5.0, 1) + biff12.cell(2, 5.0, 0) + biff12.cell(3, "甲", 1), styles)
    assert (styles, extent.shown) == ({1: code}, {(3, 1): code})


@pytest.mark.parametrize(
    "code",
    [
        'yyyy"年"m"月"',
        "yyyy\\年m\\月",
        "yyyy-mm",
        "mmm-yy",
        '[$-804]yyyy"年"m"月";@',
        "m/yyyy",
        'yyyy"年"mm"月";@',
        17,
        57,
    ],
)
@pytest.mark.parametrize("shown", ["2026年3月", None])
def test_a_month_typed_into_a_cell_is_not_taken_for_its_first_day(tmp_path, code, shown):
    """A spreadsheet keeps 2026年3月 as the first of March and shows the month; any other day somebody wrote."""
    day = date(2026, 3, 1) if shown else date(2026, 3, 15)
    path = tmp_path / "样例.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["企业名称", "走访日期"])
        sheet.write(1, 0, "津市样例厂")
        sheet.write_datetime(1, 1, datetime.combine(day, time()), book.add_format({"num_format": code}))
        sheet.write_datetime(2, 1, datetime.combine(day, time()), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(3, 1, datetime.combine(day, time()), book.add_format({"num_format": 'm"月"d"日"'}))
    rows = read_workbook(path, path.name).sheets[0].rows
    assert [row[1] for row in rows[1:]] == [shown or day, day, day]
