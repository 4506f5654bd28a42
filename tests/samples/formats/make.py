"""Writes one table of made-up survey forms in every format that people send: `python tests/samples/formats/make.py`.

Run by hand where LibreOffice is installed; the tests only read what it wrote. What LibreOffice cannot write
(the HTML and XML of office systems, a .zip from a Chinese Windows) is written here in the same shape.
"""

import io
import subprocess
import zipfile
from datetime import datetime
from html import escape
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
HEAD = ["企业名称", "统一社会信用代码", "走访单位", "走访日期", "联系电话", "满意度", "问题诉求", "涉及金额(万元)",
        "完成率", "是否到位"]  # fmt: skip
MAY, JUNE = datetime.fromisoformat("2023-05-12"), datetime.fromisoformat("2023-06-01")
CODE = "91430781MA4L00019M"  # by GB 32100-2015; made up
ROWS = [
    ["甲样例有限公司", CODE, "市公安局", MAY, 13800000000, "满意", "一、货款未付\n二、电缆被盗", 93, 0.85, True],
    ["乙样例有限公司", "", None, JUNE, "0736-4212345", "基本满意", "道路“破损”；已报", 31.03, 1, False],
    ["丙样例有限公司", 914307811902412345, "市司法局", MAY, "", "满意", "无", "198万余元", 0.5, True],
    ["丁样例有限公司", "", "市司法局", MAY, "", "满意", "电费高", "#DIV/0!", 0.1, False],
]  # fmt: skip
HIDDEN = ["戊样例有限公司", "", "市司法局", MAY, "", "满意", "无", 0.3, 0.1, True]


def write_cell(sheet, at, column, value, formats):
    if value == "#DIV/0!":
        sheet.write_formula(at, column, "=1/0", None, value)
    elif isinstance(value, bool):
        sheet.write_boolean(at, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(at, column, value, formats["day"])
    elif isinstance(value, str):
        sheet.write_string(at, column, value, formats["text"])
    elif value is not None:
        sheet.write_number(at, column, value, formats["percent"] if column == 8 and at else None)


def write_xlsx(path, date_1904=False, hidden=False):
    book = xlsxwriter.Workbook(str(path), {"date_1904": date_1904})
    sheet = book.add_worksheet("汇总")
    looks = {"day": "yyyy-mm-dd", "percent": "0%", "text": "@"}
    formats = {name: book.add_format({"num_format": look}) for name, look in looks.items()}
    sheet.set_column(3, 3, 12)
    for at, row in enumerate([HEAD, *ROWS, *([HIDDEN] if hidden else [])]):
        for column, value in enumerate(row):
            write_cell(sheet, at, column, value, formats)
    sheet.merge_range(1, 2, 2, 2, "市公安局")
    if hidden:
        sheet.set_row(len(ROWS) + 1, None, None, {"hidden": True})
        book.add_worksheet("底稿").hide()
    book.close()


def convert(source, target, how):
    line = ["soffice", "--headless", "--convert-to", how, "--outdir", str(HERE), str(source)]
    subprocess.run(line, check=True, capture_output=True)
    made = HERE / f"{source.stem}.{how.split(':')[0]}"
    if made != target:
        made.rename(target)


def shown(value):
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)


def write_html(path):
    """As office systems do: GB2312 by name, numbers as they are shown, the number itself in an attribute."""
    lines = []
    for at, row in enumerate([HEAD, *ROWS]):
        cells = []
        for column, value in enumerate(row):
            if at and column == 2 and value is None:
                continue
            span = ' rowspan="2"' if at == 1 and column == 2 else ""
            number = f' x:num="{value}"' if isinstance(value, float) else ""
            words = f"{value:.0%}" if at and column == 8 else f"{value:.5E}" if value == ROWS[2][1] else shown(value)
            cells.append(f"<td{span}{number}>{escape(words).replace(chr(10), '<br>')}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>'
    page = f"{head}<body><table>{''.join(lines)}"
    path.write_bytes(f"{page}</table></body></html>".encode("gb18030"))


def xml_data(value):
    if value == "#DIV/0!":
        return "Error", value
    if isinstance(value, bool):
        return "Boolean", str(int(value))
    if isinstance(value, datetime):
        return "DateTime", f"{value:%Y-%m-%dT00:00:00.000}"
    return "String" if isinstance(value, str) else "Number", str(value)


def write_xml(path):
    """The XML of Excel 2003: blank cells are left out, the next one says where it is."""
    lines = []
    for at, row in enumerate([HEAD, *ROWS]):
        cells = []
        for column, value in enumerate(row):
            if value not in (None, ""):
                kind, words = xml_data(value)
                index = f' ss:Index="{column + 1}"' if row[column - 1] in (None, "") else ""
                merge = ' ss:MergeDown="1"' if at == 1 and column == 2 else ""
                data = escape(words).replace("\n", "&#10;")
                cells.append(f'<Cell{index}{merge}><Data ss:Type="{kind}">{data}</Data></Cell>')
        lines.append(f"<Row>{''.join(cells)}</Row>")
    name = "urn:schemas-microsoft-com:office"
    head = (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{name}:spreadsheet" xmlns:x="{name}:excel" xmlns:ss="{name}:spreadsheet">'
    )
    table = f'<Worksheet ss:Name="汇总"><Table>{"".join(lines)}</Table></Worksheet></Workbook>'
    path.write_text(head + table, encoding="utf-8")


def write_zip(path, member):
    """As a Chinese Windows packs it: the name in GBK, and no word about it."""
    name, buffer = "市司法局/汇总.xlsx".encode("gbk"), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N" * len(name), member.read_bytes())
    path.write_bytes(buffer.getvalue().replace(b"N" * len(name), name))


def main():
    table = HERE / "表.xlsx"
    write_xlsx(table)
    write_xlsx(HERE / "1904.xlsx", date_1904=True)
    write_xlsx(HERE / "隐藏.xlsx", hidden=True)
    convert(table, HERE / "biff8.xls", "xls:MS Excel 97")
    convert(HERE / "1904.xlsx", HERE / "1904.xls", "xls:MS Excel 97")
    convert(HERE / "隐藏.xlsx", HERE / "隐藏.xls", "xls:MS Excel 97")
    convert(HERE / "隐藏.xlsx", HERE / "隐藏.ods", "ods")
    convert(table, HERE / "表.ods", "ods")
    convert(table, HERE / "表.xlsm", "xlsm:Calc MS Excel 2007 VBA XML")
    convert(table, HERE / "libreoffice-html.xls", "html")
    for name, encoding, mark in (("utf8", 76, 44), ("gbk", 76, 59), ("utf16", 65535, 9)):
        convert(table, HERE / f"{name}.csv", f"csv:Text - txt - csv (StarCalc):{mark},34,{encoding},1")
    gbk = HERE / "gbk.csv"
    gbk.write_bytes(gbk.read_text("utf-8").encode("gbk"))
    write_html(HERE / "office-html.xls")
    write_xml(HERE / "xml2003.xls")
    write_zip(HERE / "gbk-names.zip", table)


if __name__ == "__main__":
    main()
