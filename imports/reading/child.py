"""The parser's own process: `python -m imports.reading.child FILE NAME LIMITS`, JSON lines out.

It may be killed, run out of memory or be aborted by a parser; whoever started it reports that in words.
Nothing of Django is loaded, no secret is in its environment.

Lines: {"sheet": name, "file": member, "merges": [[top, left, bottom, right]…], "uncalculated": ["B3"…]},
then {"rows": [[cell…]…]}…; {"note": text} for what was passed over; at last {"end": true} or {"error": text}.
A cell is text, a number, a truth value, or ["d", iso date].
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Any

import python_calamine

from imports.errors import UnreadableFileError
from imports.reading.archive import check_archive
from imports.reading.limits import Limits
from imports.reading.markup import read_html

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BATCH = 500
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".csv", ".ods", ".et")
DAMAGED = "文件已损坏，请在表格软件中打开后另存一份再上传"
MISNAMED = "文件内容与扩展名不符，可能被改过名；请用表格软件另存为 .xlsx 再上传"
Line = dict[str, Any]


def plain(value: Any) -> Any:
    """A cell as JSON."""
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def read(data: bytes, name: str, limits: Limits, member: str = "") -> Iterator[Line]:
    """Sheets of one file, whatever it is inside; its first bytes decide, its name only helps."""
    if not data.strip(b"\x00\r\n\t "):
        raise UnreadableFileError("文件为空，请重新选择")
    extension = PurePosixPath(name).suffix.lower()
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from read_zip(data, extension, limits, member)
    elif data.startswith(OLE):
        yield from read_ole(data, limits, member)
    elif head.startswith(b"<") and extension != ".csv":
        yield from read_text_markup(data, head, limits, member)
    elif extension in (".csv", ".txt"):
        yield from read_csv(data, limits, member)
    elif extension in (".xlsx", ".xlsm", ".xls", ".ods", ".zip"):
        raise UnreadableFileError(MISNAMED)
    else:
        raise UnreadableFileError("只收 .xlsx、.xlsm、.xls、.csv、.ods 表格，或它们的 .zip 压缩包")


def read_text_markup(data: bytes, head: bytes, limits: Limits, member: str) -> Iterator[Line]:
    if b"<!entity" in data[:65536].lower():
        raise UnreadableFileError("文件含不安全内容（外部定义），已拒绝")
    if b"schemas-microsoft-com:office:spreadsheet" in head:
        raise UnreadableFileError("这是 XML 表格（2003），请用表格软件另存为 .xlsx 再上传")
    rows, merges = read_html(data, limits)
    yield from lines("表格", rows, member, merges=merges)


def read_ole(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableFileError("文件已加密，请取消密码后上传")
    if "WordDocument".encode("utf-16-le") in data or "PowerPoint".encode("utf-16-le") in data:
        raise UnreadableFileError("这不是表格文件，请用表格软件另存为 .xlsx 再上传")
    yield from read_calamine(data, limits, member, [])


def read_zip(data: bytes, extension: str, limits: Limits, member: str) -> Iterator[Line]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(DAMAGED) from error
    with archive:
        names = set(archive.namelist())
        uncalculated = check_archive(archive, len(data), limits)
        if "[Content_Types].xml" in names:
            if not any(name.lower().startswith("xl/") for name in names):
                raise UnreadableFileError("这不是表格文件（像是 Word 或演示文稿），请另存为 .xlsx 再上传")
            yield from read_calamine(data, limits, member, uncalculated)
        elif "mimetype" in names and "content.xml" in names:
            yield from read_calamine(data, limits, member, [])
        elif member:
            raise UnreadableFileError("压缩包里还有压缩包，请解开后直接上传")
        elif extension in (".xlsx", ".xlsm", ".ods"):
            raise UnreadableFileError(DAMAGED)
        else:
            yield from read_members(archive, limits)


def read_members(archive: zipfile.ZipFile, limits: Limits) -> Iterator[Line]:
    """The workbooks of a .zip, one after another; one that can't be read is noted, the others are read."""
    found = 0
    for info in archive.infolist():
        name = member_name(info)
        path = PurePosixPath(name)
        if info.is_dir() or path.name.startswith((".", "~$")) or "__MACOSX" in path.parts:
            continue
        if path.suffix.lower() not in WORKBOOKS:
            yield {"note": f"{path.name}：不是表格，未读取"}
            continue
        found += 1
        try:
            yield from read(archive.read(info), path.name, limits, path.name)
        except UnreadableFileError as error:
            yield {"unread": path.name, "reason": str(error)}
    if not found:
        raise UnreadableFileError("压缩包里没有表格文件（.xlsx、.xls、.csv、.ods）")


def member_name(info: zipfile.ZipInfo) -> str:
    """Names that a Chinese Windows wrote are GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def read_csv(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise UnreadableFileError(MISNAMED)
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableFileError("文件的文字编码无法识别，请用表格软件另存为 .xlsx 再上传")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]  # noqa: C416 -- csv.Error inside
    except csv.Error as error:
        raise UnreadableFileError(DAMAGED) from error
    check_size(len(rows), max(map(len, rows), default=0), limits)
    yield from lines("数据", rows, member)


def read_calamine(data: bytes, limits: Limits, member: str, uncalculated: list[str]) -> Iterator[Line]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:
        raise UnreadableFileError(why(error)) from error
    if not book.sheets_metadata:
        raise UnreadableFileError("文件里没有工作表，请另存为普通 .xlsx 再上传")
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            yield {"note": f"工作表“{meta.name}”是隐藏的，未读取；如需导入请先取消隐藏"}
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
            check_size(sheet.total_height, sheet.total_width, limits)
            rows = sheet.to_python(skip_empty_area=False)
            merges = [[*first, *last] for first, last in sheet.merged_cell_ranges or []]
        except UnreadableFileError:
            raise
        except Exception as error:
            raise UnreadableFileError(why(error)) from error
        yield from lines(meta.name, rows, member, merges=merges[: limits.merges], uncalculated=uncalculated)


def why(error: Exception) -> str:
    words = f"{type(error).__name__} {error}".lower()
    if "password" in words or "encrypt" in words:
        return "文件已加密，请取消密码后上传"
    return DAMAGED


def check_size(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.declared_rows or columns > limits.declared_columns:
        raise UnreadableFileError("表格范围异常，请删除多余的行列后重试")
    if rows * columns > limits.cells:
        raise UnreadableFileError(f"表格有 {rows} 行 × {columns} 列，过大，请拆分后再上传")


def lines(name: str, rows: list[list[Any]], member: str, *, merges: Any = (), uncalculated: Any = ()) -> Iterator[Line]:
    yield {"sheet": name, "file": member, "merges": list(merges), "uncalculated": list(uncalculated)[:100]}
    for start in range(0, len(rows), BATCH):
        yield {"rows": [[plain(cell) for cell in row] for row in rows[start : start + BATCH]]}


def limit_self(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(path: str, name: str, limits_json: str) -> None:
    limits = Limits(**json.loads(limits_json))
    limit_self(limits)
    out = sys.stdout
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- pathlib is one more import in a short-lived process
            data = file.read()
        for line in read(data, name, limits):
            out.write(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")
        last: Line = {"end": True}
    except UnreadableFileError as error:
        last = {"error": str(error)}
    except MemoryError:
        last = {"error": "文件过大，内存不够，未导入；请拆分后再上传"}
    except Exception as error:  # whatever a parser trips over is the file's fault, and is said in words
        last = {"error": DAMAGED, "detail": re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:300]}
    out.write(json.dumps(last) + "\n")
    out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
