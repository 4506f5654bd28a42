"""The office's own Word templates: looked through before they are kept, so that issuing never stumbles over one.

What is refused: what is no plain .docx, macros, anything fetched from outside, names nobody knows.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from io import BytesIO
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.db import transaction
from django.db.models import ProtectedError
from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.sandbox import SecurityError
from jinja2.utils import missing

from common.text import clean
from reports.briefing.errors import BriefingError
from reports.briefing.sandbox import environment
from reports.indicators import INDICATORS
from reports.models import BriefingTemplate

MAX_BYTES, MAX_UNPACKED, MAX_PARTS, MAX_DEPTH = 2 * 1024**2, 30 * 1024**2, 500, 3
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.S)
WORDS = {
    "title": "标题",
    "period": "统计期",
    "scope": "单位或大事",
    "day": "截止日",
    "date": "成文日期",
    "office": "落款单位",
    "sections": "正文各部分：heading 一级标题，paragraphs 各段（lead 段首小标题，text 正文）",
    "annexes": "附件名称",
    "figures": "全部数字：label 名称，value 准确值，definition 口径",
    "exact": "某个数字的准确值，如 exact.problems_resolved",
}
KNOWN = {**WORDS, **{code: one.label for code, one in INDICATORS.items()}}
SAMPLE: dict[str, Any] = {
    **dict.fromkeys(KNOWN, "样例"),
    "sections": [{"heading": "一、样例", "paragraphs": [{"lead": "（一）样例。", "text": "样例"}]}],
    "annexes": ["样例"],
    "figures": [{"label": "样例", "value": "1", "definition": "样例"}],
    "exact": dict.fromkeys(INDICATORS, "1"),
}


class TemplateRefusedError(BriefingError):
    """Everything that is wrong with a template, a line each."""

    def __init__(self, *lines: str) -> None:
        super().__init__("；".join(lines), "file")
        self.lines = lines


def check_template(content: bytes) -> list[str]:
    """Looks a template through; says which of the main names it does not use.

    Raises:
        TemplateRefusedError: all that is wrong with it, by name.
    """
    check_package(content)
    try:
        found = TemplateNames(content)
    except TemplateSyntaxError as error:
        raise TemplateRefusedError(f"模板的占位符写错了：{error.message}") from error
    except Exception as error:  # a package that python-docx cannot open fails in many ways
        raise TemplateRefusedError("这个文件 Word 打不开，或者不是文档，请另存为 .docx 再上传") from error
    if found.faults:
        raise TemplateRefusedError(*found.faults)
    if not found.used & {"sections", "figures", "exact", *INDICATORS}:
        raise TemplateRefusedError("模板里没有 {{ sections }}，正文没有地方放；可以先下载默认模板再改")
    return [f"{name}（{WORDS[name].split('：')[0]}）" for name in ("title", "sections") if name not in found.used]


def check_package(content: bytes) -> None:
    """Raises: TemplateRefusedError: not a plain Word document, or one that could do more than be read."""
    if len(content) > MAX_BYTES:
        raise TemplateRefusedError(f"模板有 {len(content) / 1024**2:.1f} MB，超过 2 MB，请删去图片再上传")
    try:
        package = zipfile.ZipFile(BytesIO(content))
        parts = package.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TemplateRefusedError("模板解开后太大，请删去图片和嵌入的文件再上传")
        texts = {part.filename: package.read(part) for part in parts if part.filename.endswith((".xml", ".rels"))}
        types = texts["[Content_Types].xml"].decode()
    except (zipfile.BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError) as error:
        raise TemplateRefusedError("这个文件不是 Word 文档（.docx），请另存为 .docx 再上传") from error
    if "macroEnabled" in types or "vbaProject" in types or any("vba" in part.filename.casefold() for part in parts):
        raise TemplateRefusedError("模板带宏，不能上传；请另存为不带宏的 .docx")
    if DOCUMENT not in types:
        raise TemplateRefusedError("这个文件不是 Word 文档（.docx），请另存为 .docx 再上传")
    if any("embeddings/" in part.filename or "activeX" in part.filename for part in parts):
        raise TemplateRefusedError("模板里嵌入了别的文件或控件，请删去再上传")
    for name, text in texts.items():
        check_part(name, text)


def check_part(name: str, text: bytes) -> None:
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TemplateRefusedError("模板的内容已损坏，或含有不允许的定义，请另存为新的 .docx 再上传") from error
    if name.endswith(".rels"):
        for relation in root:
            if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
                raise TemplateRefusedError("模板引用了外面的文件或图片，请把它们插入文档，或删去再上传")


class TemplateNames:
    """What a template names: found by reading it, and by filling it once with samples."""

    def __init__(self, content: bytes) -> None:
        self.faults: list[str] = []
        self.template = DocxTemplate(BytesIO(content))
        self.template.render_init()
        self.paragraphs = list(texts_of(self.template))
        self.used: set[str] = set()
        for tree in map(environment().parse, self.sources()):
            self.used |= meta.find_undeclared_variables(tree)
            if depth(tree) > MAX_DEPTH:
                self.faults.append(f"循环套得太深，最多 {MAX_DEPTH} 层")
        for name in sorted(self.used - set(KNOWN)):
            self.fault(name, KNOWN)
        if not self.faults:
            self.fill()

    def sources(self) -> Iterator[str]:
        template = self.template
        yield template.patch_xml(template.get_xml())
        for uri in (template.HEADER_URI, template.FOOTER_URI):
            for _, part in template.get_headers_footers(uri):
                yield template.patch_xml(template.get_part_xml(part))

    def fault(self, name: str, known: Any) -> None:
        near = get_close_matches(name.split(".")[-1], known, 3)
        hint = f"，是不是 {'、'.join(near)}" if near else ""
        where = next((text for text in self.paragraphs if name.split(".")[-1] in text), "")
        line = f"没有名为 {name} 的占位符{hint}{f'（在“{where[:40]}”）' if where else ''}"
        if line not in self.faults:
            self.faults.append(line)

    def fill(self) -> None:
        """One filling with samples: every attribute nobody knows is noted, not only the first."""
        owner = self

        class Noted(Undefined):
            def __init__(self, hint: Any = None, obj: Any = missing, name: Any = None, exc: Any = None) -> None:
                super().__init__(hint, obj, name, *([exc] if exc else []))
                owner.fault(str(name), list(obj) if isinstance(obj, dict) else KNOWN)

        try:
            self.template.render(SAMPLE, environment(Noted), autoescape=True)
        except (SecurityError, TemplateError, TypeError, ValueError) as error:
            self.faults.append(f"占位符用法不对：{error}")


def texts_of(template: Any) -> Iterator[str]:
    """The paragraphs that hold placeholders, tables included."""
    for paragraph in template.docx.element.body.iter("{*}p"):
        text = "".join(node.text or "" for node in paragraph.iter("{*}t"))
        if TAG.search(text):
            yield clean(text)


def depth(node: nodes.Node) -> int:
    """How deep loops stand in loops."""
    inside = max((depth(child) for child in node.iter_child_nodes()), default=0)
    return inside + isinstance(node, nodes.For)


@transaction.atomic
def keep_template(*, name: str, content: bytes, by: Any, now: datetime) -> tuple[BriefingTemplate, list[str]]:
    """Checks and keeps a template; the same bytes are kept once.

    Raises:
        TemplateRefusedError: what is wrong with it.
        BriefingError: the name is taken.
    """
    unused = check_template(content)
    digest = hashlib.sha256(content).hexdigest()
    known = BriefingTemplate.objects.filter(sha256=digest).first()
    if known:
        return known, unused
    name = clean(name)[:100]
    if BriefingTemplate.objects.filter(name=name).exists():
        raise BriefingError(f"已经有名为“{name}”的模板，请换个名称", "name")
    made = BriefingTemplate.objects.create(
        name=name, content=content, size=len(content), sha256=digest, uploaded_by=str(by), uploaded_at=now
    )
    return made, unused


def drop_template(template: BriefingTemplate) -> None:
    """Raises: BriefingError: a briefing uses it."""
    try:
        template.delete()
    except ProtectedError as error:
        raise BriefingError(f"“{template}”有汇报在用，不能删除") from error
