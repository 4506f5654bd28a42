"""Who is meant: code and name of two enterprises, several names in a cell, names that are none, namesakes."""

import random
from datetime import date

import pytest

from enterprises.models import Enterprise
from imports.known.naming import listed, pieces, why_no_name
from imports.plans.pipeline import read_file, settle
from imports.plans.summary import questions
from tests.factories import EnterpriseFactory, KeyProjectFactory, SurveyFormFactory, UnitFactory, UserFactory
from tests.factories.enterprises import uscc
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_writing import outcomes, plan

pytestmark = pytest.mark.django_db
A, B = "津市样例缸套有限责任公司", "津市市样例粮油购销公司"
CASES = ["案号", "案件类型", "承办单位", "立案日期", "涉案企业"]
ACTIVITIES = ["日期", "活动类型", "单位", "服务对象", "经办干警"]
PAIRINGS = ["结对干警", "单位", "企业或项目", "统一社会信用代码", "开始日期"]


@pytest.fixture
def firms():
    return EnterpriseFactory(name=A, uscc=uscc(1)), EnterpriseFactory(name=B, uscc=uscc(2))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样例.xlsx"


def placed(path, kind, head, *rows):
    return plan(xlsx(path, {"表": [head, *rows]}), kind).rows


def case_rows(path, *parties):
    rows = [[f"（2026）湘0781民初{at}号", "买卖合同纠纷", "市人民法院", date(2026, 5, 12), words]
            for at, words in enumerate(parties, 1)]  # fmt: skip
    return plan(xlsx(path, {"案件": [CASES, *rows]}), "cases")


@pytest.mark.parametrize(("name", "asked"), [(B, True), ("津市另一家酒楼", False), ("样例缸套公司", False), (A, False)])
def test_a_code_with_another_name_is_asked_and_with_nearly_its_own_said(path, firms, name, asked):
    made = plan(surveys(path, [form_row(1, 企业名称=name)]))
    assert outcomes(made) == ["decide" if asked else "create"]
    assert bool(made.rows[0].questions or made.rows[0].notes[:-1]) == (name != A)
    assert not asked or [one["name"] for one in made.rows[0].questions[0].options] == [A, B][: 1 + (name == B)]


def test_the_register_takes_a_new_name_by_its_code_and_warns(path, firms):
    row = placed(path, "enterprises", ["企业名称", "统一社会信用代码"], [B, uscc(1)])[0]
    assert (row.outcome, row.changes["名称"]) == ("update", [A, B])
    assert "改名" in row.notes[0]
    assert "张冠李戴" in row.notes[0]


@pytest.mark.parametrize(("name", "asked"), [(B, True), (A, False)])
def test_a_pairing_by_the_code_of_one_and_the_name_of_another_is_asked(path, firms, police, name, asked):
    UserFactory(name="干警0001", unit=police)
    row = placed(path, "pairings", PAIRINGS, ["干警0001", "市公安局", name, uscc(1), date(2026, 5, 1)])[0]
    assert row.outcome == ("decide" if asked else "create")


