"""The XML that Excel 2003 and many office systems save, often under the name .xls."""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from imports.reading.formats import NAMED, as_shown
from imports.reading.grid import Grid, Line, address, lines
from imports.reading.limits import Limits
from imports.reading.ods import hidden_sheet

SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
SHEET_TAG, ROW_TAG, STYLE_TAG, VISIBLE_TAG = f"{SS}Worksheet", f"{SS}Row", f"{SS}Style", f"{EXCEL}Visible"
DECLARATION = re.compile(rb'^\s*<\?xml[^>]*?encoding=["\'](gb2312|gbk|gb18030)["\'][^>]*\?>', re.IGNORECASE)


def is_spreadsheetml(data: bytes) -> bool:
    return b"urn:schemas-microsoft-com:office:spreadsheet" in data[:4096].replace(b"\x00", b"")


def read_spreadsheetml(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    chinese = DECLARATION.match(data)
    if chinese:  # an encoding that the XML parser does not know
        data = data[chinese.end() :].decode("gb18030").encode()
    styles: dict[str, str] = {}
    grid, at, is_hidden = Grid("表格", limits), 0, False
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        if event == "start" and element.tag == SHEET_TAG:
            grid, at, is_hidden = Grid(element.get(f"{SS}Name", "表格"), limits), 0, False
        elif event == "end" and element.tag == ROW_TAG:
            at = take_row(element, grid, at, styles)
            element.clear()
        elif event == "end" and element.tag == STYLE_TAG:
            styles |= format_of(element)
        elif event == "end" and element.tag == VISIBLE_TAG:
            is_hidden = (element.text or "").strip() in ("SheetHidden", "SheetVeryHidden")
        elif event == "end" and element.tag == SHEET_TAG:
            yield from [hidden_sheet(grid.name, member)] if is_hidden else lines(grid, member)
            element.clear()


def given(element: Element, name: str, otherwise: int) -> int:
    text = element.get(f"{SS}{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def format_of(style: Element) -> dict[str, str]:
    """The number format of a style, where it has one."""
    made = style.find(f"{SS}NumberFormat")
    code = made.get(f"{SS}Format", "") if made is not None else ""
    return {style.get(f"{SS}ID", ""): NAMED.get(code, code)} if code else {}


def take_row(row: Element, grid: Grid, at: int, styles: Mapping[str, str]) -> int:
    at = max(given(row, "Index", at + 1) - 1, 0)
    if row.get(f"{SS}Hidden") == "1":
        grid.hidden.append(at)
    column = 0
    for cell in row.iter(f"{SS}Cell"):
        column = max(given(cell, "Index", column + 1) - 1, 0)
        across, down = given(cell, "MergeAcross", 0), given(cell, "MergeDown", 0)
        grid.merge(at, column, at + down, column + across)
        data = cell.find(f"{SS}Data")
        if data is not None:
            style = cell.get(f"{SS}StyleID") or row.get(f"{SS}StyleID") or ""
            grid.put(at, column, as_shown(value_of(data), styles.get(style, "")))
        elif cell.get(f"{SS}Formula"):
            grid.put(at, column, "")
            grid.uncalculated.append(address(at, column))
        column += 1 + across
    return at + 1 + given(row, "Span", 0)


def value_of(data: Element) -> Any:
    kind, text = data.get(f"{SS}Type"), "".join(data.itertext())
    try:
        if kind == "Number":
            return float(text)
        if kind == "Boolean":
            return text.strip() == "1"
        if kind == "DateTime":
            return datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return text
