"""The Word file: every figure is its indicator's, every count its record list's; any office, any text, any period."""

import re
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from docx import Document
from docx.oxml.ns import qn

from accounts.models import Unit
from cases.models import TypicalCase
from common.periods import SHANGHAI, Period
from enterprises.models import Workstream
from ledger.models import ActionPlan, Recovery, ServiceActivity
from reports.briefing.annexes import annexes
from reports.briefing.compose import compose
from reports.briefing.issuing import document
from reports.briefing.scopes import Scope
from reports.briefing.services import Heading, unsaved, usual_title
from reports.indicators import INDICATORS
from reports.models import Rounding
from reports.records import Place, records, total
from tests.factories import TypicalCaseFactory
from tests.reports.office import furnish

pytestmark = pytest.mark.django_db
HALF, TODAY = Period.parse("2023H1"), date(2023, 7, 10)
HOSTILE = "<w:p/>&amp; {{ 7*7 }}{% for x in y %}{relief_services}[a|{b}] “引号”"


@pytest.fixture
def now():
    return datetime(2023, 7, 10, 9, tzinfo=SHANGHAI)


def scope_of(kind, police):
    unit = police if kind == "unit" else None
    matter = Workstream.objects.get(slug="railway") if kind == "workstream" else None
    return Scope(HALF, TODAY, unit, matter)


def composed_of(scope, now, rounding=Rounding.EXACT):
    title = usual_title(scope.period, scope.unit, scope.workstream)
    briefing, paragraphs = unsaved(scope, Heading(title, rounding), now)
    return briefing, compose(briefing, paragraphs, scope, now)


def text_of(content):
    body = Document(BytesIO(content))
    cells = [cell.text for table in body.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in body.paragraphs), *cells])


@pytest.mark.parametrize("kind", ["all", "unit", "workstream"])
def test_every_figure_and_count_is_that_of_its_records(police, court, admin, now, kind):
    furnish([police, court])
    scope = scope_of(kind, police)
    _, composed = composed_of(scope, now)
    assert len(composed.figures) > 10
    for figure in composed.figures:
        if figure.code in INDICATORS:
            found = records(figure.code, HALF, admin, Place(figure.workstream, figure.unit), TODAY)
            one = INDICATORS[figure.code]
            value = total(one, found.rows) if one.code != "park_calm_months" else found.figure.split()[0]
            assert figure.exact.replace(",", "") == f"{value}{one.unit_word}", figure.code
    place = Place(scope.workstream and scope.workstream.pk, scope.unit and scope.unit.pk)
    for line in annexes(scope, now).figures:
        found = records(line.code, HALF, admin, place, TODAY)
        assert line.records == found.rows.count(), line.code
    books = annexes(scope, now).books
    assert all(line.adds_up for line in books)
    assert books[0].added > 0


@pytest.mark.parametrize("rounding", Rounding)
def test_no_prose_says_a_zero_and_every_figure_is_printed_as_it_is_bound(police, court, now, rounding):
    furnish([police, court])
    ServiceActivity.objects.filter(kind="duty").delete()
    Recovery.objects.all().delete()
    _, composed = composed_of(Scope(HALF, TODAY), now, rounding)
    prose = "\n".join(told.text for told in composed.told)
    assert not re.search(r"(?<![\d.])0[\u4e00-\u9fff%]", prose)
    assert "驻点坐班" not in prose
    assert "挽回" not in prose
    assert all(figure.text in prose for figure in composed.figures)


@pytest.mark.parametrize("plan", [True, False])
def test_an_empty_period_still_makes_a_document(now, plan):
    if not plan:
        ActionPlan.objects.all().delete()
    scope = Scope(Period.parse("2024H2"), date(2024, 12, 31))
    briefing, composed = composed_of(scope, now, Rounding.PROSE)
    text = text_of(document(briefing, composed, now))
    assert composed.figures == []
    assert "现将2024年下半年工作情况汇报如下。" in text
    assert "{" not in text
    assert "None" not in text


def test_what_people_wrote_is_printed_as_text(police, court, now):
    furnish([police, court])
    TypicalCase.objects.all().delete()
    TypicalCaseFactory(title=HOSTILE, channel="a\x07\x0cb\tc", published_on=date(2023, 3, 1), unit=police)
    briefing, composed = composed_of(Scope(HALF, TODAY), now)
    text = text_of(document(briefing, composed, now))
    assert f"《{HOSTILE}》（ab\tc）" in text


def test_the_document_is_in_official_form(police, court, now, settings):
    furnish([police, court])
    settings.SITE_URL = "https://jinshi.example/"
    briefing, composed = composed_of(Scope(HALF, TODAY), now, Rounding.PROSE)
    content = document(briefing, composed, now)
    opened = Document(BytesIO(content))
    first, sideways = opened.sections
    assert (first.page_width.mm, first.top_margin.mm, first.left_margin.mm) == pytest.approx((210, 37, 28), abs=0.1)
    assert sideways.page_width > sideways.page_height
    fonts = {font(run): run.text for one in opened.paragraphs for run in one.runs if run.text.strip()}
    assert {("方正小标宋简体", 22), ("仿宋_GB2312", 16), ("黑体", 16), ("楷体_GB2312", 16)} <= set(fonts)
    assert {one.paragraph_format.line_spacing.pt for one in opened.paragraphs if "汇报如下" in one.text} == {28}
    names = zipfile.ZipFile(BytesIO(content)).namelist()
    assert {"word/charts/chart-figures.xml", "word/embeddings/chart-data.xlsx"} <= set(names)
    links = {rel.target_ref for rel in opened.part.rels.values() if rel.is_external}
    assert "https://jinshi.example/records/relief_services/?period=2023H1" in links
    assert len(links) == len(INDICATORS)


def font(run):
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_command_writes_a_unit_or_a_matter(police, court, tmp_path, capsys):
    furnish([police, court])
    out = tmp_path / "b.docx"
    call_command("briefing", "2023H1", out=str(out), unit="市公安局", exact=True)
    text = text_of(out.read_bytes())
    assert "市公安局2023年上半年" in text
    assert "2023年上半年，市公安局紧扣" in text
    assert "市人民法院" not in text
    assert "个数字" in capsys.readouterr().out
    call_command("briefing", "2023H1", out=str(out), workstream="疏港铁路")
    assert "（一）疏港铁路" in text_of(out.read_bytes())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"unit": "无此单位"}, "没有名为“无此单位”的单位"),
        ({"unit": "市公安局", "workstream": "五好园区"}, "只能写一个"),
        ({"out": "/no/such/folder/b.docx"}, "No such file"),
    ],
)
def test_the_command_says_what_is_wrong(db, tmp_path, arguments, words):
    Unit.objects.get_or_create(name="市公安局")
    with pytest.raises(CommandError, match=words):
        call_command("briefing", "2023H1", **{"out": str(tmp_path / "b.docx"), **arguments})
