"""Official documents as Word files: the page, type and numbering of GB/T 9704—2012 (党政机关公文格式).

Units: millimetres and points, as the standard gives them. Text is written as text; control characters go.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from math import floor
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from common.text import clean

# 字体: the standard's own; where a machine has not got one, Word puts its nearest.
TITLE, BODY, HEADING, SUBHEADING, DIGITS = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "Times New Roman"
TWO, THREE, FOUR = 22, 16, 14  # 二号, 三号, 四号 in points
LINE = 28  # points: 22 lines on a page
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
WIDTH = 442.2  # points between the side margins: 156 mm
A_LINE = 28  # characters
FOOT = 25  # millimetres below the page number, whose dashes so stand 7 mm below the text
SEALED = 240  # points: the block at the right in which the date ends four characters before the margin


class OfficialDocument:
    """A document built from the top down; `to_bytes()` ends it."""

    def __init__(self, title: str, *, number: str = "") -> None:
        self.document = Document()
        self.document.core_properties.title = clean(title)
        self.document.core_properties.author = ""
        section = self.document.sections[0]
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
        for name, millimetres in MARGINS.items():
            setattr(section, name, Mm(millimetres))
        section.footer_distance = Mm(FOOT)
        chinese(self.document.styles)
        grid(section)
        self.document.settings.odd_and_even_pages_header_footer = True
        number_pages(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
        number_pages(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
        self.line(title, TITLE, TWO, align=WD_ALIGN_PARAGRAPH.CENTER)
        if number:
            self.line(number, BODY, THREE, align=WD_ALIGN_PARAGRAPH.CENTER)
        self.line("")

    def line(self, text: str, font: str = BODY, size: int = THREE, *, align: Any = None, indent: bool = False) -> Any:
        paragraph = self.document.add_paragraph()
        shape = paragraph.paragraph_format
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE if size < TWO else LINE + 8)
        shape.space_before = shape.space_after = Pt(0)
        if indent:
            shape.first_line_indent = Pt(size * 2)
            indents: Any = paragraph._p.get_or_add_pPr().get_or_add_ind()
            indents.set(qn("w:firstLineChars"), "200")  # two characters, whatever size they are given later
        paragraph.alignment = align
        set_font(paragraph.add_run(clean(text)), font, size)
        return paragraph

    def heading(self, text: str) -> Any:
        """A first-level heading: in Word's outline too, and never alone at the foot of a page."""
        paragraph = self.line(text, HEADING, indent=True)
        paragraph.paragraph_format.keep_with_next = True
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "0")
        paragraph._p.pPr.append(level)
        return paragraph

    def body(self, text: str) -> None:
        """Paragraphs of text, each indented by two characters."""
        for part in clean(text).splitlines() or [""]:
            self.line(part, indent=True)

    def addressee(self, text: str) -> None:
        self.line(f"{text}：")

    def table(self, rows: Sequence[Sequence[Any]], widths: Sequence[int], *, header: bool = True) -> None:
        """A ruled table; `widths` in millimetres, numbers at the right. `header`: the first row is on every page."""
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)  # LibreOffice reads the grid, Word the cells
        for at, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, value, width in zip(cells, row, widths, strict=True):
                cell.width = Mm(width)
                paragraph = cell.paragraphs[0]
                text = clean(str(value))
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if text[:1].isdigit() else WD_ALIGN_PARAGRAPH.LEFT
                set_font(paragraph.add_run(text), HEADING if header and at == 0 else BODY, FOUR)
        if header and rows:
            repeat = OxmlElement("w:tblHeader")
            repeat.set(qn("w:val"), "true")
            table.rows[0]._tr.get_or_add_trPr().append(repeat)

    def signature(self, who: str, on: date) -> None:
        self.sign(who, f"{on.year}年{on.month}月{on.day}日")

    def sign(self, who: str, when: str) -> None:
        """Who signs and, below, when: the date four characters from the right, the name centred on it, for the seal."""
        for text in ("", who, when):
            paragraph = self.line(text, align=WD_ALIGN_PARAGRAPH.CENTER)
            paragraph.paragraph_format.left_indent = Pt(WIDTH - SEALED)
            paragraph.paragraph_format.keep_with_next = text != when

    def to_bytes(self) -> bytes:
        buffer = BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()


def chinese(styles: Any) -> None:
    """Body text as the standard has it: 28 characters a line, broken by Chinese rules and flush on both sides."""
    normal = styles["Normal"]
    set_font(normal, BODY, THREE)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    normal.paragraph_format.space_after = Pt(0)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(floor((WIDTH / A_LINE - THREE) * 20)))  # twips
    normal.element.rPr.insert_element_before(closer, "w:sz", "w:szCs")


def grid(section: Any) -> None:
    """22 lines. The 28 characters are the style's spacing: a grid of characters LibreOffice draws far apart."""
    found = section._sectPr.find(qn("w:docGrid"))
    found.set(qn("w:type"), "lines")
    found.set(qn("w:linePitch"), str(LINE * 20))


def set_font(target: Any, name: str, size: float, digits: str = DIGITS) -> None:
    """A run's or a style's font: Latin digits in one, Chinese in the other, which Word keeps apart (`w:eastAsia`).

    Quotation marks and dashes are in both: the hint says they are Chinese.
    """
    target.font.name, target.font.size = digits, Pt(size)
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def number_pages(footer: Any, side: Any) -> None:
    """“— 1 —” at the outer side, a character from the margin, as a field that Word counts itself."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    shape = paragraph.paragraph_format
    shape.right_indent = shape.left_indent = Pt(FOUR)
    fonts: dict[str, Any] = {"name": "宋体", "size": FOUR, "digits": "宋体"}
    set_font(paragraph.add_run("— "), **fonts)
    run = paragraph.add_run()
    set_font(run, **fonts)
    for kind, text in (("begin", ""), ("instr", "PAGE"), ("end", "")):
        element = OxmlElement("w:instrText" if kind == "instr" else "w:fldChar")
        if kind == "instr":
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
    set_font(paragraph.add_run(" —"), **fonts)
