"""OpenDocument spreadsheets (.ods): values, merged cells, hidden rows and errors, as our parser library drops some."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from imports.errors import UnreadableFileError
from imports.reading.formats import month_shown, reconciled
from imports.reading.grid import STRETCHED, Grid, Line, address, lines
from imports.reading.limits import Limits

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE_TAG, ROW_TAG, STYLE_TAG = f"{TABLE}table", f"{TABLE}table-row", f"{STYLE}style"
CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
MONTH = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{1,2}[-/.]\d{4}")
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?")


def read_ods(content: IO[bytes], limits: Limits, member: str) -> Iterator[Line]:
    """The visible sheets of a content.xml, one after another, each let go of before the next."""
    unseen: set[str | None] = set()
    grid, at, depth = Grid("表格", limits), 0, 0
    for event, element in iterparse(content, events=("start", "end")):
        if element.tag == TABLE_TAG:
            depth += 1 if event == "start" else -1  # a table may stand in a cell of another: that one is not read
            if event == "start" and depth == 1:
                grid, at = Grid(element.get(f"{TABLE}name", "表格"), limits), 0
            elif event == "end" and depth == 0:
                is_hidden = element.get(f"{TABLE}style-name") in unseen
                yield from [hidden_sheet(grid.name, member)] if is_hidden else lines(grid, member)
                element.clear()
        elif event == "end" and element.tag == ROW_TAG and depth == 1:
            at = take_row(element, grid, at)
            element.clear()
        elif event == "end" and element.tag == STYLE_TAG:
            unseen |= names_of_hidden(element)


def names_of_hidden(style: Element) -> set[str | None]:
    """The style's name, where it hides the sheets that have it."""
    shown = style.find(f"{STYLE}table-properties")
    is_hidden = shown is not None and shown.get(f"{TABLE}display") == "false"
    return {style.get(f"{STYLE}name")} if is_hidden else set()


def hidden_sheet(name: str, member: str) -> Line:
    title = f"{member}·{name}" if member else name
    return {"note": f"工作表“{title}”是隐藏的，未读取；如需导入请先取消隐藏"}


def count_of(element: Element, name: str) -> int:
    text = element.get(f"{TABLE}{name}", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def take_row(row: Element, grid: Grid, at: int) -> int:
    """Puts one row (or several alike) into the grid; gives the number of the next."""
    times = count_of(row, "number-rows-repeated")
    cells = list(cells_of(row, grid, at))
    if not cells:
        return at + times
    if at + times > grid.limits.declared_rows:
        raise UnreadableFileError(STRETCHED)
    for below in range(at, at + times):
        for column, value in cells:
            grid.put(below, column, value)
        if row.get(f"{TABLE}visibility") in ("collapse", "filter"):
            grid.hidden.append(below)
    return at + times


def cells_of(row: Element, grid: Grid, at: int) -> Iterator[tuple[int, Any]]:
    column = 0
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        times = count_of(cell, "number-columns-repeated")
        down, across = count_of(cell, "number-rows-spanned"), count_of(cell, "number-columns-spanned")
        grid.merge(at, column, at + down - 1, column + across - 1)
        value = value_of(cell)
        if value != "" and cell.tag == f"{TABLE}table-cell":
            if column + times > grid.limits.declared_columns:
                raise UnreadableFileError(STRETCHED)
            yield from ((column + step, value) for step in range(times))
        elif cell.get(f"{TABLE}formula") and not cell.get(f"{OFFICE}value-type"):
            grid.uncalculated.append(address(at, column))
            yield column, ""
        column += times


def value_of(cell: Element) -> Any:
    kind = cell.get(f"{OFFICE}value-type")
    shown = "\n".join(words(part) for part in cell if part.tag == f"{TEXT}p")
    if cell.get(CALC_TYPE) == "error":
        return shown or "#VALUE!"
    if kind in ("float", "currency", "percentage"):
        return number(cell.get(f"{OFFICE}value", ""), shown)
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    if kind == "date":
        return day(cell.get(f"{OFFICE}date-value", ""), shown)
    return cell.get(f"{OFFICE}string-value") or shown


def number(text: str, shown: str) -> Any:
    try:
        return reconciled(float(text), shown)
    except ValueError:
        return shown


def day(text: str, shown: str) -> Any:
    match = DAY.fullmatch(text)
    try:
        year, month, number = map(int, match.groups()) if match else (0, 0, 0)
        found = datetime(year, month, number) if match else None  # noqa: DTZ001 -- a date of paper has no zone
    except ValueError:
        return shown or text
    if found is None:
        return shown
    return month_shown(found) if MONTH.fullmatch(shown.strip()) else found


def words(element: Element) -> str:
    """The text of a paragraph: blanks, tabs and breaks are elements of their own; comments are not part of it."""
    parts = [element.text or ""]
    for part in element:
        if part.tag == f"{TEXT}s":
            parts.append(" " * min(int(part.get(f"{TEXT}c", "1") or 1), 1000))
        elif part.tag == f"{TEXT}tab":
            parts.append("\t")
        elif part.tag == f"{TEXT}line-break":
            parts.append("\n")
        elif part.tag != f"{OFFICE}annotation":
            parts.append(words(part))
        parts.append(part.tail or "")
    return "".join(parts)
