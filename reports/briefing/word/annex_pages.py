"""The annexes in print: after the body, on pages that lie on their side."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from common.books.documents import BODY, DIGITS, HEADING, TITLE, TWO, OfficialDocument
from common.text import clean
from reports.briefing.word.annexes import LISTED, Annexes, FigureLine
from reports.briefing.word.chart import add_chart
from reports.figures import balance

CELL = 21  # half-points: 五号
COLUMNS = 8  # shares side by side
WIDE, FIRST = 237, 61  # millimetres: between the margins of a page on its side; the column of the labels
TWIPS = 56.693  # a millimetre
BORDERS = "".join(  # thin lines all round, whatever styles the template has
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
Row = Sequence[Any]


class AnnexPages(OfficialDocument):
    """Pages added to a document that is there already."""

    def __init__(self, document: Document) -> None:
        self.document = document
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(30)
        section.top_margin, section.bottom_margin, section.footer_distance = Mm(26), Mm(24), Mm(14)
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)  # of the text's pages
        self.number = 0

    def annex(self, name: str, note: str = "") -> None:
        """Its number in the first line at the left, its title in the third; each begins a page."""
        self.number += 1
        self.line(f"附件{self.number}", HEADING).paragraph_format.page_break_before = self.number > 1
        self.line("")
        self.line(name, TITLE, TWO, align=WD_ALIGN_PARAGRAPH.CENTER)
        if note:
            self.caption(note)

    def caption(self, text: str) -> None:
        """What stands above a table or a chart, on its page."""
        self.line(text, size=12, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.keep_with_next = True

    def grid(self, rows: Sequence[Row], widths: Sequence[float], *, left: Sequence[int] = (0,)) -> None:
        """A ruled table whose first row stands on every page; columns not in `left` are centred.

        Written as a whole: cell by cell, python-docx takes a second for a few hundred rows.
        """
        relate = self.document.part.relate_to
        twips = [round(width * TWIPS) for width in widths]
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
        drawn = "".join(row_xml(row, twips, left, relate, header=at == 0) for at, row in enumerate(rows))
        table = parse_xml(
            f'<w:tbl {nsdecls("w", "r")}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{columns}</w:tblGrid>{drawn}</w:tbl>"
        )
        self.document.element.body.insert_element_before(table, "w:sectPr")

    def chart(self, title: str, names: Sequence[str], series: dict[str, list[int]]) -> None:
        add_chart(self.document, title, names, series, width=WIDE, height=90)


class Link:
    """A cell that opens an address; without one it is plain text."""

    def __init__(self, text: str, url: str) -> None:
        self.text, self.url = text, url

    def __str__(self) -> str:
        return self.text


def row_xml(row: Row, twips: Sequence[int], left: Sequence[int], relate: Any, *, header: bool) -> str:
    """A row that is never broken over two pages."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        '<w:snapToGrid w:val="0"/><w:spacing w:before="20" w:after="20" w:line="300" w:lineRule="exact"/>'
        f'<w:jc w:val="{"left" if place in left and not header else "center"}"/></w:pPr>'
        f"{run_xml(value, relate, header=header)}</w:p></w:tc>"
        for place, (value, width) in enumerate(zip(row, twips, strict=True))
    )
    flags = "<w:cantSplit/><w:tblHeader/>" if header else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{flags}</w:trPr>{cells}</w:tr>"


def run_xml(value: Any, relate: Any, *, header: bool) -> str:
    link = value.url if isinstance(value, Link) else ""
    look = '<w:color w:val="1F4E8C"/>' if link else ""
    under = '<w:u w:val="single"/>' if link else ""
    run = (
        f'<w:r><w:rPr><w:rFonts w:hint="eastAsia" w:ascii="{DIGITS}" w:hAnsi="{DIGITS}"'
        f' w:eastAsia="{HEADING if header else BODY}"/>{look}<w:sz w:val="{CELL}"/><w:szCs w:val="{CELL}"/>{under}'
        f'</w:rPr><w:t xml:space="preserve">{escape(clean(str(value)))}</w:t></w:r>'
    )
    if not link:
        return run
    return f'<w:hyperlink r:id="{relate(link, RT.HYPERLINK, is_external=True)}" w:history="1">{run}</w:hyperlink>'


