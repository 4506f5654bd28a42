"""Looks at an .xlsx, .ods or .zip before any parser does: size, ratio, DTDs, stretched sheets."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from imports.errors import UnreadableFileError
from imports.reading.limits import MB, Limits

CHUNK = MB
DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"')
NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*><(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
KEEP = 4096  # carried from chunk to chunk, so that nothing hides on a seam


@dataclass
class Extent:
    """How far a sheet says it reaches, and its formulas that no spreadsheet has calculated."""

    rows: int = 0
    columns: int = 0
    count: int = 0
    without_result: list[str] = field(default_factory=list)
    tail: bytes = b""


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_archive(archive: zipfile.ZipFile, packed: int, limits: Limits) -> list[str]:
    """Unpacks every member once, counting; returns cells whose formula has no stored result.

    Raises:
        UnreadableFileError: encrypted, too many members, too large unpacked, a DTD, or a stretched sheet.
    """
    members = archive.infolist()
    if len(members) > limits.members:
        raise UnreadableFileError(f"压缩包内有 {len(members)} 个文件，超过 {limits.members} 个，请分批上传")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFileError("文件已加密，请取消密码后上传")
    total, uncalculated = 0, []
    for member in members:
        extent = Extent()
        for chunk in unpacked(archive, member):
            total += len(chunk)
            check_total(total, packed, limits)
            look(member.filename, chunk, extent)
        check_extent(extent, limits)
        uncalculated += extent.without_result
    return uncalculated


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableFileError("文件已损坏，请在表格软件中打开后另存一份再上传") from error
    except Exception as error:  # zlib.error and friends: a damaged stream has many names
        raise UnreadableFileError("文件已损坏，请在表格软件中打开后另存一份再上传") from error


def check_total(total: int, packed: int, limits: Limits) -> None:
    if total > limits.unpacked:
        raise UnreadableFileError(f"文件解压后过大（上限 {limits.unpacked // MB} MB），未导入；请拆分后再上传")
    if total > limits.ratio_from and total > packed * limits.ratio:
        raise UnreadableFileError("文件解压后过大（压缩比异常），未导入；请在表格软件中另存一份再上传")


def look(name: str, chunk: bytes, extent: Extent) -> None:
    """One chunk of one member: refuses DTDs, measures sheets. The tail carries what lies on a seam."""
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    data = extent.tail + chunk
    if DTD.search(data.replace(b"\x00", b"")):
        raise UnreadableFileError("文件含不安全内容（外部定义），已拒绝；请在表格软件中另存为普通 .xlsx 再上传")
    if SHEET.fullmatch(name):
        measure(data, extent)
    extent.tail = data[-KEEP:]


def measure(data: bytes, extent: Extent) -> None:
    rows = ROW.findall(data)
    extent.count += len(rows)
    if rows:
        extent.rows = max(extent.rows, max(map(int, rows)))
    for letters, row in set(CELL.findall(data)) if not rows else CELL.findall(data)[-1:]:
        extent.rows = max(extent.rows, int(row))
        extent.columns = max(extent.columns, column_number(letters))
    wide = re.findall(rb'\br="([A-Z]{3,})\d+"', data)
    if wide:
        extent.columns = max(extent.columns, max(column_number(letters) for letters in set(wide)))
    if b"<f" in data or b":f" in data:
        found = [cell.decode() for cell in NO_RESULT.findall(data)]
        extent.without_result += [cell for cell in found if cell not in extent.without_result]


def check_extent(extent: Extent, limits: Limits) -> None:
    if extent.columns > limits.declared_columns or (
        extent.rows > limits.declared_rows and extent.count < extent.rows // 2
    ):
        raise UnreadableFileError("表格范围异常，请删除多余的行列后重试")
    if extent.rows > limits.declared_rows:
        raise UnreadableFileError(f"最多 {limits.rows} 行，本文件 {extent.rows} 行，请拆分后再上传")
