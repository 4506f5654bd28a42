"""Looks into the sheets of an .xlsx for what our parser library does not tell: formulas never calculated, error
cells, hidden rows, how far a sheet reaches."""

import re
import zipfile
from dataclasses import dataclass, field
from posixpath import join, normpath

from defusedxml.ElementTree import ParseError, fromstring

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
KEEP = 4096  # carried from chunk to chunk, so that nothing hides on a seam
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"')
HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*?\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
WIDE = re.compile(rb'\br="([A-Z]{3,})\d+"')
FAR = re.compile(rb'\br="[A-Z]{0,3}(\d{6,})"')
SINCE_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*?\bdate1904="(?:1|true)"')
NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*><(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?'
    rb"<(?:\w+:)?v>([^<]{1,30})</"
)


@dataclass
class Extent:
    """How far a sheet says it reaches, and what it has besides values; cells by (row, column) from 0."""

    rows: int = 0
    columns: int = 0
    count: int = 0
    uncalculated: dict[str, None] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def measure(data: bytes, extent: Extent) -> None:
    """Takes one chunk of a sheet into account."""
    reach(data, extent)
    if b"<f" in data or b":f" in data:
        extent.uncalculated |= dict.fromkeys(cell.decode() for cell in NO_RESULT.findall(data))
    if b't="e"' in data:
        for letters, row, words in ERROR.findall(data):
            extent.errors[int(row[:9]) - 1, column_number(letters[:9]) - 1] = words.decode("utf-8", "replace")
    if b'hidden="' in data:
        extent.hidden |= {int(row[:9]) - 1 for row in HIDDEN.findall(data)}


def reach(data: bytes, extent: Extent) -> None:
    rows = ROW.findall(data)
    extent.count += len(rows)
    if rows:
        extent.rows = max(extent.rows, max(int(row[:9]) for row in rows))
    for letters, row in set(CELL.findall(data)) if not rows else CELL.findall(data)[-1:]:
        extent.rows = max(extent.rows, int(row[:9]))
        extent.columns = max(extent.columns, column_number(letters[:9]))
    wide = set(WIDE.findall(data))
    if wide:
        extent.columns = max(extent.columns, max(column_number(letters[:9]) for letters in wide))
    far = set(FAR.findall(data))
    if far:
        extent.rows = max(extent.rows, max(int(row[:9]) for row in far))


def counts_from_1904_in(archive: zipfile.ZipFile) -> bool:
    """Whether day 0 is 1904-01-01; only bare numbers need to know, the library reads cells in a date style rightly."""
    try:
        return SINCE_1904.search(archive.read("xl/workbook.xml")) is not None
    except KeyError:
        return False


def by_sheet_name(archive: zipfile.ZipFile, extents: dict[str, Extent]) -> dict[str, Extent]:
    """The extents by the names people see; a workbook that names its parts in an odd way has none."""
    try:
        book = fromstring(archive.read("xl/workbook.xml"))
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ParseError, ValueError):
        return {}
    targets = {item.get("Id"): normpath(join("/xl", item.get("Target", ""))).lstrip("/") for item in relations}
    members = {name.lower(): extent for name, extent in extents.items()}
    found = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            relation = next((value for name, value in sheet.items() if name.endswith("}id")), None)
            extent = members.get(targets.get(relation, "").lower())
            if extent:
                found[sheet.get("name", "")] = extent
    return found
