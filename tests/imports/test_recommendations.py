"""检察建议 come in as a kind of their own, by the page's rules, and never count twice."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from cases.models import ProcuratorialRecommendation
from common.periods import SHANGHAI
from imports.models import BatchState
from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from imports.tables.header import find_header
from imports.writing.at_once import import_file
from imports.writing.undo import undo_batch
from ledger.models import ClosedPeriod
from tests.factories import CaseFactory, RecommendationFactory
from tests.imports.books import xlsx

pytestmark = pytest.mark.django_db
TODAY, NOW = date(2023, 7, 1), datetime(2023, 7, 1, 9, tzinfo=SHANGHAI)
HEAD = ["文号", "所涉案件", "制发单位", "发送对象", "事由", "制发日期", "回复日期", "采纳"]
NUMBER = "津检建〔2023〕5号"


def row(**changes):
    told = {
        "文号": NUMBER,
        "制发单位": "市公安局",
        "发送对象": "市样例局",
        "事由": "样例",
        "制发日期": "2023-05-12",
    } | changes
    return [told.get(heading, "") for heading in HEAD]


@pytest.fixture
def bring(tmp_path, admin, police):
    def run(*rows, reason=""):
        path = xlsx(tmp_path / "建议.xlsx", {"建议": [HEAD, *rows]})
        return import_file("recommendations", path, actor=admin, at=NOW, today=TODAY, reason=reason)

    return run


def reasons(found):
    return [error["reason"] for error in found.told["errors"]]


def test_new_ones_are_registered_and_the_same_file_again_changes_nothing(bring, police):
    case = CaseFactory(number="(2023)湘0781民公1号")
    found = bring(row(所涉案件="（2023）湘0781民公1号", 回复日期="2023-06-01", 采纳="已采纳"))
    one = ProcuratorialRecommendation.objects.get()
    assert (found.told["created"], one.number, one.case, one.unit, one.is_adopted) == (1, NUMBER, case, police, True)
    again = bring(row(文号="津检建[2023] 5号", 所涉案件=case.number, 回复日期="2023-06-01", 采纳="已采纳"))
    assert (again.told["unchanged"], again.batch) == (1, None)


WORDINGS = {
    "number": ["检察建议书文号", "建议书编号", "文书编号", "发文字号", "建议编号", "建议文号"],
    "case": ["涉及案件编号", "关联案件", "来源案件", "相关案件文号", "案号"],
    "unit": ["制发检察院", "发出机关", "承办部门", "提出单位", "填报单位"],
    "addressee": ["被建议单位名称", "送达单位", "受文单位", "发往部门", "主送单位", "接收单位"],
    "subject": ["建议主要内容", "检察建议事项", "建议书标题", "指出的问题", "制发事由", "存在问题"],
    "issued_on": ["发出时间", "建议书制发时间", "送达时间", "签发日期", "宣告送达日期", "发文日期"],
    "replied_on": ["被建议单位回复时间", "书面回复日期", "复函时间", "收到回函日期"],
    "is_adopted": ["是否被采纳", "建议采纳情况", "对方是否采纳", "采纳结果"],
}
TELLS = {
    "number": NUMBER, "case": "（2023）湘0781民公1号", "unit": "市公安局", "addressee": "市样例局",
    "subject": "督促整治样例路口安全隐患", "issued_on": "2023-05-12", "replied_on": "2023-06-01", "is_adopted": "是",
}  # fmt: skip


def columns_of(heads, cells):
    header = find_header(Sheet("建议", rows=[heads, cells]), RESOURCES["recommendations"].names())
    return {heads[index]: name for index, name in header.columns.items()} if header else {}


def test_headings_are_known_by_what_their_words_mean():
    wrong, own = [], {name: column.column_name for name, column in RESOURCES["recommendations"].columns().items()}
    for name, words in WORDINGS.items():
        for word in words:
            heads = {field: own[field] for field in TELLS} | {name: word}
            if (got := columns_of(list(heads.values()), list(TELLS.values())).get(word)) != name:
                wrong.append(f"{word}: {got} instead of {name}")
    assert wrong == []


@pytest.mark.parametrize(
    "word", ["抄送单位", "建议单位", "应回复日期", "回复期限", "整改落实情况", "承办检察官", "建议类型"]
)
def test_what_only_sounds_like_a_column_is_none(word):
    heads = ["文号", "制发单位", "制发日期", word]
    assert columns_of(heads, [NUMBER, "市公安局", "2023-05-12", "某"]).get(word) is None


def test_a_column_that_counts_the_rows_is_no_number_of_a_document():
    heads = ["编号", "建议书字号", "制发单位", "制发日期"]
    assert columns_of(heads, [1, NUMBER, "市公安局", "2023-05-12"])["建议书字号"] == "number"
    assert columns_of(["编号", *heads[2:]], [NUMBER, "市公安局", "2023-05-12"])["编号"] == "number"


def test_a_reply_is_an_update_and_a_blank_takes_nothing_away(bring):
    bring(row())
    found = bring(row(发送对象="", 回复日期="2023-06-01", 采纳="未采纳"))
    one = ProcuratorialRecommendation.objects.get()
    assert (found.told["updated"], one.addressee, one.replied_on, one.is_adopted) == (
        1,
        "市样例局",
        date(2023, 6, 1),
        False,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"回复日期": "2023-05-01"}, "早于制发日期"),
        ({"采纳": "已采纳"}, "请填回复日期"),
        ({"制发日期": "2023-07-02"}, "晚于今天"),
        ({"所涉案件": "（2023）湘0781民公9号"}, "还没有登记"),
        ({"制发单位": "没有的单位"}, "不在系统里"),
        ({"采纳": "也许"}, "采纳"),
    ],
)
def test_the_pages_rules_hold(bring, changes, words):
    found = bring(row(**changes))
    assert (found.batch, [words in reason for reason in reasons(found)]) == (None, [True]), reasons(found)


def test_one_number_with_two_contents_is_refused(bring):
    found = bring(row(), row(事由="别的"), row())
    assert (found.told["created"], found.told["wrong"], found.told["duplicates"]) == (1, 1, 1)


def test_a_real_number_takes_the_place_of_one_that_a_case_list_only_counted(bring):
    case = CaseFactory(number="（2023）湘0781民公1号")
    RecommendationFactory(number=f"{case.number}-建议1", case=case, unit=case.unit, issued_on=date(2023, 5, 1))
    found = bring(row(所涉案件=case.number), row(文号="津检建〔2023〕6号", 所涉案件=case.number))
    numbers = set(ProcuratorialRecommendation.objects.values_list("number", flat=True))
    assert (found.told["updated"], found.told["created"], numbers) == (1, 1, {NUMBER, "津检建〔2023〕6号"})
    assert any("不另计一件" in note for note in found.told["notes"])


def test_a_closed_half_year_wants_a_reason_and_undo_leaves_nothing(bring, admin):
    ClosedPeriod.objects.create(
        code="2023H1", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_by=admin, closed_at=timezone.now()
    )
    assert "已结账" in reasons(bring(row()))[0]
    batch = bring(row(), reason="补录样例").batch
    undo_batch(batch, actor=admin, at=NOW, guard=lambda: None, reason="撤销样例")
    batch.refresh_from_db()
    assert (batch.state, ProcuratorialRecommendation.objects.count()) == (BatchState.UNDONE, 0)


def test_every_kind_says_what_it_writes_and_where_its_record_is_shown():
    assert all(resource.writes and (resource.page or kind == "pairings") for kind, resource in RESOURCES.items())
