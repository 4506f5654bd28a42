"""Rows of a table that are no record are passed over and listed; what is one stays."""

import pytest

from imports.plans.summary import summarise
from imports.resources.kinds import RESOURCES
from tests.imports.books import xlsx
from tests.imports.test_tables import FIRMS, HEAD, PROJECTS, TODAY, A, B, passed, read, records, visit
from tests.imports.whole import make_plan


def asked(rows, kind="surveys"):
    return [row.row_no for _, found in read(rows, kind) for row in found.table.rows if row.asks]


NO_RECORDS = [
    (["合计"], "合计行"),
    (["", "本页小计", "", "600"], "合计行"),
    (["", "以上共2家"], "合计行"),
    (["", "以上合计", "", 600, 2], "合计行"),
    (["小计", "", "", 600], "合计行"),
    (["", "平均", "", 300.5], "合计行"),
    (["总 计", "2家", "", "600万元", "—"], "合计行"),
    (["汇总："], "合计行"),
    (["", "市公安局小计", "", 600], "合计行"),
    (["合计（2家）", "", "", 600], "合计行"),
    (["共2家企业"], "合计行"),
    (["累计", "", "", 600], "合计行"),
    (["", "（以下空白）"], "以下空白"),
    (["——以下空白——"], "以下空白"),
    (["以下无正文"], "以下空白"),
    (["第1页 共3页"], "页码或续表"),
    (["续表"], "页码或续表"),
    (["接下页"], "页码或续表"),
    (["津市企业名录（续）"], "页码或续表"),
    (["制表：干警0001", "审核：干警0002"], "填表说明"),
    (["制表人", "干警0001", "审核人", "干警0002"], "填表说明"),
    (["单位负责人：", "", "填表人：干警0001", "", "日期：2026年5月"], "填表说明"),
    (["审核："], "填表说明"),
    (["说明：以上企业均已核实。"], "填表说明"),
    (["注：1.金额以万元计。"], "填表说明"),
    (["一、", "规模以上企业（2家）"], "分段标题"),
    (["二、其他企业"], "分段标题"),
    (["（三）小微企业类"], "分段标题"),
    (["第一类", "工业企业"], "分段标题"),
    (["一、规模以上企业", "", "", 600], "分段标题"),
    (["规上企业（2家）"], "分段标题"),
    (["IV、商贸类"], "分段标题"),
    (["示例", "津市某某有限公司", "", "500万元", "张某"], "示例行"),
]


@pytest.mark.parametrize(("row", "reason"), NO_RECORDS, ids=lambda given: str(given)[:30])
def test_what_is_no_record_is_passed_over_and_listed(row, reason):
    rows = [FIRMS, [1, A, "", "500万元", "联系人001"], row, [2, B, "", "100万元", "联系人002"]]
    assert (records(rows, "enterprises"), passed(rows, "enterprises")) == ([A, B], [(3, reason)])
    assert asked(rows, "enterprises") == []


def test_a_title_over_the_whole_width_is_no_record():
    rows = [FIRMS, ["规模以上企业名单"], [1, A, "", "500万元", "联系人001"]]
    assert passed(rows, "enterprises", [(1, 0, 1, 4)]) == [(2, "分段标题")]


@pytest.mark.parametrize(
    "row",
    [
        ["1", "2", "3", "4", "5"],
        ["栏次", "1", "2", "3", "4"],
        ["甲", "乙", "1", "2", "3"],
        ["", "必填", "18位", "选填", "选填"],
        ["", "请填写全称", "文本格式", "如：500万元", "选填"],
    ],
)
def test_numbers_of_columns_and_hints_below_the_headings_are_no_record(row):
    rows = [FIRMS, row, [1, A, "", "500万元", "联系人001"]]
    assert records(rows, "enterprises") == [A]
    assert len(passed(rows, "enterprises")) == 1


@pytest.mark.parametrize(
    "name",
    [
        "津市合计样例有限公司",
        "汇总科技有限公司",
        "平均律琴行",
        "津市审核咨询有限公司",
        "共享单车有限公司",
        "累计样例商行",
        "小计样例店",
        "三一样例重工有限公司",
        "一品样例茶馆",
        "第一样例大药房",
        "以下样例服装店",
        "总计样例超市",
        "津市样例说明书印刷厂",
    ],
)
def test_a_firm_whose_name_merely_holds_such_words_is_a_record(name):
    for row in ([1, name, "", "500万元", "联系人001"], ["", name, "", "500", ""], ["", name, "", "", ""]):
        rows = [FIRMS, [1, A, "", "500万元", "联系人001"], [2, B, "", "500万元", "联系人001"], row]
        assert records(rows, "enterprises") == [A, B, name]
        assert asked(rows, "enterprises") == []


