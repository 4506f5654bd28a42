"""The Word file: the office's template, or our own in official form, filled by docxtpl in a sandbox."""

from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docxtpl import DocxTemplate, Listing

from accounts.models import Unit, UnitKind
from common.books.documents import BODY, SUBHEADING, THREE, OfficialDocument, set_font
from common.text import clean
from reports.briefing.text.bound import FigureBook, exact, prose
from reports.briefing.text.compose import Composed
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annex_pages import append
from reports.briefing.word.annexes import Annexes
from reports.briefing.word.sandbox import environment
from reports.figures.registry.definitions import Prose
from reports.figures.registry.indicators import INDICATORS
from reports.models import Briefing, Rounding


def write(briefing: Briefing, composed: Composed, annexes: Annexes | None, today: date, book: FigureBook) -> bytes:
    """The document, whole.

    Raises:
        jinja2.TemplateError: the office's template names what is not there, or does what it may not.
    """
    content = bytes(briefing.template.content) if briefing.template else default_template()
    template = DocxTemplate(BytesIO(content))
    template.render(context(composed, annexes, today, book), environment(), autoescape=True)
    properties = template.docx.core_properties
    properties.title, properties.author = clean(briefing.title)[:255], ""
    if annexes:
        append(template.docx, annexes)
    buffer = BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def context(composed: Composed, annexes: Annexes | None, today: date, book: FigureBook) -> dict[str, Any]:
    """Everything a template may name; `templates.KNOWN` explains each in words."""
    scope = composed.scope
    sections = [
        {
            "heading": section.heading,
            "paragraphs": [part for told in section.paragraphs for part in split(told.lead, told.text)],
        }
        for section in composed.sections
    ]
    values = {code: scoped_value(book, code) for code in INDICATORS}
    rows = [
        {"label": one.label, "value": exact(one, values[code]), "definition": one.definition}
        for code, one in INDICATORS.items()
    ]
    printed = Prose.EXACT if book.rounding == Rounding.EXACT else None
    return {
        "title": clean(composed.title).replace(" ", "\n"),  # an author breaks a long title with a blank
        "period": scope.period.label,
        "scope": scope.name or "全部",
        "day": chinese(scope.day),
        "date": chinese(today),
        "office": office(scope),
        "sections": sections,
        "body": Listing(whole_text(sections)),
        "annexes": annexes.names if annexes else [],
        "figures": rows,
        "exact": {code: exact(one, values[code]) for code, one in INDICATORS.items()},
        **{code: prose(one, values[code], printed or one.prose) for code, one in INDICATORS.items()},
    }


def whole_text(sections: list[dict[str, Any]]) -> str:
    """Headings and paragraphs, each a paragraph of the template's own look."""
    lines = [
        line
        for section in sections
        for line in (section["heading"], *(f"{part['lead']}{part['text']}" for part in section["paragraphs"]))
    ]
    return "\a".join(filter(None, lines))


def scoped_value(book: FigureBook, code: str) -> int | None:
    return book.bound(code).value


def split(lead: str, text: str) -> list[dict[str, str]]:
    """A paragraph a line; the lead stands before the first."""
    lines = [line for line in clean(text).splitlines() if line.strip()]
    return [{"lead": clean(lead) if not at else "", "text": line} for at, line in enumerate(lines)]


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def office(scope: Scope) -> str:
    """Who signs: the unit the briefing is of, or the commission."""
    if scope.unit:
        return scope.unit.name
    return Unit.objects.filter(kind=UnitKind.COMMISSION).values_list("name", flat=True).first() or ""


@lru_cache(maxsize=1)
def default_template() -> bytes:
    """Our own template, after GB/T 9704: also what an office downloads to begin its own with."""
    document = OfficialDocument("{{ title }}")
    document.document.core_properties.title = ""
    document.line("（截至{{ day }}）", SUBHEADING, align=WD_ALIGN_PARAGRAPH.CENTER)
    document.line("")
    document.line("{%p for section in sections %}")
    document.line("{%p if section.heading %}")
    document.heading("{{ section.heading }}")
    document.line("{%p endif %}")
    document.line("{%p for paragraph in section.paragraphs %}")
    paragraph = document.line("{{ paragraph.lead }}", SUBHEADING, indent=True)
    set_font(paragraph.add_run("{{ paragraph.text }}"), BODY, THREE)
    document.line("{%p endfor %}")
    document.line("{%p endfor %}")
    document.line("{%p if annexes %}")
    together = [document.line("")]
    document.line("{%p endif %}")
    document.line("{%p for name in annexes %}")
    name = "{% if loop.first %}附件：{% else %}　　　{% endif %}{{ loop.index }}. {{ name }}"
    together.append(document.line(name, indent=True))
    document.line("{%p endfor %}")
    for paragraph in together:
        paragraph.paragraph_format.keep_with_next = True
    document.sign("{{ office }}", "{{ date }}")
    return document.to_bytes()
