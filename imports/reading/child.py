"""The parser's own process: `python -m imports.reading.child FILE NAME LIMITS`, JSON lines out.

It may be killed, run out of memory or be aborted by a parser; whoever started it reports that in words.
Nothing of Django is loaded, no secret is in its environment.

Lines: {"sheet": name, "file": member, "merges": [[top, left, bottom, right]…], "uncalculated": ["B3"…],
"height": rows}, then {"of": how many, "rows": [[cell…]…]}…; {"note": text} for what was passed over, {"unread": name,
"reason": text} for a sheet or a file of a .zip that can't be read; at last {"end": true} or {"error": text}. A cell is
text, a number, a truth value, or ["d", iso date].
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from imports.errors import UnreadableFileError
from imports.reading.archive import check_archive
from imports.reading.binary.biff5 import is_biff5, read_biff5
from imports.reading.binary.biff8 import counts_from_1904, facts_by_place, is_locked, workbook_stream
from imports.reading.delimited import read_csv
from imports.reading.grid import DAMAGED, Grid, Line, lines
from imports.reading.library import LOCKED, read_calamine, read_package
from imports.reading.limits import LARGEST, Limits
from imports.reading.markup import read_html
from imports.reading.ods import read_ods
from imports.reading.package import is_package
from imports.reading.spreadsheetml import is_spreadsheetml, read_spreadsheetml

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EARLY = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")
WORKBOOKS = tuple(kind for kind in LARGEST if kind != ".zip")
PACKED = (".zip", ".rar", ".7z", ".gz", ".tar")
MISNAMED = "文件内容与扩展名不符，可能被改过名；请用表格软件另存为 .xlsx 再上传"
UNSAFE = "文件含不安全内容（外部定义），已拒绝"
NOT_READ = f"只收 {'、'.join(WORKBOOKS)} 表格，或它们的 .zip 压缩包"
NESTED = "压缩包里还有压缩包，请解开后直接上传"


def read(data: bytes, name: str, limits: Limits, member: str = "") -> Iterator[Line]:
    """Sheets of one file, whatever it is inside; its first bytes decide, its name only helps.

    Raises:
        UnreadableFileError: in words for the person who sent it. A parser may raise anything else on a damaged file.
    """
    if not data.strip(b"\x00\r\n\t "):
        raise UnreadableFileError("文件为空，请重新选择")
    extension = PurePosixPath(name).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from read_zip(data, extension, limits, member)
    elif data.startswith(OLE):
        yield from read_ole(data, limits, member)
    elif data.startswith(EARLY):
        raise UnreadableFileError("这是很早的 Excel 格式，请用表格软件打开后另存为 .xlsx 再上传")
    elif extension in (".csv", ".txt"):
        yield from read_delimited(data, limits, member)
    elif looks_like_markup(data):
        yield from read_text_markup(data, limits, member)
    else:
        raise UnreadableFileError(MISNAMED if extension in LARGEST else NOT_READ)


def read_delimited(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[1:200:2].count(0) >= 60
    if b"\x00" in data and not is_wide:
        raise UnreadableFileError(MISNAMED)
    yield from read_csv(data, limits, member)


def looks_like_markup(data: bytes) -> bool:
    head = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return head.startswith(b"<")


def read_text_markup(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    if b"<!entity" in data[:65536].replace(b"\x00", b"").lower():
        raise UnreadableFileError(UNSAFE)
    if is_spreadsheetml(data):
        yield from read_spreadsheetml(data, limits, member)
        return
    grid = Grid("表格", limits)
    read_html(data, grid)
    yield from lines(grid, member)


def read_ole(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableFileError(LOCKED)
    if "WordDocument".encode("utf-16-le") in data or "PowerPoint".encode("utf-16-le") in data:
        raise UnreadableFileError("这不是表格文件，请用表格软件另存为 .xlsx 再上传")
    stream = workbook_stream(data)
    if is_locked(stream):
        raise UnreadableFileError(LOCKED)
    if is_biff5(stream):
        yield from read_biff5(stream, limits, member)
    else:
        yield from read_calamine(data, limits, member, facts_by_place(stream), since_1904=counts_from_1904(stream))


def read_zip(data: bytes, extension: str, limits: Limits, member: str) -> Iterator[Line]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # a torn directory has many names
        raise UnreadableFileError(DAMAGED) from error
    with archive:
        names = set(archive.namelist())
        extents = check_archive(archive, len(data), limits)
        if is_package(archive):
            yield from read_package(archive, data, limits, member, extents)
        elif "mimetype" in names and "content.xml" in names:
            yield from read_open_document(archive, names, limits, member)
        elif member:
            raise UnreadableFileError(NESTED)
        elif extension != ".zip" and extension in LARGEST:
            raise UnreadableFileError(DAMAGED)
        else:
            yield from read_members(archive, limits)


def read_open_document(archive: zipfile.ZipFile, names: set[str], limits: Limits, member: str) -> Iterator[Line]:
    if "encrypted-package" in names or (
        "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml")
    ):
        raise UnreadableFileError(LOCKED)
    with archive.open("content.xml") as content:
        yield from read_ods(content, limits, member)


def read_members(archive: zipfile.ZipFile, limits: Limits) -> Iterator[Line]:
    """The workbooks of a .zip, one after another; one that can't be read is noted, the others are read."""
    found = 0
    for info, name in member_names(archive):
        kind = PurePosixPath(name).suffix.lower()
        if kind not in WORKBOOKS and kind not in PACKED:
            yield {"note": f"{name}：不是表格，未读取"}
            continue
        found += 1
        try:
            if kind in PACKED:
                raise UnreadableFileError(NESTED)
            yield from read_member(archive.read(info), name, limits)
        except UnreadableFileError as error:
            yield {"unread": name, "reason": str(error)}
    if not found:
        raise UnreadableFileError(f"压缩包里没有表格文件（{'、'.join(WORKBOOKS)}）")


