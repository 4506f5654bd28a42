"""The user's own workbook with its wrong cells coloured and commented, and a list of them in front.

`python -m imports.reading.marking FILE NAME LIMITS MARKS OUT`, marks as JSON in a file, lines of JSON out:
{"step": text} while it is at work; at last {"suffix": ".xlsx"} or {"error": text}. A process of its own for the same
reasons as the parser's.
"""

import io
import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from imports.errors import UnreadableFileError
from imports.reading.archive import check_archive
from imports.reading.child import limit_self, member_names, read
from imports.reading.grid import DAMAGED, LIST_MARKER, LIST_SHEET, PART_MARK
from imports.reading.limits import MB, Limits
from imports.reading.package import is_known, is_package, package_of

AUTHOR = "津市政法"
WRONG, CORRECTED = "FFFFC7CE", "FFC6EFCE"
LONGEST_COMMENT = 300
OUTPUT = 200 * MB
NOT_KEPT = ("xl/media/", "xl/charts/", "xl/drawings/drawing", "xl/pivotTables/", "xl/slicers/", "xl/embeddings/")
HEADINGS = {"序号": 6, "工作表": 24, "单元格": 10, "列": 18, "原内容": 30, "问题和改法": 60}


@dataclass(frozen=True)
class Mark:
    """One wrong cell; `sheet` as the preview names it, `cell` blank where the column does not exist."""

    sheet: str
    row: int
    cell: str
    column: str
    value: str
    reason: str
    now: str | None = None  # the value it was corrected to on the preview; None: it is wrong

    @property
    def place(self) -> str:
        """The cell to colour: the first of its row where the column does not exist; none for a whole file."""
        return self.cell or (f"A{self.row}" if self.row else "")


def mark_file(data: bytes, name: str, marks: Sequence[Mark], limits: Limits) -> tuple[bytes, str]:
    """The marked file and its ending.

    Raises:
        UnreadableFileError: it cannot be opened (any more).
    """
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            check_archive(archive, len(data), limits)
            if not is_package(archive) and "content.xml" not in names:
                return mark_members(archive, marks, limits), ".zip"
    return mark_workbook(data, name, marks, limits, "")


def mark_members(archive: zipfile.ZipFile, marks: Sequence[Mark], limits: Limits) -> bytes:
    """Those of a .zip's workbooks that have wrong cells, and one list of everything."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as marked:
        listed = Workbook()
        list_marks(listed, marks, ["只含有问题的文件"], {})
        listed.remove(listed.worksheets[-1])
        marked.writestr(f"{LIST_SHEET}.xlsx", saved(listed))
        for info, name in member_names(archive):
            own = [mark for mark in marks if mark.sheet.startswith(f"{name}·"[:100])]
            if own:
                content, suffix = mark_workbook(archive.read(info), name, own, limits, name)
                marked.writestr(str(PurePosixPath(name).with_suffix("")) + f"-问题标注{suffix}", content)
    return buffer.getvalue()


def mark_workbook(data: bytes, name: str, marks: Sequence[Mark], limits: Limits, member: str) -> tuple[bytes, str]:
    tell({"step": f"第 1 步，共 3 步：打开 {name}"})
    book, notes = opened(data, name, limits, member)
    tell({"step": f"第 2 步，共 3 步：标注 {len(marks)} 处"})
    by_title: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_title[mark.sheet].append(mark)
        whole, part, _ = mark.sheet.rpartition(PART_MARK)
        if part:  # a record beside others: coloured on the worksheet it stands on
            by_title[whole].append(mark)
    names: dict[str, str] = {}
    for sheet in book.worksheets:
        title = (f"{member}·{sheet.title}" if member else sheet.title).strip()[:100]
        names[title] = sheet.title
        wash(sheet)
        paint(sheet, by_title.get(title, []))
    list_marks(book, marks, notes, names)
    tell({"step": "第 3 步，共 3 步：写出文件"})
    suffix = ".xlsm" if getattr(book, "vba_archive", None) else ".xlsx"
    return saved(book), suffix


def opened(data: bytes, name: str, limits: Limits, member: str) -> tuple[Any, list[str]]:
    """The workbook to write into, and what is to be said of it: the user's own .xlsx, or a new one of the values."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.namelist()
            check_archive(archive, len(data), limits)
            is_usual = is_package(archive) and is_known(package_of(archive))
        if is_usual:
            has_macros = "xl/vbaProject.bin" in parts and name.lower().endswith(".xlsm")
            book = load_workbook(io.BytesIO(data), keep_vba=has_macros, rich_text=True)
            if book.worksheets:
                lost = any(part.startswith(NOT_KEPT) for part in parts)
                return book, ["原文件里的图片、图表没有带过来，以原文件为准"] if lost else []
    kind = PurePosixPath(name).suffix.lower()
    book = rebuilt(read(data, name, limits, member))
    return book, [f"原文件是 {kind}，标注写在新的 .xlsx 里：内容相同，格式没有保留"]


def rebuilt(lines: Iterator[dict[str, Any]]) -> Any:
    book = Workbook()
    book.remove(book.active)
    sheet, at = None, 0
    merges: list[tuple[Any, list[int]]] = []
    for line in lines:
        if "sheet" in line:
            sheet, at = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", line["sheet"])[:31]), 0
            merges += [(sheet, merge) for merge in line["merges"]]
        for row in line.get("rows", ()):
            at += 1
            for column, value in enumerate(row, 1):
                if value != "":
                    put(sheet, at, column, value)
    for target, (top, left, bottom, right) in merges:
        target.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    if not book.worksheets:
        raise UnreadableFileError(DAMAGED)
    return book


