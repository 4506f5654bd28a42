"""Workbooks that we hand out: templates to fill in, and the wrong rows to correct. Both import as they are."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from common.money import WAN
from imports.cells.money import clean_money, needs_unit
from imports.cells.units import words_of
from imports.cells.widgets import Column
from imports.errors import CellError
from imports.known.register import Register, names_of, take_register
from imports.models import EDITABLE, ImportBatch, ImportRow
from imports.resources.base import ImportResource
from imports.resources.kinds import RESOURCES
from imports.tables.table import LISTS_SHEET, NOTES_SHEET

LISTED_ROWS = 2000  # as far down as the drop-down lists reach
REASON, ORIGIN = "错误原因", "原位置"


def book_of(buffer: BytesIO) -> Any:
    return xlsxwriter.Workbook(
        buffer, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    )


def styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
    head = {**base, "bold": True, "border": 1}
    return {
        "head": book.add_format({**head, "bg_color": "#DCE6F2"}),
        "must": book.add_format({**head, "bg_color": "#F8D7DA"}),
        "text": book.add_format({**base, "num_format": "@"}),
        "wrong": book.add_format({**base, "bg_color": "#FFF3CD", "num_format": "@"}),
        "reason": book.add_format({**base, "font_color": "#C8102E"}),
    }


# ---- templates ----


def template(kind: str) -> bytes:
    """A workbook to fill in: headings (must-fill ones red), drop-down lists, an example row, notes."""
    resource = RESOURCES[kind]
    register = take_register(kind, {"codes": set(), "names": set(), "refs": set()})
    buffer = BytesIO()
    book = book_of(buffer)
    style = styles(book)
    sheet = book.add_worksheet(resource.title[:31])
    lists = book.add_worksheet(LISTS_SHEET)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for index, column in enumerate(offered(resource)):
        sheet.set_column(index, index, width(column), style["text"])
        sheet.write_string(0, index, column.heading, style["must" if column.required else "head"])
        sheet.write(1, index, column.example, style["text"])
        if column.hint:
            sheet.write_comment(0, index, column.hint)
        offer(sheet, lists, index, options(column, register))
    lists.hide()
    write_notes(book.add_worksheet(NOTES_SHEET), resource, style)
    book.close()
    return buffer.getvalue()


def offered(resource: ImportResource) -> list[Column]:
    """The columns to fill in; the number of an exported record is none."""
    return [column for column in resource.columns().values() if column.offered]


def width(column: Column) -> int:
    return min(max(len(column.heading) * 2 + 4, len(str(column.example)) + 6, 12), 40)


def options(column: Column, register: Register) -> list[str]:
    if column.lookup:
        return names_of(getattr(register, column.lookup).values())
    return column.widget.options()


def offer(sheet: Any, lists: Any, index: int, words: Sequence[str]) -> None:
    """A drop-down list that only warns: synonyms are read too."""
    if not words:
        return
    for row, word in enumerate(words):
        lists.write_string(row, index, word)
    letter = xlsxwriter.utility.xl_col_to_name(index)
    rule = {
        "validate": "list",
        "source": f"={LISTS_SHEET}!${letter}$1:${letter}${len(words)}",
        "error_type": "warning",
        "error_message": "不在选项里，导入时可能报错",
    }
    sheet.data_validation(1, index, LISTED_ROWS, index, rule)


def write_notes(sheet: Any, resource: ImportResource, style: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 90)
    lines = [
        f"{resource.title}填写须知",
        "第 2 行是示例，请改写或删除；红色表头的列必须填写，表头不要改动，列的先后可以调整",
        "日期写成 2023-05-12、2023.5.12 或 2023年5月12日都可以；金额可带单位，如 31.03万元、1,980,000元",
        "信用代码、电话等长数字的单元格请设为文本格式；公式请先保存出结果",
        "从列表页导出的表改动后可以直接导入：改了哪格就改哪项；空着的格不改动原有内容，要去掉原有内容请填“清空”",
    ]
    lines += [f"【{column.column_name}】{column.hint}" for column in offered(resource) if column.hint]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, style["text"])


# ---- wrong rows ----


def wrong_rows(batch: ImportBatch, rows: Iterable[ImportRow]) -> bytes:
    """The wrong rows of a batch under headings that are recognised, wrong cells marked, the reason in a last column."""
    resource, rows = RESOURCES[batch.kind], list(rows)
    used = [
        name for name in resource.columns() if any(name in cells_of(row) or marks(row, name, resource) for row in rows)
    ]
    unknown = list(dict.fromkeys(heading for row in rows for heading in row.values.get("unknown", {})))
    buffer = BytesIO()
    book = book_of(buffer)
    style = styles(book)
    sheet = book.add_worksheet("待改正")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(used) + len(unknown), 18)
    sheet.set_column(len(used) + len(unknown), len(used) + len(unknown), 60)
    headings = [resource.columns()[name].heading for name in used] + unknown + [REASON, ORIGIN]
    for index, heading in enumerate(headings):
        sheet.write_string(0, index, heading, style["head"])
    for at, row in enumerate(rows, 1):
        write_wrong(sheet, at, row, used, unknown, style)
    book.close()
    return buffer.getvalue()


def cells_of(row: ImportRow) -> dict[str, Any]:
    return row.values.get("cells", {})


def marks(row: ImportRow, name: str, resource: ImportResource) -> bool:
    label = resource.columns()[name].column_name
    return any(problem["column"] == label for problem in row.errors)


def write_wrong(
    sheet: Any, at: int, row: ImportRow, used: list[str], unknown: list[str], style: dict[str, Any]
) -> None:
    resource = RESOURCES[row.batch.kind]
    for index, name in enumerate(used):
        look = style["wrong" if marks(row, name, resource) else "text"]
        sheet.write(at, index, with_unit(row, name), look)
    for index, heading in enumerate(unknown, len(used)):
        sheet.write(at, index, row.values.get("unknown", {}).get(heading, ""), style["text"])
    end = len(used) + len(unknown)
    sheet.write_string(at, end, "\n".join(reasons_of(row)), style["reason"])
    sheet.write_string(at, end + 1, f"{row.sheet}第{row.row_no}行", style["text"])


def reasons_of(row: ImportRow) -> list[str]:
    return [told(problem) for problem in [*row.errors, *unsure_names(row)]]


def told(problem: dict[str, str]) -> str:
    """What is wrong and in which column; many reasons begin with its name already."""
    column, reason = problem["column"], problem["reason"]
    return reason if reason.startswith(column) else f"{column}：{reason}"


def unsure_names(row: ImportRow) -> Iterator[dict[str, str]]:
    """Open questions, told like wrong cells: what may be meant, and what to write."""
    columns = RESOURCES[row.batch.kind].columns()
    for asked in row.values.get("questions", []):
        options = "；".join(f"{option['name']} {option.get('code', '')}".strip() for option in asked["options"])
        is_name = all("how" in option for option in asked["options"])
        todo = "请改成其中一家的全称或补上信用代码" if is_name else "请写明是哪一种"
        yield {
            "column": columns[asked["field"]].column_name,
            "cell": row.values.get("at", {}).get(asked["field"], ""),
            "value": asked["name"],
            "reason": f"{asked['reason']}，{todo}：{options}",
        }


def with_unit(row: ImportRow, name: str) -> Any:
    """The cell as it was; a bare amount that was not in 万元 says its unit, for the heading here says 万元. Where the
    unit is still asked about, it says so, and is not taken for 万元 when it comes back."""
    value = cells_of(row).get(name, "")
    unit = row.values.get("units", {}).get(name, int(WAN))
    if (unit == WAN and not is_asked(row, name)) or not needs_unit(value):
        return in_currency(value, unit) if isinstance(unit, str) else value
    return f"{value}（单位未定）" if is_asked(row, name) else f"{value}{words_of(unit)}"


def is_asked(row: ImportRow, name: str) -> bool:
    return any(asked["key"].startswith(f"unit:{name}:") for asked in row.values.get("questions", []))


def in_currency(value: Any, unit: str) -> Any:
    """`3万` of a column in 美元 is `3万美元`."""
    try:
        money = clean_money(value, unit=unit)
    except CellError:
        return value
    return money.text if money else value


def wrong_rows_of(batch: ImportBatch) -> Any:
    """Rows that can be corrected: files of a .zip that could not be read have no cells."""
    return batch.rows.filter(outcome__in=EDITABLE, row_no__gt=0).select_related("batch").order_by("id")