def member_names(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str]]:
    """The files of a .zip by their own names; those that share one with another have their folders before it."""
    files = []
    for info in archive.infolist():
        name = member_name(info).replace("\\", "/")  # as some packers of Windows part folders
        path = PurePosixPath(name)
        if not (name.endswith("/") or path.name.startswith((".", "~$")) or "__MACOSX" in path.parts):
            files.append((info, path))
    times = Counter(path.name for _, path in files)
    return [(info, path.name if times[path.name] == 1 else str(path).lstrip("/")) for info, path in files]


def read_member(data: bytes, name: str, limits: Limits) -> Iterator[Line]:
    """As `read`; whatever else a parser trips over in this one file does not hide the others."""
    try:
        yield from read(data, name, limits, name)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:
        raise UnreadableFileError(DAMAGED) from error


def member_name(info: zipfile.ZipInfo) -> str:
    """Names that a Chinese Windows wrote are GBK without saying so; a Mac's are UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        name = info.filename.encode("cp437")
    except UnicodeError:
        return info.filename
    as_utf8, as_gbk = name.decode("utf-8", "replace"), name.decode("gb18030", "replace")
    is_chinese = all(letter.isascii() or letter >= "⺀" for letter in as_utf8) and "\ufffd" not in as_utf8
    return as_utf8 if is_chinese else as_gbk


def limit_self(limits: Limits, output: int = 0) -> None:
    """Memory and time as the limits say; `output`: bytes it may write into a file."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))


def told(data: bytes, name: str, limits: Limits) -> Iterator[Line]:
    """All lines of a file; whatever a parser trips over is the file's fault, and is said in words at the end."""
    try:
        yield from read(data, name, limits)
        yield {"end": True}
    except UnreadableFileError as error:
        yield {"error": str(error)}
    except MemoryError:
        yield {"error": f"文件过大，读取要用的内存超过 {limits.memory // 1024**2} MB，未导入；请拆分后再上传"}
    except Exception as error:
        detail = re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:300]
        yield {"error": DAMAGED, "detail": detail}


def main(path: str, name: str, limits_json: str) -> None:
    limits = Limits(**json.loads(limits_json))
    limit_self(limits)
    out = sys.stdout.buffer
    with open(path, "rb") as file:  # noqa: PTH123 -- pathlib is one more import in a short-lived process
        data = file.read()
    for line in told(data, name, limits):
        out.write(written(line) + b"\n")
    out.flush()


def written(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


if __name__ == "__main__":
    main(*sys.argv[1:4])
