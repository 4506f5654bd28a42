"""The Word file: every figure is its indicator's, every count its record list's; any office, any text, any period."""

import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from docx import Document
from docx.oxml.ns import qn

from cases.models import CaseKind, TypicalCase
from common.periods import SHANGHAI, Period
from enterprises.models import Workstream
from ledger.models import (
    ActionPlan,
    ActivityKind,
    ActivityOutput,
    KeyTask,
    Measure,
    PlanGoal,
    Recovery,
    ServiceActivity,
)
from reports.briefing.drafts import Heading, unsaved, usual_title
from reports.briefing.issuing import document
from reports.briefing.text.compose import compose
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annexes import annexes
from reports.figures.balance import COLUMNS, REGISTERED
from reports.figures.registry.indicators import INDICATORS
from reports.models import Rounding
from reports.records.lists import Place, records
from tests.factories import ActivityFactory, CaseFactory, TypicalCaseFactory
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
    title = usual_title(scope)
    briefing, paragraphs = unsaved(scope, Heading(title, rounding), now)
    return briefing, compose(briefing, paragraphs, scope, now)


def text_of(content):
    body = Document(BytesIO(content))
    cells = [cell.text for table in body.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in body.paragraphs), *cells])


def test_every_figure_and_count_is_that_of_its_records(police, court, admin, now):
    furnish([police, court])
    for kind in ("all", "unit", "workstream"):
        scope = scope_of(kind, police)
        _, composed = composed_of(scope, now)
        annexed = annexes(scope, now, composed.figures, "https://jinshi.example")
        assert len(composed.figures) > 10
        assert {line.code for line in annexed.figures} >= set(INDICATORS)
        lists = {line.url: opened(line.url, admin) for line in annexed.figures}
        for line in annexed.figures:
            assert line.records == lists[line.url].rows.count(), line.code
            assert lists[line.url].definition.endswith(line.definition), line.code
        for figure in composed.figures:
            if figure.code in INDICATORS:
                found, one = lists[f"https://jinshi.example{figure.url}"], INDICATORS[figure.code]
                value = found.head.in_full(found.rows).value
                assert figure.exact.replace(",", "") == f"{value}{one.unit_word}", figure.code
        assert annexed.figures[0].told
        assert all(line.adds_up for line in annexed.books)
        assert annexed.books[0].numbers[COLUMNS.index(REGISTERED)] > 0


def opened(url, user):
    """The records a link of the document leads to."""
    parts = urlsplit(url)
    asked = {name: int(value) for name, value in parse_qsl(parts.query) if name not in ("period", "of")}
    return records(parts.path.strip("/").split("/")[-1], HALF, user, Place(**asked), TODAY)


def test_no_prose_says_a_zero_and_every_figure_is_printed_as_it_is_bound(police, court, now):
    furnish([police, court])
    ServiceActivity.objects.filter(kind="duty").delete()
    Recovery.objects.all().delete()
    park = Workstream.objects.get(slug="park")
    CaseFactory(kind=CaseKind.PUBLIC_SECURITY, unit=police, filed_on=date(2023, 2, 1), workstream=park)
    for rounding in Rounding:
        _, composed = composed_of(Scope(HALF, TODAY), now, rounding)
        prose = "\n".join(told.text for told in composed.told)
        assert not re.search(r"(?<![\d.])0[\u4e00-\u9fff%]", prose)
        assert "驻点坐班" not in prose
        assert "挽回" not in prose
        assert "零发生累计5个月" in prose
        assert all(figure.text in prose for figure in composed.figures)


def test_an_empty_period_still_makes_a_document(now):
    for _ in range(2):
        scope = Scope(Period.parse("2024H2"), date(2024, 12, 31))
        briefing, composed = composed_of(scope, now, Rounding.PROSE)
        text = text_of(document(briefing, composed, now, ""))
        assert composed.figures == []
        assert "2024年下半年暂无工作记录。" in text
        assert "零发生持续" not in text
        assert "{" not in text
        assert "None" not in text
        ActionPlan.objects.all().delete()


