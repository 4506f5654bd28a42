"""Official documents as Word files: the page, type and numbering of GB/T 9704—2012 (党政机关公文格式).

Units: millimetres and points, as the standard gives them. Text is written as text; control characters go.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
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
        set_font(self.document.styles["Normal"], BODY, THREE)
        number_pages(section)
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
            shape.first_line_indent = Pt(size * 2)  # two characters
        paragraph.alignment = align
        set_font(paragraph.add_run(clean(text)), font, size)
        return paragraph

    def heading(self, text: str) -> None:
        self.line(text, HEADING, indent=True)

    def body(self, text: str) -> None:
        """Paragraphs of text, each indented by two characters."""
        for part in clean(text).splitlines() or [""]:
            self.line(part, indent=True)

    def addressee(self, text: str) -> None:
        self.line(f"{text}：")

    def table(self, rows: Sequence[Sequence[Any]], widths: Sequence[int], *, header: bool = True) -> None:
        """A ruled table; `widths` in millimetres. With `header` the first row stands on every page."""
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        for at, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, value, width in zip(cells, row, widths, strict=True):
                cell.width = Mm(width)
                paragraph = cell.paragraphs[0]
                set_font(paragraph.add_run(clean(str(value))), HEADING if header and at == 0 else BODY, FOUR)
        if header and rows:
            repeat = OxmlElement("w:tblHeader")
            repeat.set(qn("w:val"), "true")
            table.rows[0]._tr.get_or_add_trPr().append(repeat)

    def signature(self, who: str, on: date) -> None:
        """Who signs and when, at the right, after a blank line."""
        self.line("")
        for text in (who, f"{on.year}年{on.month}月{on.day}日"):
            paragraph = self.line(text, align=WD_ALIGN_PARAGRAPH.RIGHT)
            paragraph.paragraph_format.right_indent = Pt(THREE * 2)

    def to_bytes(self) -> bytes:
        buffer = BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()


def set_font(target: Any, name: str, size: int) -> None:
    """A run's or a style's font: Latin digits in one, Chinese in the other, which Word keeps apart (`w:eastAsia`)."""
    target.font.name, target.font.size = DIGITS, Pt(size)
    target.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def number_pages(section: Any) -> None:
    """“— 1 —” at the foot, as a field that Word counts itself."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run("— "), "宋体", FOUR)
    run = paragraph.add_run()
    set_font(run, "宋体", FOUR)
    for kind, text in (("begin", ""), ("instr", "PAGE"), ("end", "")):
        element = OxmlElement("w:instrText" if kind == "instr" else "w:fldChar")
        if kind == "instr":
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
    set_font(paragraph.add_run(" —"), "宋体", FOUR)
