"""A native column chart in a Word file: DrawingML that Word and LibreOffice draw themselves, with its numbers inside.

python-docx knows no charts; a chart is one more part of the package, its workbook another.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm
from xlsxwriter import Workbook

from common.text import clean

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLOURS = ("1F3864", "F2B84B", "7F9FBF")  # dark, light, between: apart when printed in black too
NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
INLINE = """<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" {namespaces}>
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>
<wp:docPr id="9001" name="图表" title="{title}" descr="{description}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
<c:chart r:id="{rid}"/></a:graphicData></a:graphic></wp:inline></w:drawing>"""


def add_chart(
    document: Document,
    title: str,
    names: Sequence[str],
    series: Mapping[str, Sequence[int]],
    *,
    width: int,
    height: int,
) -> None:
    """A paragraph with the chart; `width` and `height` in millimetres."""
    package = document.part.package
    workbook = Part(PackURI("/word/embeddings/chart-data.xlsx"), SHEET, data_sheet(names, series), package)
    chart = Part(PackURI("/word/charts/chart-figures.xml"), CHART, b"", package)
    data = chart.relate_to(workbook, RT.PACKAGE)
    chart._blob = chart_xml(title, names, series, data).encode()
    drawing = INLINE.format(
        namespaces=NAMESPACES,
        width=Mm(width),
        height=Mm(height),
        title=attribute(title),
        description=attribute(in_words(title, names, series)),
        rid=document.part.relate_to(chart, RT.CHART),
    )
    document.add_paragraph().add_run()._r.append(parse_xml(drawing))


def attribute(text: str) -> str:
    return escape(clean(text), {'"': "&quot;"})


def in_words(title: str, names: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """What someone who does not see the chart is told: every column of it."""
    told = [
        f"{label}：{'、'.join(f'{name}{value}' for name, value in zip(names, values, strict=True))}"
        for label, values in series.items()
    ]
    return f"柱状图，{title}。{'；'.join(told)}"


def data_sheet(names: Sequence[str], series: Mapping[str, Sequence[int]]) -> bytes:
    """What Word opens under 编辑数据."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("数据")
    for row, name in enumerate(names, 1):
        sheet.write_string(row, 0, clean(name))
    for column, (label, values) in enumerate(series.items(), 1):
        sheet.write_string(0, column, clean(label))
        sheet.write_column(1, column, values)
    book.close()
    return buffer.getvalue()


def chart_xml(title: str, names: Sequence[str], series: Mapping[str, Sequence[int]], data: str) -> str:
    drawn = "".join(one_series(at, label, names, values) for at, (label, values) in enumerate(series.items()))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {NAMESPACES}>'
        '<c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>'
        f'{text_look(14)}</a:pPr><a:r><a:rPr lang="zh-CN" sz="1400" b="0"><a:latin typeface="Times New Roman"/>'
        f'<a:ea typeface="黑体"/></a:rPr><a:t>{escape(clean(title))}</a:t></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{drawn}<c:gapWidth val="80"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="b"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'{text(10)}<c:crossAx val="1002"/></c:catAx>'
        '<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill>'
        '<a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
        '<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="nextTo"/>{text(10)}<c:crossAx val="1001"/></c:valAx></c:plotArea>'
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{text(11)}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:externalData r:id="{data}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def text(points: int) -> str:
    look = text_look(points)
    return f'<c:txPr><a:bodyPr/><a:p><a:pPr>{look}</a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def text_look(points: int) -> str:
    return (
        f'<a:defRPr sz="{points * 100}" b="0"><a:latin typeface="Times New Roman"/>'
        '<a:ea typeface="仿宋_GB2312"/></a:defRPr>'
    )


def one_series(at: int, label: str, names: Sequence[str], values: Sequence[int]) -> str:
    last, column = len(names) + 1, "BCD"[at]
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{cached("str", f"数据!${column}$1", [label])}</c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{COLOURS[at]}"/></a:solidFill></c:spPr>'
        f'<c:invertIfNegative val="0"/><c:dLbls>{text(9)}<c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat>{cached('str', f'数据!$A$2:$A${last}', names)}</c:cat>"
        f"<c:val>{cached('num', f'数据!${column}$2:${column}${last}', values)}</c:val></c:ser>"
    )


def cached(kind: str, cells: str, values: Sequence[Any]) -> str:
    """A reference to the sheet and the values last read from it: what is drawn without opening the sheet."""
    form = "<c:formatCode>General</c:formatCode>" if kind == "num" else ""
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(clean(str(value)))}</c:v></c:pt>' for at, value in enumerate(values)
    )
    return (
        f"<c:{kind}Ref><c:f>{cells}</c:f><c:{kind}Cache>{form}"
        f'<c:ptCount val="{len(values)}"/>{points}</c:{kind}Cache></c:{kind}Ref>'
    )