def test_a_project_named_like_a_section_is_a_record_where_it_says_more():
    rows = [
        PROJECTS,
        [1, "津市样例一号公路项目", A, 12000, "2026-05-12"],
        ["", "一、二期标准化厂房项目", B, 8000, ""],
        ["", "续建项目"],
    ]
    assert records(rows, "projects")[:2] == ["津市样例一号公路项目", "一、二期标准化厂房项目"]
    assert asked(rows, "projects") == [4]


def test_records_that_are_numbered_with_characters_are_records():
    rows = [FIRMS, ["一", A, "", "500万元", "联系人001"], ["二", B, "", "", ""], ["三", "刘记样例", "", "", ""]]
    assert (records(rows, "enterprises"), asked(rows, "enterprises")) == ([A, B, "刘记样例"], [])


@pytest.mark.django_db
def test_a_row_that_may_be_a_section_or_a_record_is_asked_about_and_not_written(tmp_path):
    rows = [FIRMS, [1, A, "", "500万元", "联系人001"], ["", "交通基础设施"], [2, B, "", "500万元", "联系人001"]]
    path = xlsx(tmp_path / "名录.xlsx", {"表": rows})
    told = summarise(make_plan(path, path.name, "enterprises", today=TODAY))
    assert (told["rows"], told["accepted"], told["to_decide"]) == (3, 2, 1)


def test_a_list_of_names_alone_asks_nothing():
    rows = [["企业名称", "联系人", "备注"], *([f"刘记样例{number}"] for number in range(5)), [A, "联系人001"]]
    assert (len(records(rows, "enterprises")), asked(rows, "enterprises")) == (6, [])


PREFILLED = [
    [],
    ["", "", "市公安局"],
    ["", "", "市公安局", "□满意　□基本满意　□不满意"],
    ["", "2026年  月  日"],
    ["", "", "", "", 0],
    ["", "/", "", "", "无"],
]


@pytest.mark.parametrize("given", PREFILLED, ids=str)
def test_rows_with_a_number_and_what_every_row_holds_are_passed_over(given):
    head = ["序号", "企业名称", "走访日期", "走访单位", "满意度", "问题诉求"]
    rows = [head, [1, A, "2026-05-12", "市公安局", "满意", "诉求甲"], *([n, *given] for n in range(2, 6))]
    assert (records(rows), [row for row, _ in passed(rows)]) == ([A], [3, 4, 5, 6])


def test_a_default_in_the_only_blank_row_is_known_by_the_rows_above():
    rows = [["序号", "企业名称", "地区"], [1, A, "常德"], [2, B, "常德"], [3, "", "常德"]]
    assert (records(rows, "enterprises"), passed(rows, "enterprises")) == ([A, B], [(4, "只有序号或预填的内容")])


def test_a_row_without_a_name_that_says_something_stays_to_be_told_as_wrong():
    rows = [HEAD, visit(1, A), visit(2, "", "货款被拖欠"), [3, "", "2026-05-20", "市公安局", ""]]
    assert records(rows) == [A, "", ""]


@pytest.mark.parametrize("words", ["同上", "同前", " 同 上 ", "〃", '"', "同上家", "同上企业", "如上", "同前述"])
def test_a_firm_written_as_the_one_above_is_that_one_and_said(words):
    rows = [HEAD, visit(1, A, "诉求甲"), visit(2, words, "诉求乙"), visit(3, words, "诉求丙")]
    ((_, found),) = read(rows)
    assert [row.text("name") for row in found.table.rows] == [A, A, A]
    assert [len(row.notes) for row in found.table.rows] == [0, 1, 1]
    assert A in found.table.rows[1].notes[0]


def test_a_firm_with_nothing_above_to_repeat_keeps_what_is_written():
    rows = [HEAD, visit(1, "同上"), visit(2, A)]
    assert records(rows) == ["同上", A]


def test_a_changed_example_is_data_and_said():
    resource = RESOURCES["surveys"]
    cells = {name: str(column.example) for name, column in resource.columns().items()}
    assert resource.likeness(cells) == "模板自带的示例行"
    assert (
        resource.likeness({name: cells[name] for name in ("name", "unit", "visited_on", "appeal")})
        == "模板自带的示例行"
    )
    assert resource.likeness(cells | {"amount": "50"}) == "与示例行几乎相同"
    assert resource.likeness(cells | {"name": A, "uscc": "", "contact_phone": ""}) == ""
