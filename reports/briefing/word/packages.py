"""A Word file from a stranger: a plain document within bounds, or refused in words."""

import zipfile
import zlib
from io import BytesIO

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from reports.briefing.errors import BriefingError

MAX_BYTES, MAX_UNPACKED, MAX_PARTS = 2 * 1024**2, 30 * 1024**2, 500
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OLE, ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
MACROS = "模板带宏，不能上传；请另存为不带宏的 .docx"
NOT_WORD = "这个文件不是 Word 文档（.docx），请另存为 .docx 再上传"
LOCKED = "文件设了打开密码，请在 Word 里去掉密码再上传"
OLD = "这是旧版 Word 文件（.doc），请另存为 .docx 再上传"


class TemplateRefusedError(BriefingError):
    """Everything that is wrong with a template, a line each."""

    def __init__(self, *lines: str) -> None:
        super().__init__("；".join(lines), "file")
        self.lines = lines


def check_package(content: bytes) -> None:
    """Raises: TemplateRefusedError: not a plain Word document, or one that could do more than be read."""
    if len(content) > MAX_BYTES:
        raise TemplateRefusedError(f"模板有 {len(content) / 1024**2:.1f} MB，超过 2 MB，请删去或压缩图片再上传")
    if content.startswith(OLE):
        raise TemplateRefusedError(LOCKED if ENCRYPTED in content else OLD)
    texts = parts_of(content)
    types = texts["[Content_Types].xml"].decode(errors="replace")
    if "macroEnabled" in types or "vbaProject" in types or any("vba" in name.casefold() for name in texts):
        raise TemplateRefusedError(MACROS)
    if DOCUMENT not in types:
        raise TemplateRefusedError(NOT_WORD)
    if any("embeddings/" in name or "activeX" in name for name in texts):
        raise TemplateRefusedError("模板里嵌入了别的文件或控件，请删去再上传")
    for name, text in texts.items():
        if name.endswith((".xml", ".rels")):
            check_part(name, text)


def parts_of(content: bytes) -> dict[str, bytes]:
    """The package's parts by name; those that are not XML are not read.

    Raises:
        TemplateRefusedError: not a package, or one far larger than it looks.
    """
    try:
        package = zipfile.ZipFile(BytesIO(content))
        parts = package.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TemplateRefusedError("模板解开后太大，请删去图片和嵌入的文件再上传")
        return {"[Content_Types].xml": package.read("[Content_Types].xml")} | {
            part.filename: package.read(part) if part.filename.endswith((".xml", ".rels")) else b"" for part in parts
        }
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise TemplateRefusedError(NOT_WORD) from error


def check_part(name: str, text: bytes) -> None:
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TemplateRefusedError("模板的内容已损坏，或含有不允许的定义，请另存为新的 .docx 再上传") from error
    if name.endswith(".rels"):
        for relation in root:
            if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
                raise TemplateRefusedError("模板引用了外面的文件或图片，请把它们插入文档，或删去再上传")
