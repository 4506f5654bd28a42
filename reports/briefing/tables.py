"""The annexes in print: after the body, on pages that lie on their side."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from common.documents import HEADING, TITLE, TWO, OfficialDocument, set_font
from common.text import clean
from reports.briefing.annexes import LISTED, Annexes
from reports.briefing.chart import add_chart

CELL = 10.5  # 五号
TABLE_FONT = "仿宋_GB2312"
COLUMNS = 8  # shares side by side
WIDE = 237  # millimetres between the margins of a page on its side
Row = Sequence[Any]


class AnnexPages(OfficialDocument):
    """Pages added to a document that is there already."""

    def __init__(self, document: Document) -> None:
        self.document = document
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(30)
        section.top_margin, section.bottom_margin = Mm(26), Mm(24)
        self.number = 0

    def annex(self, name: str, note: str = "") -> None:
        """Its number at the left, its title in the middle; each begins a page."""
        self.number += 1
        self.line(f"附件{self.number}", HEADING).paragraph_format.page_break_before = self.number > 1
        self.line(name, TITLE, TWO, align=WD_ALIGN_PARAGRAPH.CENTER)
        if note:
            self.line(note, size=12, align=WD_ALIGN_PARAGRAPH.CENTER)

    def grid(self, rows: Sequence[Row], widths: Sequence[float], *, left: Sequence[int] = (0,)) -> None:
        """A ruled table whose first row stands on every page; columns not in `left` are centred."""
        table = self.document.add_table(rows=len(rows), cols=len(widths))
        ruled(table)
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for at, (row, cells) in enumerate(zip(rows, table.rows, strict=True)):
            mark(cells._tr, "w:cantSplit")
            if at == 0:
                mark(cells._tr, "w:tblHeader")
            for place, (cell, value, width) in enumerate(zip(cells.cells, row, widths, strict=True)):
                cell.width = Mm(width)
                fill(cell.paragraphs[0], value, header=at == 0, left=place in left and at > 0)

    def chart(self, names: Sequence[str], series: dict[str, list[int]]) -> None:
        add_chart(self.document, names, series, width=WIDE, height=105)


class Link:
    """A cell that opens an address; without one it is plain text."""

    def __init__(self, text: str, url: str) -> None:
        self.text, self.url = text, url

    def __str__(self) -> str:
        return self.text


def ruled(table: Any) -> None:
    """Thin lines all round, whatever styles the template has."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "auto")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def mark(row: Any, name: str) -> None:
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(flag)


def fill(paragraph: Any, value: Any, *, header: bool, left: bool) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(1)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(15)
    run = paragraph.add_run(clean(str(value)))
    set_font(run, HEADING if header else TABLE_FONT, CELL)
    if isinstance(value, Link) and value.url:
        run.font.underline = True
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(value.url, RT.HYPERLINK, is_external=True))
        paragraph._p.append(link)
        link.append(run._r)


def append(document: Document, annexes: Annexes) -> None:
    """The four annexes: figures, books, what is unresolved, and the chart."""
    pages = AnnexPages(document)
    names = iter(annexes.names)
    scope = f"{annexes.scope.period.label}{f'（{annexes.scope.name}）' if annexes.scope.name else ''}"
    pages.annex(next(names), f"{scope}，准确值；“记录”为数字背后的记录条数")
    head = ("指标", "口径", "数值", "记录")
    pages.grid(
        [head, *((one.label, one.definition, one.value, Link(str(one.records), one.url)) for one in annexes.figures)],
        (48, 129, 40, 20),
        left=(0, 1),
    )
    share_tables(pages, annexes)
    pages.annex(next(names), f"{scope}，期初未结＋新增－化解－剔除±调整＝期末未结")
    books = [
        (
            *(one.name, one.opening, one.added, one.resolved, one.excluded, one.adjusted, one.closing),
            "相符" if one.adds_up else "不符",
        )
        for one in annexes.books
    ]
    pages.grid([("范围", "期初未结", "新增", "化解", "剔除", "调整", "期末未结", "核对"), *books], (55, *[26] * 7))
    pages.annex(next(names), unresolved_note(annexes))
    entries = [(one.light, one.number, one.title, one.unit, one.deadline or "—", one.words) for one in annexes.entries]
    pages.grid([("灯色", "编号", "问题", "责任单位", "期限", "说明"), *entries], (22, 36, 79, 38, 28, 34), left=(2,))
    pages.annex(next(names), scope)
    pages.chart(annexes.charted, annexes.chart)


def share_tables(pages: AnnexPages, annexes: Annexes) -> None:
    """The figures by matter and by unit, so many columns a table that numbers fit."""
    at = 0
    for group, labels in annexes.shared_by:
        for first in range(0, len(labels), COLUMNS):
            shown = labels[first : first + COLUMNS]
            pages.line("")
            pages.line(f"数字明细表（分{group}）", size=12, align=WD_ALIGN_PARAGRAPH.CENTER)
            rows = [(one.share_label, *one.shares[at : at + len(shown)]) for one in annexes.figures]
            pages.grid([("指标", *shown), *rows], (61, *[(WIDE - 61) / len(shown)] * len(shown)))
            at += len(shown)


def unresolved_note(annexes: Annexes) -> str:
    day = annexes.scope.day
    lights = "、".join(f"{light}{count}件" for light, count in annexes.lights)
    more = f"，以下列出最急的{LISTED}件" if annexes.unresolved > LISTED else ""
    told = f"共{annexes.unresolved}件{f'（{lights}）' if lights else ''}{more}；灯色按现行期限计"
    return f"截至{day.year}年{day.month}月{day.day}日，{told if annexes.unresolved else '没有未化解的问题'}"
