""".xlsx, .xlsm, .xlsb and .xls by python-calamine, completed by what it leaves out."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import python_calamine

from imports.errors import UnreadableFileError
from imports.reading.archive import check_archive, check_extent
from imports.reading.binary.biff12 import extent_of, unit_styles
from imports.reading.formats import as_shown
from imports.reading.grid import DAMAGED, Grid, Line, check_size, lines, title_of
from imports.reading.limits import Limits
from imports.reading.ods import hidden_sheet
from imports.reading.ooxml import Extent
from imports.reading.package import as_known, package_of

LOCKED = "文件已加密，请取消密码后上传"
NAMESAKES = "有两张工作表同名，分不清是哪一张；请改名后再上传"


def read_package(
    archive: zipfile.ZipFile, data: bytes, limits: Limits, member: str, extents: Mapping[str, Extent]
) -> Iterator[Line]:
    """An .xlsx, .xlsm or .xlsb, whatever its parts are called.

    Raises:
        UnreadableFileError: as `read_calamine`, or no workbook is in it.
    """
    package = package_of(archive)
    renamed = as_known(package)
    if renamed is not None:
        with zipfile.ZipFile(io.BytesIO(renamed)) as known:
            yield from read_package(known, renamed, limits, member, check_archive(known, len(renamed), limits))
        return
    pictures = sum(name.lower().startswith("xl/media/") for name in package.members)
    if pictures:
        yield {"note": f"{member or '文件'}里有 {pictures} 张图片，图片不导入，只读取单元格里的文字和数字"}
    by_name = {name.casefold(): extent for name, extent in extents.items()}
    facts: dict[int, Extent] = {}
    styles = unit_styles(package.read("xl/styles.bin")) if package.is_binary else {}
    for place, (_, part) in enumerate(package.sheets()):
        facts[place] = (
            extent_of(package.read(part), styles) if package.is_binary else by_name.get(part.casefold(), Extent())
        )
    yield from read_calamine(data, limits, member, facts, since_1904=package.counts_from_1904)


def read_calamine(
    data: bytes, limits: Limits, member: str, facts: Mapping[int, Any], *, since_1904: bool = False
) -> Iterator[Line]:
    """The visible sheets; `facts` by place say what else is known of a sheet. One that cannot be read does not keep
    the others from being read.

    Raises:
        UnreadableFileError: damaged, locked, without sheets; too large; or no sheet can be read.
    """
    with damage_told():
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    if not book.sheets_metadata:
        raise UnreadableFileError("文件里没有工作表，请另存为普通 .xlsx 再上传")
    names, read, failed = [meta.name for meta in book.sheets_metadata], 0, []
    for place, meta in enumerate(book.sheets_metadata):
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            yield hidden_sheet(meta.name, member)
            continue
        grid = Grid(meta.name, limits, since_1904=since_1904)
        try:
            if names.count(meta.name) > 1:
                raise UnreadableFileError(NAMESAKES)
            with damage_told():
                fill(grid, book, limits, facts.get(place))
            told = lines(grid, member)
            yield next(told)
        except UnreadableFileError as error:
            failed.append({"unread": f"工作表“{title_of(grid, member)}”", "reason": str(error)})
            continue
        read += 1
        yield from told
    if failed and not read:
        raise UnreadableFileError(failed[0]["reason"])
    yield from failed


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever the library trips over is the file's fault. Its panics are no Exception, so all is caught by name."""
    try:
        yield
    except (UnreadableFileError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise UnreadableFileError(why(error)) from error


def fill(grid: Grid, book: Any, limits: Limits, known: Any) -> None:
    """The values of a sheet, its merged cells, and the words of error cells, which the library gives as blanks.

    Raises:
        UnreadableFileError: it reaches too far, or gives a row twice.
    """
    if isinstance(known, Extent):
        check_extent(known, limits)
    sheet = book.get_sheet_by_name(grid.name)
    check_size(sheet.total_height, sheet.total_width, limits)
    grid.rows = sheet.to_python(skip_empty_area=False)
    merges = [[*first, *last] for first, last in sheet.merged_cell_ranges or []]
    grid.merges = (merges or getattr(known, "merges", []))[: limits.merges]
    if known is None:
        return
    for (row, column), words in known.errors.items():
        grid.put(row, column, words)
    for (row, column), code in getattr(known, "shown", {}).items():
        if row < len(grid.rows) and column < len(grid.rows[row]):
            grid.rows[row][column] = as_shown(grid.rows[row][column], code)
    grid.hidden = sorted(known.hidden)
    grid.uncalculated = list(getattr(known, "uncalculated", ()))


def why(error: BaseException) -> str:
    words = f"{type(error).__name__} {error}".lower()
    return LOCKED if "password" in words or "encrypt" in words else DAMAGED