@pytest.mark.parametrize(
    "name",
    [
        f"{A}、{B}", f"{A}，{B}", f"{A}/{B}", f"{A}\n{B}", f"{A}与{B}", f"{A}和{B}", f"{A} {B}", f"{A}；津市新开的店",
        "津市新甲公司、津市新乙公司", "津市新甲公司及津市新乙公司", f"①{A}②{B}", f"1.{A} 2.{B}", f"{A}——{B}", f"{A}{B}",
        f"{A}同{B}", f"{A}（{B}）", f"原告：{A}；被告：{B}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("code", ["", uscc(9)])
def test_several_names_in_the_cell_of_one_are_asked_about(path, firms, name, code):
    made = plan(surveys(path, [form_row(1, 企业名称=name, 统一社会信用代码=code)]))
    assert outcomes(made) == ["decide"]
    asked = made.rows[0].questions[0]
    assert asked.options or asked.otherwise


@pytest.mark.parametrize("added", ["（已搬迁）", "等3家", "13800000000", "；", "门口", "（原津市老厂）"])
def test_a_registered_name_with_something_added_is_asked_about(path, firms, added):
    made = plan(surveys(path, [form_row(1, 企业名称=f"{A}{added}", 统一社会信用代码="")]))
    assert (outcomes(made), made.rows[0].questions[0].options[0]["name"]) == (["decide"], A)


@pytest.mark.parametrize(
    "name",
    [
        "同前", "同上", "如上", "同上一家", "匿名", "匿名企业", "不愿透露名称", "某公司", "XX公司", "***", "123",
        "１２３４", "12.5", "2023-05-12", "2023年5月", "有限公司", "未知", "待补",
        "企业名称：津市样例", f"津市样例{uscc(3)}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["surveys", "enterprises"])
def test_what_is_no_name_is_never_registered_as_an_enterprise(path, kind, name):
    head, rest = ["走访单位", "走访日期", "问题诉求"], ["市公安局", date(2023, 5, 12), "拖欠货款"]
    if kind == "enterprises":
        head, rest = ["注册地址", "联系人", "经营范围"], ["津市市样例路1号", "联系人001", "物流"]
    row = placed(path, kind, ["企业名称", *head], [name, *rest])[0]
    assert (row.outcome, row.problems[0].column) == ("error", "企业名称")


@pytest.mark.parametrize(
    "name", ["津市和平超市", "七七", "一二三超市", "津市永和与康养中心", "同仁堂药店", "如家酒店", "A1酒吧"]
)
def test_names_with_joining_words_and_numbers_are_names(path, firms, name):
    made = plan(surveys(path, [form_row(3, 企业名称=name, 统一社会信用代码="")]))
    assert outcomes(made) == ["create"]


@pytest.mark.parametrize("spelling", ["'{}", "＇{}", "{}", "“{}”", " {} ", "\u200b{}", "{}\u2060"])
def test_marks_around_a_name_are_none_of_it(path, spelling):
    EnterpriseFactory(name="津市阿里·样例（集团）公司", uscc=None)
    for dot in "·•．・‧":
        name = spelling.format(f"津市阿里{dot}样例(集团)公司")
        made = plan(surveys(path, [form_row(1, 企业名称=name, 统一社会信用代码="")]))
        assert (outcomes(made), len(made.new[Enterprise])) == (["create"], 0)


@pytest.mark.parametrize(
    ("words", "linked", "others"),
    [
        (f"{A}、{B}", [A, B], ""), (f"{A}与{B}", [A, B], ""), (f"{A}/{B}", [A, B], ""),
        (f"原告：{A}；被告：{B}", [A, B], ""), (f"原告:{A}  被告:{B}", [A, B], ""), (f"{A}诉某某", [A], "某某"),
        (f"张三诉{B}", [B], "张三"), (f"{A}（原告）、{B}（被告）", [A, B], ""),
        (f"申请人：{A}\n被申请人：李四", [A], "李四"),
        (f"{A}、 {B}、津市新开的店", [A, B], "津市新开的店"), (f"{A}和{B}", [A, B], ""),
        (f"原告{A}诉被告{B}", [A, B], ""), (f"{A}状告{B}", [A, B], ""),
        ("张三、李四", [], "张三、李四"), (f"{A}、津市新开的店与王五", [A], "津市新开的店与王五"),
    ],
)  # fmt: skip
def test_parties_of_a_case_are_linked_each_and_told(path, firms, words, linked, others):
    made = case_rows(path, words)
    assert outcomes(made) == ["create"]
    assert [str(enterprise) for _, enterprise in made.links] == linked
    assert made.rows[0].made.party_names == others
    told = " ".join(made.rows[0].notes)
    assert all(name in told for name in [*linked, *filter(None, others.split("、"))])


def test_a_party_of_which_one_half_is_registered_is_asked_about(path, firms):
    made = case_rows(path, f"{A}与张三", f"{A}和平店")
    assert outcomes(made) == ["decide", "decide"]
    assert questions(made)[0]["options"][0] == f"是两个：{A}、张三"


def test_an_activity_for_several_keeps_their_names_and_says_so(path, firms):
    row = placed(path, "activities", ACTIVITIES, [date(2026, 5, 1), "走访企业", "市公安局", f"{A}、{B}", ""])[0]
    assert (row.outcome, row.made.enterprise, row.made.target_name) == ("create", None, f"{A}、{B}")
    assert "写了 2 家" in row.notes[0]


def test_a_pairing_with_several_is_one_with_each(path, firms, police):
    UserFactory(name="干警0001", unit=police)
    KeyProjectFactory(name="样例公路")
    made = plan(
        xlsx(path, {"表": [PAIRINGS, ["干警0001", "市公安局", f"{A}、样例公路", "", date(2026, 5, 1)]]}), "pairings"
    )
    assert [str(one.enterprise or one.project) for records in made.new.values() for one in records] == [A, "样例公路"]


def test_a_namesake_of_another_unit_is_not_linked_and_told(path, police, court):
    there, below = UserFactory(name="王样例", unit=police), UnitFactory(parent=court, name="样例法庭")
    UserFactory(name="李样例", unit=below)
    rows = [
        form_row(1, 走访单位="市人民法院", 走访干警="王样例"),
        form_row(2, 走访单位="市人民法院", 走访干警="李样例"),
    ]
    made = plan(surveys(path, rows))
    forms = [row.made for row in made.rows]
    assert [(form.officer and form.officer.name, form.officer_name) for form in forms] == [
        (None, "王样例"), ("李样例", "李样例"),
    ]  # fmt: skip
    assert str(there.unit) in " ".join(made.rows[0].notes)


def test_namesakes_of_one_unit_are_asked_about(path, police):
    users = [UserFactory(name="王样例", unit=police) for _ in range(2)]
    row = placed(path, "activities", ACTIVITIES, [date(2026, 5, 1), "走访企业", "市公安局", "津市样例店", "王样例"])[0]
    assert [option["pk"] for option in row.questions[0].options] == [*(user.username for user in users), "-"]


def test_however_two_names_are_dressed_they_are_both_found_among_the_pieces_or_the_cell_is_no_list():
    dice = random.Random(4)
    joints = ["、", "，", ",", "/", "；", "\n", "与", "和", "及", "诉", " 、 ", "；\n", "／"]
    for _ in range(200):
        one, other = (
            f"津市样例{dice.choice('甲乙丙丁')}{number}{dice.choice(['有限公司', '厂', '超市'])}" for number in (1, 2)
        )
        label = dice.choice([("", ""), ("原告：", "被告："), ("申请人:", "被申请人:"), ("甲方：", "乙方：")])
        after = dice.choice(["", "（原告）", "(被告)"])
        cell = f"{label[0]}{one}{after}{dice.choice(joints)}{label[1]}{other}"
        assert {one, other} <= set(pieces(cell)), cell
        assert why_no_name(one) == "", one
        assert listed(one) == [one]


def test_a_stored_form_is_known_again_by_the_column_chosen_of_two_that_contradict(path, firms, police):
    days = {"走访时间": date(2026, 5, 12), "调查日期": date(2026, 5, 20)}
    head = ["企业名称", "统一社会信用代码", "走访单位", "问题诉求", *days]
    row = [A, uscc(1), "市公安局", "货款被拖欠", *days.values()]
    told = {"to": "visited_on#2", "name": "", "all": True, "by": "干警0001", "at": "", "sheet": "表", "row_no": 2}
    SurveyFormFactory(
        enterprise=Enterprise.objects.get(name=A), unit=police, visited_on=days["调查日期"], appeal=row[3]
    )
    source = read_file(xlsx(path, {"表": [head, row]}), "表.xlsx", "surveys")
    (asked,) = source.tables[0].rows[0].asks
    source.adjustments.shared[asked.key] = told
    (made,) = settle(source, today=date(2026, 11, 30), size=10)
    assert (outcomes(made), made.rows[0].questions) == (["duplicate"], ())
