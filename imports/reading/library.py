""".xlsx, .xlsm and .xls by python-calamine, completed by what it leaves out."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import python_calamine

from imports.errors import UnreadableFileError
from imports.reading.grid import DAMAGED, Grid, Line, check_size, lines
from imports.reading.limits import Limits
from imports.reading.ods import hidden_sheet

LOCKED = "文件已加密，请取消密码后上传"


def read_calamine(
    data: bytes, limits: Limits, member: str, facts: Mapping[Any, Any], *, since_1904: bool = False
) -> Iterator[Line]:
    """The visible sheets; `facts` by sheet name or place say what else is known of a sheet.

    Raises:
        UnreadableFileError: damaged, locked, without sheets, or too large.
    """
    with damage_told():
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    if not book.sheets_metadata:
        raise UnreadableFileError("文件里没有工作表，请另存为普通 .xlsx 再上传")
    for place, meta in enumerate(book.sheets_metadata):
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            yield hidden_sheet(meta.name, member)
            continue
        grid = Grid(meta.name, limits, since_1904=since_1904)
        with damage_told():
            fill(grid, book, limits)
        complete(grid, facts.get(meta.name) or facts.get(place))
        yield from lines(grid, member)


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever the library trips over is the file's fault. Its panics are no Exception, so all is caught by name."""
    try:
        yield
    except (UnreadableFileError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise UnreadableFileError(why(error)) from error


def fill(grid: Grid, book: Any, limits: Limits) -> None:
    sheet = book.get_sheet_by_name(grid.name)
    check_size(sheet.total_height, sheet.total_width, limits)
    grid.rows = sheet.to_python(skip_empty_area=False)
    grid.merges = [[*first, *last] for first, last in (sheet.merged_cell_ranges or [])[: limits.merges]]


def complete(grid: Grid, known: Any) -> None:
    """Error cells, which the library gives as blanks, get their words back."""
    if known is None:
        return
    for (row, column), words in known.errors.items():
        grid.put(row, column, words)
    grid.hidden = sorted(known.hidden)
    grid.uncalculated = list(getattr(known, "uncalculated", ()))


def why(error: BaseException) -> str:
    words = f"{type(error).__name__} {error}".lower()
    return LOCKED if "password" in words or "encrypt" in words else DAMAGED
