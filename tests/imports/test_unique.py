"""Numbers that only one record may have: a clash is told in the preview, by the row and by who has the number."""

from datetime import date

import pytest
from django.utils import timezone

from cases.models import ProcuratorialRecommendation
from enterprises.models import KeyProject
from imports.writing.at_once import check_file, import_file
from imports.writing.undo import undo_batch
from tests.factories import KeyProjectFactory, RecommendationFactory
from tests.imports.books import xlsx

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


@pytest.fixture
def bring(tmp_path, admin):
    """The same file looked at and then written: what is told is the same."""

    def bring(kind, headings, *rows):
        path = xlsx(tmp_path / f"{kind}.xlsx", {"表": [headings, *rows]})
        looked = check_file(kind, path, today=TODAY).told
        written = import_file(kind, path, actor=admin, at=timezone.now(), today=TODAY)
        assert (looked["errors"], looked["created"], looked["updated"]) == (
            written.told["errors"], written.told["created"], written.told["updated"],
        )  # fmt: skip
        return written

    return bring


def reasons(written):
    return [(error["row"], error["column"], error["reason"]) for error in written.told["errors"]]


def numbers():
    return dict(KeyProject.objects.values_list("name", "number"))


PROJECT = ["项目名称", "项目编号"]


def test_a_number_twice_in_a_file_is_told_by_the_row_that_has_it(bring):
    written = bring("projects", PROJECT, ["津市甲码头项目", "A1"], ["津市乙码头项目", "A1"], ["津市丙码头项目", ""])
    said = "项目编号“A1”与 表第2行“津市甲码头项目”的相同，同一个项目编号只能用一次，请核对后改正其一"
    assert reasons(written) == [(3, "项目编号", said)]
    assert numbers() == {"津市甲码头项目": "A1", "津市丙码头项目": None}


def test_a_number_of_another_record_is_told_by_its_name(bring):
    KeyProjectFactory(name="津市丙码头项目", number="A1")
    KeyProjectFactory(name="津市丁码头项目", number="A2")
    written = bring("projects", PROJECT, ["津市甲码头项目", "A1"], ["津市丁码头项目", "A1"])
    assert [(row, "已由系统里的“津市丙码头项目”使用" in reason) for row, _, reason in reasons(written)] == [
        (2, True), (3, True),
    ]  # fmt: skip
    assert numbers() == {"津市丙码头项目": "A1", "津市丁码头项目": "A2"}


def test_a_number_that_a_row_gives_up_is_free_for_the_rows_after_it_and_comes_back_when_undone(bring, admin):
    for name, number in (("津市丙码头项目", "A1"), ("津市丁码头项目", "A2")):
        KeyProjectFactory(name=name, number=number)
    before = numbers()
    written = bring("projects", PROJECT, ["津市丁码头项目", "A3"], ["津市丙码头项目", "A2"], ["津市甲码头项目", "A1"])
    assert reasons(written) == []
    assert numbers() == {"津市丙码头项目": "A2", "津市丁码头项目": "A3", "津市甲码头项目": "A1"}
    undo_batch(written.batch, actor=admin, at=timezone.now(), guard=lambda: None)
    assert numbers() == before


def test_a_number_somebody_took_since_keeps_the_record_from_going_back(bring, admin):
    KeyProjectFactory(name="津市丙码头项目", number="A1")
    KeyProjectFactory(name="津市丁码头项目", number="A5")
    written = bring("projects", PROJECT, ["津市丙码头项目", "A2"], ["津市丁码头项目", "A6"])
    KeyProjectFactory(name="津市戊码头项目", number="A1")
    undo_batch(written.batch, actor=admin, at=timezone.now(), guard=lambda: None)
    assert numbers() == {"津市丙码头项目": "A2", "津市丁码头项目": "A5", "津市戊码头项目": "A1"}
    written.batch.refresh_from_db()
    kept = written.batch.result["undone"]["kept"]
    assert [(one["name"], one["reason"]) for one in kept] == [("津市丙码头项目", "原来的项目编号已由别的记录使用")]


CASE = ["案号", "案件类型", "承办单位", "立案日期", "检察建议"]


def test_a_made_up_number_that_is_taken_is_told(bring, police):
    RecommendationFactory(unit=police, number="（2023）湘0781民初1号-建议1")
    written = bring("cases", CASE, ["（2023）湘0781民初1号", "公益诉讼", "市公安局", date(2023, 3, 1), 1])
    assert [(row, column) for row, column, _ in reasons(written)] == [(2, "检察建议")]
    assert "检察建议文号“（2023）湘0781民初1号-建议1”已由系统里的" in reasons(written)[0][2]


def test_made_up_numbers_of_long_ones_differ_where_those_differ(bring, police):
    rows = [
        [f"（2023）湘0781民初{'长' * 40}第{number}号", "公益诉讼", "市公安局", date(2023, 3, 1), 2] for number in (1, 2)
    ]
    written = bring("cases", CASE, *rows)
    assert (reasons(written), ProcuratorialRecommendation.objects.count()) == ([], 4)
    same = "（2023）湘0781民初" + "长" * 46
    written = bring("cases", CASE, *([f"{same[:20]}{at}{same[20:]}", *rows[0][1:]] for at in "甲乙"))
    assert [(row, "与 表第2行" in reason) for row, _, reason in reasons(written)] == [(3, True)]
