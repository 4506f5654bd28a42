"""Small workbooks built in code."""

import io
import zipfile
from datetime import date, datetime, time

import xlsxwriter

from tests.factories.enterprises import uscc

HEADINGS = [
    "序号",
    "企业名称",
    "统一社会信用代码",
    "走访单位",
    "走访干警",
    "走访日期",
    "满意度",
    "诉求类别",
    "问题诉求",
    "涉及金额(万元)",
]


def xlsx(path, sheets, merges=None):
    """Writes `{sheet: rows}`; `merges` = {sheet: [(first_row, first_col, last_row, last_col, value)]}, from 0."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "nan_inf_to_errors": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, datetime.combine(value, time()), day)
                elif value != "":
                    sheet.write(at, column, value)
        for top, left, bottom, right, value in (merges or {}).get(name, []):
            sheet.merge_range(top, left, bottom, right, value)
    book.close()
    return path


def form_row(number=1, **changes):
    """A right row of the survey table."""
    row = {
        "序号": number,
        "企业名称": f"津市样例企业{number:04d}有限公司",
        "统一社会信用代码": uscc(number),
        "走访单位": "市公安局",
        "走访干警": "干警0001",
        "走访日期": date(2023, 5, 12),
        "满意度": "满意",
        "诉求类别": "合同纠纷",
        "问题诉求": f"货款被拖欠{number}",
        "涉及金额(万元)": 10,
    } | changes
    return [row[heading] for heading in HEADINGS]


def surveys(path, rows):
    return xlsx(path, {"汇总": [HEADINGS, *rows]})


def changed_member(path, member, content):
    """The same .xlsx with one member replaced or added."""
    old = path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(old)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            if info.filename != member:
                target.writestr(info.filename, source.read(info))
        target.writestr(member, content)
    path.write_bytes(buffer.getvalue())
    return path