def append(document: Document, annexes: Annexes) -> None:
    """The four annexes: figures, books, what is unresolved, and the chart."""
    pages = AnnexPages(document)
    names = iter(annexes.names)
    scope = f"{annexes.scope.period.label}{f'（{annexes.scope.name}）' if annexes.scope.name else ''}"
    figure_pages(pages, annexes, next(names), scope)
    book_pages(pages, annexes, next(names), scope)
    pages.annex(next(names), unresolved_note(annexes))
    entries = [(one.light, one.number, one.title, one.unit, one.deadline or "—", one.words) for one in annexes.entries]
    if entries:
        heads = ("灯色", "编号", "问题", "责任单位", "期限", "说明")
        pages.grid([heads, *entries], (22, 36, 79, 38, 28, 34), left=(2,))
    chart_pages(pages, annexes, next(names), scope)


def figure_pages(pages: AnnexPages, annexes: Annexes, name: str, scope: str) -> None:
    """Each figure of the text with its definition and records, then all figures by matter and unit."""
    linked = any(one.url for one in annexes.figures)
    opens = "，点开可看" if linked else ""
    pages.annex(name, f"{scope}；正文数字在前，“正文”栏空着的正文没有写；“记录”是数字背后的记录条数{opens}")
    pages.grid(
        [("指标", "范围", "正文", "准确值", "口径", "版本", "记录"), *map(figure_cells, annexes.figures)],
        (40, 26, 27, 34, 82, 12, 16),
        left=(0, 4),
    )
    share_tables(pages, annexes)


def figure_cells(one: FigureLine) -> Row:
    records = Link(str(one.records), one.url)
    return (one.label, one.place, one.told or "—", one.value, one.definition, one.version, records)


def share_tables(pages: AnnexPages, annexes: Annexes) -> None:
    """The figures by matter and by unit, so many columns a table that numbers fit; 合计 first."""
    at = 1
    for group, labels in annexes.shared_by:
        for first in range(0, len(labels), COLUMNS):
            shown = labels[first : first + COLUMNS]
            pages.line("")
            pages.caption(f"数字明细表（分{group}）")
            rows = [(one.label, one.cells[0], *one.cells[at : at + len(shown)]) for one in annexes.shares]
            width = (WIDE - FIRST) / (len(shown) + 1)
            pages.grid([("指标", "合计", *shown), *rows], (FIRST, *[width] * (len(shown) + 1)))
            at += len(shown)


def book_pages(pages: AnnexPages, annexes: Annexes, name: str, scope: str) -> None:
    """The period's books, and what moved of the text's figures since they were closed."""
    pages.annex(name, f"{scope}，{balance.RULE}")
    books = [(one.name, *one.numbers, "相符" if one.adds_up else "不符") for one in annexes.books]
    heads = ("范围", *(balance.LABELS[code] for code in balance.COLUMNS), "核对")
    pages.grid([heads, *books], (48, *[21] * 9))
    if annexes.moved:
        pages.line("")
        pages.caption("结账后的调整：正文用结账时的数字，此后的增减如下")
        moved = [(one.label, one.place, one.amount, one.reason) for one in annexes.moved]
        pages.grid([("指标", "范围", "增减", "原因"), *moved], (60, 45, 30, 102), left=(0, 3))


def chart_pages(pages: AnnexPages, annexes: Annexes, name: str, scope: str) -> None:
    """The chart with its numbers below it."""
    pages.annex(name, "")
    group = annexes.shared_by[0][0]
    labels = list(annexes.chart)
    pages.chart(f"{scope}服务与化解情况（分{group}）", annexes.charted, annexes.chart)
    rows = [(label, *annexes.chart[label]) for label in labels]
    for first in range(0, len(annexes.charted), COLUMNS):
        shown = annexes.charted[first : first + COLUMNS]
        cells = [(label, *values[first : first + COLUMNS]) for label, *values in rows]
        pages.grid([("", *shown), *cells], (FIRST, *[(WIDE - FIRST) / len(shown)] * len(shown)))


def unresolved_note(annexes: Annexes) -> str:
    day = annexes.scope.day
    lights = "、".join(f"{light}{count}件" for light, count in annexes.lights)
    more = f"，以下列出最急的{LISTED}件" if annexes.unresolved > LISTED else ""
    told = f"共{annexes.unresolved}件{f'（{lights}）' if lights else ''}{more}；灯色按现行期限计"
    return f"截至{day.year}年{day.month}月{day.day}日，{told if annexes.unresolved else '没有未化解的问题'}"
