"""Looks at an .xlsx, .ods or .zip before any parser does: size, ratio, DTDs, and how far its sheets reach."""

import re
import zipfile
from collections.abc import Iterator

from imports.errors import UnreadableFileError
from imports.reading.formats import styled_cells, unit_styles
from imports.reading.grid import DAMAGED, STRETCHED
from imports.reading.limits import MB, Limits
from imports.reading.ooxml import KEEP, SHEET, Extent, measure

CHUNK = MB
DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
MARKUP = (".xml", ".rels", ".vml")


def check_archive(archive: zipfile.ZipFile, packed: int, limits: Limits) -> dict[str, Extent]:
    """Unpacks every member once, counting; returns what the sheets of an .xlsx hold besides values, by member.

    Raises:
        UnreadableFileError: encrypted, too many members, too large unpacked, or a DTD.
    """
    members = archive.infolist()
    if len(members) > limits.members:
        raise UnreadableFileError(f"压缩包内有 {len(members)} 个文件，超过 {limits.members} 个，请分批上传")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFileError("文件已加密，请取消密码后上传")
    total, sheets, styles = 0, {}, unit_styles(archive)
    for member in members:
        extent, tail = Extent(), b""
        is_sheet = bool(SHEET.fullmatch(member.filename)) and not member.filename.endswith(".bin")
        is_markup = member.filename.lower().endswith(MARKUP)
        for chunk in unpacked(archive, member):
            total += len(chunk)
            check_total(total, packed, limits)
            if is_markup:
                data = tail + chunk
                refuse_definitions(data)
                if is_sheet:
                    measure(data, extent, len(tail))
                    extent.shown |= styled_cells(data, styles) if styles else {}
                tail = data[-KEEP:]
        if is_sheet:
            sheets[member.filename] = extent
    return sheets


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (MemoryError, UnreadableFileError):
        raise
    except Exception as error:  # a damaged stream has many names: BadZipFile, zlib.error, EOFError, struct.error…
        raise UnreadableFileError(DAMAGED) from error


def check_total(total: int, packed: int, limits: Limits) -> None:
    if total > limits.unpacked:
        raise UnreadableFileError(f"文件解压后过大（上限 {limits.unpacked // MB} MB），未导入；请拆分后再上传")
    if total > limits.ratio_from and total > packed * limits.ratio:
        raise UnreadableFileError(
            f"文件解压后过大（压缩比超过 {limits.ratio} 倍，不像正常的表格），未导入；请在表格软件中另存一份再上传"
        )


def refuse_definitions(data: bytes) -> None:
    if DTD.search(data.replace(b"\x00", b"")):
        raise UnreadableFileError("文件含不安全内容（外部定义），已拒绝；请在表格软件中另存为普通 .xlsx 再上传")


def check_extent(extent: Extent, limits: Limits) -> None:
    """Refuses a sheet that is stretched, too long, or gives one row twice: a reader would keep only one of them.

    Raises:
        UnreadableFileError: with the reason.
    """
    if extent.columns > limits.declared_columns or (
        extent.rows > limits.declared_rows and extent.count < extent.rows // 2
    ):
        raise UnreadableFileError(STRETCHED)
    if extent.rows > limits.declared_rows:
        raise UnreadableFileError(f"最多 {limits.rows} 行，本文件 {extent.rows} 行，请拆分后再上传")
    if extent.twice:
        raise UnreadableFileError(
            f"第 {extent.twice} 行在文件里出现了两次，分不清以哪个为准；请用表格软件打开、核对后另存为 .xlsx 再上传"
        )
