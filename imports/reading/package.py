"""The parts of an .xlsx or .xlsb under the names that our parser library knows. Some writers name them otherwise
(`xl\\workbook.xml`, a workbook outside `xl/`): the library would find nothing there, or half of it."""

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath
from typing import Any

from defusedxml.ElementTree import ParseError, fromstring

from imports.errors import UnreadableFileError
from imports.reading.binary.biff12 import counts_from_1904, sheets_of
from imports.reading.grid import DAMAGED
from imports.reading.limits import MB
from imports.reading.ooxml import SHEET

NO_WORKBOOK = "这不是表格文件（像是 Word 或演示文稿），请另存为 .xlsx 再上传"
TWICE = "压缩包里有两个同名的部分，分不清以哪个为准；请用表格软件打开后另存为 .xlsx 再上传"
CONTENT_TYPES, ROOT_RELATIONS = "[Content_Types].xml", "_rels/.rels"
ONCE = {"sharedStrings": "sharedStrings", "styles": "styles"}  # the library knows these by name only
SHEETS = ("worksheet", "chartsheet", "dialogsheet", "macrosheet", "xlMacrosheet", "xlIntlMacrosheet")
PLACED = re.compile(r"xl/[^/]*sheets/[^/]+", re.IGNORECASE)
SINCE_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*?\bdate1904="(?:1|true)"')
WORKBOOK_TAG = re.compile(rb"<(?:\w+:)?workbook\b")


@dataclass
class Package:
    """A workbook's package: its members by plain name, its main part, and what that part refers to, by id."""

    archive: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]
    workbook: str
    relations: dict[str, tuple[str, str]] = field(default_factory=dict)  # id → kind, member

    @property
    def is_binary(self) -> bool:
        return self.workbook.endswith(".bin")

    def read(self, name: str) -> bytes:
        """A member whatever the case of its name; nothing where there is none."""
        info = self.members.get(name) or next(
            (info for other, info in self.members.items() if other.casefold() == name.casefold()), None
        )
        return self.archive.read(info) if info else b""

    def sheets(self) -> Iterator[tuple[str, str]]:
        """Name and member of every sheet, in their order."""
        content = self.read(self.workbook)
        named = sheets_of(content) if self.is_binary else named_sheets(content)
        for name, relation in named:
            yield name, self.relations.get(relation, ("", ""))[1]

    @property
    def counts_from_1904(self) -> bool:
        """Whether day 0 is 1904-01-01; only bare numbers need to know, the library reads cells in a date style."""
        content = self.read(self.workbook)
        return counts_from_1904(content) if self.is_binary else SINCE_1904.search(content) is not None


def named_sheets(workbook: bytes) -> Iterator[tuple[str, str]]:
    """Name and relation of every sheet of a workbook.xml; none where it is no XML."""
    try:
        found = fromstring(workbook)
    except (ParseError, ValueError):
        return
    for sheet in found.iter():
        if sheet.tag.endswith("}sheet"):
            yield sheet.get("name", ""), next((value for name, value in sheet.items() if name.endswith("}id")), "")


def is_package(archive: zipfile.ZipFile) -> bool:
    return CONTENT_TYPES in map(plain_name, archive.namelist())


def plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def package_of(archive: zipfile.ZipFile) -> Package:
    """The workbook in an archive.

    Raises:
        UnreadableFileError: there is none, or two members have one name.
    """
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = plain_name(info.filename)
        if name in members and not info.is_dir():
            raise UnreadableFileError(TWICE)
        members[name] = info
    package = Package(archive, members, "")
    main = [target for kind, target in relations_of(package, "", ROOT_RELATIONS).values() if kind == "officeDocument"]
    package.workbook = (
        main[0] if main else next((n for n in ("xl/workbook.xml", "xl/workbook.bin") if n in members), "")
    )
    content = package.read(package.workbook)
    if not (package.is_binary or WORKBOOK_TAG.search(content)):
        raise UnreadableFileError(NO_WORKBOOK if content else DAMAGED)
    folder, name = dirname(package.workbook), basename(package.workbook)
    package.relations = relations_of(package, folder, join(folder, "_rels", f"{name}.rels"))
    return package


def relations_of(package: Package, folder: str, name: str) -> dict[str, tuple[str, str]]:
    """What a part refers to within the package, by id: the kind (the last word of its address) and the member."""
    try:
        found = fromstring(package.read(name) or b"<none/>")
    except (ParseError, ValueError):
        return {}
    return dict(inner_relations(found, folder))


def inner_relations(found: Any, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for item in found:
        target = item.get("Target", "").replace("\\", "/")
        if item.get("TargetMode") != "External" and target:
            path = normpath(join("/", folder, target)).lstrip("/")
            yield item.get("Id", ""), (item.get("Type", "").rsplit("/", 1)[-1], path)


def known_names(package: Package) -> dict[str, str]:
    """What the parts that are read must be called for the library to find them."""
    ending = "bin" if package.is_binary else "xml"
    wanted: dict[str, str] = {package.workbook: f"xl/workbook.{ending}"}
    for at, (kind, member) in enumerate(package.relations.values(), 1):
        if kind in ONCE:
            wanted[member] = f"xl/{ONCE[kind]}.{ending}"
        elif kind in SHEETS:
            is_there = PLACED.fullmatch(member) and (kind != "worksheet" or SHEET.fullmatch(member))
            wanted[member] = member if is_there else f"xl/worksheets/part{at}.{ending}"
    return wanted


def as_known(package: Package) -> bytes | None:
    """The package again with its parts where the library looks for them; None where they are."""
    wanted = known_names(package)
    return None if has_names(package, wanted) else repacked(package, wanted)


def has_names(package: Package, wanted: Mapping[str, str]) -> bool:
    same = all(old.casefold() == new.casefold() for old, new in wanted.items())
    return same and all(info.filename == name for name, info in package.members.items())


def is_known(package: Package) -> bool:
    """Whether it is an .xlsx with its parts where everybody looks for them."""
    return not package.is_binary and has_names(package, known_names(package))


def repacked(package: Package, wanted: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    names = {old.casefold(): new for old, new in wanted.items()}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, info in package.members.items():
            if name.casefold() in names:
                with package.archive.open(info) as old, target.open(names[name.casefold()], "w") as new:
                    while chunk := old.read(MB):
                        new.write(chunk)
        target.writestr(CONTENT_TYPES, package.read(CONTENT_TYPES))
        target.writestr(ROOT_RELATIONS, relations_xml({"rId1": ("officeDocument", wanted[package.workbook])}))
        kept = {
            id_: (kind, names[old.casefold()].removeprefix("xl/"))
            for id_, (kind, old) in package.relations.items()
            if old in wanted
        }
        book = wanted[package.workbook]
        target.writestr(f"xl/_rels/{basename(book)}.rels", relations_xml(kept))
    return buffer.getvalue()


def relations_xml(relations: Mapping[str, tuple[str, str]]) -> str:
    space = "http://schemas.openxmlformats.org"
    items = "".join(
        f'<Relationship Id="{html.escape(name)}" Target="{html.escape(member)}"'
        f' Type="{space}/officeDocument/2006/relationships/{kind}"/>'
        for name, (kind, member) in relations.items()
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{space}/package/2006/relationships">{items}</Relationships>'