def put(sheet: Any, row: int, column: int, value: Any) -> Any:
    """Writes one cell; text stays text, also where it begins like a formula."""
    cell = sheet.cell(row, column)
    if isinstance(value, list):
        cell.value, cell.number_format = date.fromisoformat(value[1]), "yyyy-mm-dd"
    elif isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        if cell.data_type == "f":
            cell.data_type, cell.quotePrefix = "s", True
    else:
        cell.value = value
    return cell


def wash(sheet: Any) -> None:
    """Takes off what an earlier marking left, where a marked file was corrected and comes back."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                if cell.fill.fgColor.rgb in (WRONG, CORRECTED):
                    cell.fill = PatternFill()


def paint(sheet: Any, marks: Sequence[Mark]) -> None:
    reasons: dict[tuple[int, int], list[str]] = defaultdict(list)
    wrong = {anchor(sheet, mark.place).coordinate for mark in marks if mark.place and mark.now is None}
    for mark in marks:
        if mark.place:
            cell = anchor(sheet, mark.place)
            correct(sheet, mark)
            words = mark.reason if mark.cell else f"{mark.column}：{mark.reason}"
            reasons[cell.row, cell.column].append(words)
    for (row, column), told in reasons.items():
        cell = sheet.cell(row, column)
        cell.fill = PatternFill("solid", fgColor=WRONG if cell.coordinate in wrong else CORRECTED)
        before = f"{cell.comment.text}\n" if cell.comment is not None else ""
        text = before + "\n".join(dict.fromkeys(told))
        text = text if len(text) <= LONGEST_COMMENT else f"{text[: LONGEST_COMMENT - 1]}…"
        cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), AUTHOR, width=320, height=40 + 22 * len(told))


def correct(sheet: Any, mark: Mark) -> None:
    """Writes what a cell was corrected to; not into merged cells, which stand for other rows too."""
    if mark.now is None or not mark.cell or any(mark.cell in merged for merged in sheet.merged_cells.ranges):
        return
    cell = sheet[mark.cell]
    put(sheet, cell.row, cell.column, mark.now or None)


def anchor(sheet: Any, place: str) -> Any:
    """The cell itself, or the first of the merged cells it belongs to: only that one shows anything."""
    cell = sheet[place]
    if isinstance(cell, MergedCell):
        around = next(merged for merged in sheet.merged_cells.ranges if place in merged)
        return sheet.cell(around.min_row, around.min_col)
    return cell


def list_marks(book: Any, marks: Sequence[Mark], notes: Sequence[str], names: dict[str, str]) -> None:
    """The first sheet: every wrong cell with a link to it. `names`: the sheets of this book by the preview's names."""
    if LIST_SHEET in book.sheetnames and str(book[LIST_SHEET]["A1"].value or "").startswith(LIST_MARKER):
        book.remove(book[LIST_SHEET])
    sheet = book.create_sheet(LIST_SHEET, 0)
    put(sheet, 1, 1, f"{LIST_MARKER}，共 {len(marks)} 处").font = Font(bold=True, size=12)
    put(sheet, 2, 1, "；".join(["在原表里改正有颜色的单元格，保存后可以直接重新上传", *notes]))
    for column, (heading, width) in enumerate(HEADINGS.items(), 1):
        put(sheet, 3, column, heading).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(3, column).column_letter].width = width
    for at, mark in enumerate(marks, 4):
        for column, value in enumerate([at - 3, mark.sheet, mark.cell, mark.column, mark.value, mark.reason], 1):
            put(sheet, at, column, value).alignment = Alignment(wrap_text=True, vertical="top")
        title = mark.sheet if mark.sheet in names else mark.sheet.rpartition(PART_MARK)[0]
        if mark.place and title in names:
            link(sheet.cell(at, 3), names[title], mark.place)
    sheet.freeze_panes, sheet.print_title_rows = "A4", "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.active = 0
    for other in book.worksheets:  # several selected sheets would be edited together
        other.sheet_view.tabSelected = other is sheet


def link(cell: Any, sheet: str, place: str) -> None:
    cell.value = cell.value or place
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(sheet)}!{place}", display=cell.value)
    cell.font = Font(color="FF0563C1", underline="single")


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def answer(path: str, name: str, limits: Limits, marks_path: str, out: str) -> dict[str, str]:
    try:
        marks = [Mark(**mark) for mark in json.loads(Path(marks_path).read_text(encoding="utf-8"))]
        content, suffix = mark_file(Path(path).read_bytes(), name, marks, limits)
        Path(out).write_bytes(content)
    except UnreadableFileError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "文件太大，内存不够，没有标注成；请改用“下载有误的行”"}
    except Exception as error:
        return {"error": "这个文件标注不成，请改用“下载有误的行”", "detail": f"{type(error).__name__}: {error}"[:300]}
    return {"suffix": suffix}


def tell(line: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(path: str, name: str, limits_json: str, marks_path: str, out: str) -> None:
    limits = Limits(**json.loads(limits_json))
    limit_self(limits, OUTPUT)
    tell(answer(path, name, limits, marks_path, out))


if __name__ == "__main__":
    main(*sys.argv[1:6])
