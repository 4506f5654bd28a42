"""The office's own Word templates: looked through before they are kept, so that issuing never stumbles over one.

What is refused: what is no plain .docx, macros, anything fetched from outside, names nobody knows.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, Undefined, meta, nodes
from jinja2.sandbox import SecurityError
from jinja2.utils import missing

from common.text import clean
from reports.briefing.errors import BriefingError
from reports.briefing.word.packages import TemplateRefusedError, check_package
from reports.briefing.word.sandbox import environment
from reports.figures.registry.indicators import INDICATORS
from reports.models import BriefingTemplate

MAX_DEPTH = 3
LOOSE = re.compile(r"｛.*?｝|(?<!\{)\{\s*[a-z_.]+\s*\}(?!\})")  # meant as a placeholder, but none
TAG, PRINTED = re.compile(r"\{[{%#]|[}%#]\}"), re.compile(r"\{\{.*?\}\}")
WORDS = {
    "title": "标题",
    "body": "正文：各部分的标题和段落，都用占位符那一段的字体",
    "sections": "正文各部分，标题和各段的字体可分开定；写法见自带模板",
    "period": "统计期",
    "scope": "单位或大事",
    "day": "截止日",
    "date": "成文日期",
    "office": "落款单位",
    "annexes": "附件名称，写法见自带模板",
    "figures": "全部数字的名称、准确值和口径，可在表格里逐行写；写法见自带模板",
    "exact": "某个数字的准确值，如 exact.problems_resolved",
}
KNOWN = {**WORDS, **{code: one.label for code, one in INDICATORS.items()}}
GROUPED = ("sections", "figures", "annexes", "exact")
SAMPLE: dict[str, Any] = {
    **dict.fromkeys(KNOWN, "样例"),
    "sections": [{"heading": "一、样例", "paragraphs": [{"lead": "（一）样例。", "text": "样例"}]}],
    "annexes": ["样例"],
    "figures": [{"label": "样例", "value": "1", "definition": "样例"}],
    "exact": dict.fromkeys(INDICATORS, "1"),
}
# What nothing in a briefing needs, and what could make a book of a line.
REFUSED = {
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Macro: "{% macro %}",
    nodes.CallBlock: "{% call %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% from %}",
    nodes.Extends: "{% extends %}",
}


def check_template(content: bytes) -> list[str]:
    """Looks a template through; says which of the main names it does not use.

    Raises:
        TemplateRefusedError: all that is wrong with it, by name.
    """
    check_package(content)
    try:
        found = TemplateNames(content)
    except TemplateSyntaxError as error:
        raise TemplateRefusedError(*syntax_faults(content, error)) from error
    except Exception as error:  # a package that python-docx cannot open fails in many ways
        raise TemplateRefusedError("这个文件 Word 打不开，或者不是文档，请另存为 .docx 再上传") from error
    if found.faults:
        raise TemplateRefusedError(*found.faults)
    if not found.used & {"body", "sections", "figures", "exact", *INDICATORS}:
        raise TemplateRefusedError(
            "模板里没有 {{ body }}，正文没有地方放；在要放正文的地方单独一段写上它，或下载自带模板再改"
        )
    unused = [] if "title" in found.used else ["title（标题）"]
    return unused if found.used & {"body", "sections"} else [*unused, "body（正文）"]


class TemplateNames:
    """What a template names: found by reading it, and by filling it once with samples."""

    def __init__(self, content: bytes) -> None:
        self.faults: list[str] = []
        self.template = DocxTemplate(BytesIO(content))
        self.template.render_init()
        texts = list(texts_of(self.template))
        self.paragraphs = [text for text in texts if TAG.search(text)]
        loose = [found for text in texts for found in LOOSE.findall(text)]
        self.faults += [f"“{found}”印出来还是原样，占位符要写两层半角花括号：{{{{ 名字 }}}}" for found in loose]
        self.used: set[str] = set()
        for tree in map(environment().parse, self.sources()):
            self.used |= meta.find_undeclared_variables(tree)
            if depth(tree) > MAX_DEPTH:
                self.faults.append(f"循环套得太深，最多 {MAX_DEPTH} 层")
            found = {REFUSED[type(node)]: None for node in tree.find_all(tuple(REFUSED))}
            self.faults += [f"模板里不能用 {word}，删去再上传" for word in found]
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
        word = name.split(".")[-1]
        near = [f"{one}（{KNOWN[one].split('：')[0]}）" if one in KNOWN else one for one in nearest(word, known)]
        hint = f"，是不是 {'、'.join(near)}" if near else ""
        where = next((text for text in self.paragraphs if word in text), "")
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

        made = environment(Noted)
        made.finalize = self.printed
        try:
            self.template.render(SAMPLE, made, autoescape=True)
        except SecurityError:
            self.faults.append("占位符里只能写名字，不能调用函数、做乘除或取内部属性")
        except Exception as error:  # whatever a stranger's template does, it is refused in words
            self.faults.append(f"占位符填不进去，请只写名字，不做运算（{type(error).__name__}）")

    def printed(self, value: Any) -> Any:
        """A list in print would be brackets and quotation marks."""
        if isinstance(value, (list, dict)):
            names = "、".join(GROUPED)
            line = f"{names} 是成组的内容，不能直接印；正文请用 {{{{ body }}}}，其余照自带模板逐项写"
            if line not in self.faults:
                self.faults.append(line)
        return value


def nearest(word: str, known: Any) -> list[str]:
    """The names most like a misspelt one, or whose Chinese name it is."""
    meant = [name for name in known if KNOWN.get(name, "").startswith(word)]
    return [*meant, *(one for one in get_close_matches(word, known, 3) if one not in meant)][:3]


def syntax_faults(content: bytes, error: TemplateSyntaxError) -> list[str]:
    """What is wrong with the way placeholders are written, in words: paragraph by paragraph where that is possible."""
    faults = [fault for text in texts_of(DocxTemplate(BytesIO(content))) if (fault := written_wrong(text))]
    return list(dict.fromkeys(faults)) or [in_words(error, "模板")]


def written_wrong(text: str) -> str:
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        if text.count(opening) != text.count(closing):
            return f"“{text[:40]}”里的 {opening} 和 {closing} 没有配对"
    for tag in PRINTED.findall(text):
        try:
            environment().parse(tag)
        except TemplateSyntaxError as error:
            return in_words(error, f"“{tag[:40]}”")
    return ""


def in_words(error: TemplateSyntaxError, where: str) -> str:
    message = error.message or ""
    if found := re.search(r"No (?:filter|test) named '(\w+)'", message):
        return f"{where}里的 {found.group(1)} 不能用，去掉“|{found.group(1)}”"
    if found := re.search(r"Encountered unknown tag '(\w+)'", message):
        return f"{where}里的 {{% {found.group(1)} %}} 没有开头，或不是可用的语句"
    if "Unexpected end of template" in message or "looking for" in message:
        return f"{where}里的 {{% for %}} 或 {{% if %}} 没有结尾，要有配对的 {{% endfor %}}、{{% endif %}}"
    return f"{where}写得不对，占位符写成 {{{{ 名字 }}}}"


def texts_of(template: Any) -> Iterator[str]:
    """Every paragraph, in tables, text boxes, headers and footers too."""
    template.init_docx()
    parts = [template.docx.element.body]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        parts += [parse_xml(part.blob) for _, part in template.get_headers_footers(uri)]
    for root in parts:
        for paragraph in root.iter("{*}p"):
            yield clean("".join(node.text or "" for node in paragraph.iter("{*}t")))


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


@transaction.atomic
def edit_template(*, template: BriefingTemplate, name: str, is_default: bool) -> None:
    """Renames a template, and makes it the one new briefings begin with, or no longer.

    Raises:
        BriefingError: no name, or another's.
    """
    name = clean(name)[:100]
    if not name:
        raise BriefingError("请写模板的名称", "name")
    if BriefingTemplate.objects.filter(name=name).exclude(pk=template.pk).exists():
        raise BriefingError(f"已经有名为“{name}”的模板，请换个名称", "name")
    if is_default:
        for other in BriefingTemplate.objects.defer("content").filter(is_default=True).exclude(pk=template.pk):
            other.is_default = False
            other.save(update_fields=["is_default"])
    template.name, template.is_default = name, is_default
    template.save(update_fields=["name", "is_default"])


def default_of_office() -> BriefingTemplate | None:
    """What new briefings begin with; None for our own."""
    return BriefingTemplate.objects.filter(is_default=True).defer("content").first()


def drop_template(template: BriefingTemplate) -> None:
    """Raises: BriefingError: a briefing uses it."""
    try:
        template.delete()
    except ProtectedError as error:
        raise BriefingError(f"“{template}”有汇报在用，不能删除") from error
