"""What makes two rows one record: an enterprise told of twice, activities that differ in one column, staff numbers."""

from datetime import date

import pytest
from django.utils import timezone

from enterprises.models import Enterprise
from imports.plans.pipeline import read_file, settle
from imports.plans.summary import problems
from imports.writing.apply import Writing
from ledger.models import ServiceActivity
from tests.factories import EnterpriseFactory, UserFactory
from tests.factories.enterprises import uscc
from tests.imports.books import xlsx
from tests.imports.test_sent_again import answered
from tests.imports.test_writing import TODAY, outcomes, plan, write

pytestmark = pytest.mark.django_db
FIRM = ["企业名称", "统一社会信用代码", "注册地址", "联系电话"]
NAME = "津市样例甲有限公司"
ACTIVITY = ["日期", "活动类型", "单位", "服务对象", "内容摘要", "带队领导", "地点", "见到的人"]
ROSTER = ["工号", "姓名", "单位", "角色"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样例.xlsx"


def book(path, head, *rows):
    return xlsx(path, {"汇总": [head, *rows]})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[NAME, 5, "一路1号", "13800000001"], [NAME, "", "二路2号", ""]], ["create", "error"]),
        ([[NAME, "", "一路1号", ""], [NAME, 5, "二路2号", ""]], ["create", "error"]),
        ([[NAME, 5, "一路1号", ""], [NAME, "", "", "13800000001"]], ["create", "error"]),
        ([[NAME, 5, "一路1号", ""], [NAME, "", "一路1号", ""]], ["create", "duplicate"]),
        ([[NAME, 5, "一路1号", ""], ["津市·样例甲（有限）公司", "", "一路1号", ""]], ["create", "duplicate"]),
        ([[NAME, 5, "一路1号", ""], [NAME, 5, "一路1号", ""]], ["create", "duplicate"]),
        ([[NAME, 5, "", ""], [NAME, 6, "", ""], [NAME, "", "", ""]], ["create", "create", "error"]),
    ],
)
@pytest.mark.parametrize("stored", [False, True])
def test_one_enterprise_in_two_rows_is_never_last_wins(path, rows, expected, stored):
    if stored:
        EnterpriseFactory(name=NAME, uscc=uscc(5), address="老地址", contact_phone="")
        expected = ["update" if outcome == "create" and not at else outcome for at, outcome in enumerate(expected)]
    rows = [[name, code and uscc(code), *rest] for name, code, *rest in rows]
    made = write(book(path, FIRM, *rows), "enterprises")
    if stored and len(rows) == 3:
        assert outcomes(made)[1:] == ["create", "decide"]
    else:
        assert outcomes(made) == expected
    address = Enterprise.objects.filter(uscc=uscc(5)).values_list("address", flat=True)
    assert set(address) <= {rows[0][2] or "老地址", ""}
    assert all("内容不同（" in found["reason"] or "同名" in found["reason"] for found in problems(made))


@pytest.mark.parametrize("size", [1, 2, 100])
def test_twins_of_a_file_are_refused_alike_in_parts_and_in_one(path, size):
    book(path, FIRM, [NAME, uscc(5), "", ""], [NAME, uscc(6), "", ""], [NAME, "", "", ""])
    writing, found = Writing(actor=None, batch=None, at=timezone.now()), []
    for part in settle(read_file(path, path.name, "enterprises"), today=TODAY, size=size):
        found += outcomes(part)
        writing.take(part)
    assert found == ["create", "create", "error"]


def activity(**changes):
    row = dict.fromkeys(ACTIVITY, "") | {"日期": date(2023, 5, 1), "活动类型": "普法宣传", "单位": "市公安局",
                                         "内容摘要": "普法宣传"}  # fmt: skip
    return [(row | changes)[heading] for heading in ACTIVITY]


@pytest.mark.parametrize("heading", ["带队领导", "地点", "见到的人"])
def test_activities_that_differ_in_place_leader_or_people_met_are_two(path, heading):
    rows = [activity(**{heading: words}) for words in ("甲", "乙", "甲", "")]
    made = write(book(path, ACTIVITY, *rows), "activities")
    assert outcomes(made) == ["create", "create", "duplicate", "create"]
    assert [bool(row.notes) for row in made.rows] == [False, True, True, True]
    assert outcomes(plan(path, "activities")) == ["duplicate"] * 4


def test_an_activity_sent_again_with_its_place_is_asked_about(path):
    write(book(path, ACTIVITY, activity()), "activities")
    row = plan(book(path, ACTIVITY, activity(地点="人民广场")), "activities").rows[0]
    assert row.outcome == "decide"
    assert answered(path, row, "same", "activities").outcome == "duplicate"
    assert answered(path, row, "another", "activities").outcome == "create"
    assert outcomes(plan(path, "activities")) == ["duplicate"]


def test_an_activity_taken_in_when_its_place_did_not_count_is_known_by_it(path):
    write(book(path, ACTIVITY, activity()), "activities")
    ServiceActivity.objects.update(place="人民广场")
    again = plan(book(path, ACTIVITY, activity(地点="人民广场"), activity(地点="津市一中")), "activities")
    assert outcomes(again) == ["duplicate", "create"]


@pytest.mark.parametrize(
    ("stored", "numbers", "expected"),
    [
        (["000123"], [123], ["decide"]), (["000123"], ["123"], ["decide"]), (["000123"], ["000123"], ["unchanged"]),
        (["ZF0123"], ["123"], ["create"]),
        (["ZF0123"], [123], ["decide"]), (["123", "0124"], [123], ["unchanged"]),
        ([], ["000123", 124], ["create", "decide"]), (["1234", "567"], [123, 4567], ["create"] * 2),
        (["0123"], ["４５６"], ["decide"]),
    ],
)  # fmt: skip
def test_a_staff_number_that_may_have_lost_its_zeros_is_asked_about(path, police, stored, numbers, expected):
    for number in stored:
        UserFactory(username=number, name="干警甲", unit=police, role="staff")
    made = plan(book(path, ROSTER, *([number, "干警甲", "市公安局", "派驻干部"] for number in numbers)), "roster")
    assert outcomes(made) == expected


def test_the_answer_about_zeros_gives_the_number_its_zeros(path, police):
    UserFactory(username="000123", name="干警甲", unit=police, role="staff")
    row = plan(book(path, ROSTER, [123, "干警甲", "市公安局", "派驻干部"]), "roster").rows[0]
    assert answered(path, row, "6", "roster").outcome == "unchanged"
    assert answered(path, row, "0", "roster").outcome == "create"