@pytest.mark.parametrize(
    ("kind", "said", "unsaid"),
    [
        ("all", ["政法系统紧扣“六件大事”", "（一）疏港铁路。", "制定《方案》"], ["牵头重点工作"]),
        ("unit", ["市公安局紧扣“六件大事”", "落实《方案》", "牵头重点工作1项"], ["制定《", "市人民法院"]),
        ("workstream", ["政法系统围绕疏港铁路", "在疏港铁路指挥部驻点坐班"], ["（一）", "涉及疏港铁路"]),
    ],
)
def test_each_scope_speaks_of_itself(police, now, kind, said, unsaid):
    railway = Workstream.objects.get(slug="railway")
    plan = ActionPlan.objects.get_or_create(
        year=2023, defaults={"target_on": date(2023, 10, 31), "concentrated_from": date(2023, 6, 1)}
    )[0]
    ActionPlan.objects.filter(pk=plan.pk).update(title="方案")
    goal = PlanGoal.objects.get_or_create(plan=plan, order=1, defaults={"name": "目标"})[0]
    KeyTask.objects.create(
        plan=plan, goal=goal, number=50, name="任务", lead_unit=police, starts_on=HALF.start, ends_on=HALF.end
    )
    visit = ActivityFactory(kind=ActivityKind.DUTY, happened_on=HALF.start, unit=police, workstream=railway)
    ActivityOutput.objects.create(activity=visit, measure=Measure.ATTENDANCE, quantity=3)
    ActivityFactory(kind=ActivityKind.LEADER_VISIT, happened_on=HALF.start, unit=police, workstream=railway)
    _, composed = composed_of(scope_of(kind, police), now)
    prose = "".join(told.lead + told.text for told in composed.told)
    assert [words for words in said if words not in prose] == []
    assert [words for words in unsaid if words in prose] == []


def test_the_document_is_in_official_form(police, court, now):
    furnish([police, court])
    TypicalCase.objects.all().delete()
    TypicalCaseFactory(title=HOSTILE, channel="a\x07\x0cb\tc", published_on=date(2023, 3, 1), unit=police)
    briefing, composed = composed_of(Scope(HALF, TODAY), now, Rounding.PROSE)
    content = document(briefing, composed, now, "https://jinshi.example/")
    written = Document(BytesIO(content))
    assert f"《{HOSTILE}》（ab\tc）" in text_of(content)
    first, sideways = written.sections
    margins = [getattr(first, f"{side}_margin").mm for side in ("top", "bottom", "left", "right")]
    assert [first.page_width.mm, *margins] == pytest.approx([210, 37, 35, 28, 26], abs=0.1)
    assert sideways.page_width > sideways.page_height
    fonts = {font(run): run.text for one in written.paragraphs for run in one.runs if run.text.strip()}
    assert {("方正小标宋简体", 22), ("仿宋_GB2312", 16), ("黑体", 16), ("楷体_GB2312", 16)} <= set(fonts)
    runs = written.element.body.iter(qn("w:r"))
    plain = [run for run in runs if run.find(qn("w:t")) is not None and run.rPr.rFonts.get(qn("w:eastAsia")) is None]
    assert plain == []
    opening = next(one for one in written.paragraphs if "汇报如下" in one.text)
    assert (opening.paragraph_format.line_spacing.pt, opening.paragraph_format.first_line_indent.pt) == (28, 32)
    for footer, side in ((first.footer, "RIGHT"), (first.even_page_footer, "LEFT")):
        number = footer.paragraphs[0]
        assert (number.text, number.alignment.name, font(number.runs[0])) == ("—  —", side, ("宋体", 14))
    names = zipfile.ZipFile(BytesIO(content)).namelist()
    assert {"word/charts/chart-figures.xml", "word/embeddings/chart-data.xlsx"} <= set(names)
    assert "柱状图，2023年上半年服务与化解情况（分六件大事）。为企纾困（次）：疏港铁路" in written.element.xml
    links = {rel.target_ref for rel in written.part.rels.values() if rel.is_external}
    assert "https://jinshi.example/records/relief_services/?period=2023H1" in links
    assert len(links) >= len(INDICATORS)


def font(run):
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_command_writes_a_unit_and_says_what_is_wrong(police, tmp_path, capsys):
    out = tmp_path / "b.docx"
    call_command("briefing", "2023H1", out=str(out), unit="市公安局", exact=True)
    assert "市公安局2023年上半年" in text_of(out.read_bytes())
    assert "个数字" in capsys.readouterr().out
    for arguments, words in (
        ({"unit": "无此单位"}, "没有名为“无此单位”的单位"),
        ({"unit": "市公安局", "workstream": "五好园区"}, "只能写一个"),
        ({"out": "/no/such/folder/b.docx"}, "写不进 /no/such"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("briefing", "2023H1", **{"out": str(out), **arguments})
