"""Headings that no list of spellings holds: read as meant, said, or asked about."""

import random
from dataclasses import replace

import pytest

from imports.reading.parent import Sheet
from imports.resources.kinds import RESOURCES
from imports.tables.headings.meaning import meant_by
from imports.tables.layout import find
from imports.tables.seen import see
from imports.tables.table import Remembered, fingerprint, layout_key

NAMES = {kind: resource.names() for kind, resource in RESOURCES.items()}
SURVEYS = replace(NAMES["surveys"], bodies=("市委政法委", "市人民法院", "市公安局", "市司法局"))
BASE = ["企业名称", "走访日期", "走访单位"]
ROW = ["津市样例甲有限公司", "2026-05-12", "市公安局"]
LONG = "厂区门口道路破损，货车进出困难，请求协调修复"


def look(rows, merges=(), names=SURVEYS, title="表"):
    """The table of a sheet, its first row's cells, and why it must be asked about."""
    sheet = Sheet(title, rows=[list(row) for row in rows], merges=list(merges))
    found = find(sheet, names)
    seen = see(sheet, names, found)
    return found.table, found.table.rows[0] if found.table and found.table.rows else None, seen


# ---- what words mean ----

WORDS = {
    "appeal": (
        "主要诉求 企业诉求 困难和问题 存在的困难 急难愁盼 急难愁盼问题 需要协调解决的事项 反映的问题 "
        "企业反映情况 诉求及建议 需解决事项 请求事项 企业存在的困难和问题 问题及诉求 企业困难 "
        "生产经营中的困难 当前面临的主要困难 面临的难题 发展瓶颈 堵点难点 企业需求 法律服务需求 "
        "涉法涉诉问题 需帮助解决的问题 希望解决的问题 需政府部门协调解决的问题 需要部门支持的事项 "
        "请求帮助事项 具体诉求内容 问题描述 问题详情 困难问题描述 存在问题及诉求 矛盾纠纷情况 意见诉求 "
        "企业心声 烦心事 投诉内容 反映事项 反映内容 求助事项 对政法单位的需求 待解决问题 亟待解决的问题 "
        "企业提出的问题 收集到的问题 摸排的问题 走访中发现的问题 问题一 诉求2 第三个问题 困难（请写明）"
    ),
    "name": (
        "企业 企业名 公司名称 厂家名称 走访企业 受访企业名称 被走访单位 调查企业名称 走访对象 "
        "经营主体名称 被访企业全称 用人单位名称"
    ),
    "visited_on": "走访的日期 调研时间 入企时间 上门日期 访问日期 实地走访时间 座谈时间 调查日期 入企走访日期",
    "unit": "走访的单位 走访单位名称 派驻部门 填报部门 上门单位 调研单位 包联单位 政法单位名称 入企部门",
    "officer": "走访民警 走访干部姓名 上门人员 派驻干警姓名 包联干警 参加走访人员 走访的同志 入企干部",
    "contact_name": "企业负责人 受访人员 法定代表人 负责人姓名 企业方联系人 接待人员 对接人 老板姓名",
    "category": "问题分类 诉求的类别 困难类型 需求种类 矛盾纠纷类型 问题所属类别 问题性质 问题1类别",
    "satisfaction": "满意程度 满意度评价 对服务的满意度 满意与否 总体评价 企业满意度 满意情况",
    "suggestion": "工作建议 企业建议 对政法工作的意见 意见和期望 希望 对我局的建议 其他建议",
    "amount": "诉求金额 拖欠金额 问题涉及金额 涉及的金额 标的 被拖欠款额 金额一",
    "uscc": "社会信用统一代码 信用代码证号码 营业执照号 税号 统一信用编码",
}
NOTHING = (
    "问题数量 反映问题数 问题办理结果 问题解决情况 诉求办理进度 困难原因 问题是否解决 有无困难 "
    "问题来源 问题责任单位 问题联系人 反映人 反映时间 解决措施 处理结果 问题整改措施 不满意原因 "
    "走访情况 企业基本情况 帮扶措施 问题编号 问题答复 注册资金 上次反映的问题 已解决的问题 挽回金额 "
    "企业大名 车牌 颜色 怎么看"
)


@pytest.mark.parametrize(("field", "words"), WORDS.items())
def test_natural_words_mean_their_field(field, words):
    read = {text: field_of(text) for text in words.split(" ") if text}
    assert {text: name for text, name in read.items() if name != field} == {}


def field_of(text):
    table, *_ = look([[*(head for head in BASE), text, "满意"], [*ROW, "", ""]])
    fields = {heading: name for name, heading in table.columns.items()}
    return fields.get(text, SURVEYS.of(text) or meant_by(text, SURVEYS))


@pytest.mark.parametrize("text", NOTHING.split())
def test_what_is_about_a_request_is_none(text):
    assert (SURVEYS.of(text), meant_by(text, SURVEYS)) == (None, "")


OTHERS = {
    "enterprises": {
        "registered_on": "注册登记日期 设立时间",
        "legal_form": "公司性质 经济类型",
        "address": "经营地址 厂区地址",
    },
    "projects": {
        "lead_unit": "包联单位 帮扶部门",
        "due_on": "预计完工时间 计划建成日期",
        "builder": "项目业主单位 投资主体",
    },
    "roster": {
        "username": "民警编号 员工号码",
        "name": "民警姓名 干部姓名",
        "unit": "所在部门 任职单位",
    },
    "pairings": {
        "starts_on": "包联开始时间 结对起始日期",
        "enterprise": "包联的企业 结对公司名称",
    },
    "activities": {
        "happened_on": "举办时间 活动开展日期",
        "summary": "活动情况 服务内容简介",
        "location": "活动地点 举办场所",
    },
    "cases": {
        "closed_on": "执结日期 审结时间",
        "parties": "涉诉企业 当事企业名称",
        "filed_on": "受案时间 收案的日期",
    },
}


@pytest.mark.parametrize(("kind", "fields"), OTHERS.items())
def test_other_kinds_know_natural_words_too(kind, fields):
    names = NAMES[kind]
    read = {text: names.of(text) or meant_by(text, names) for words in fields.values() for text in words.split()}
    assert read == {text: field for field, words in fields.items() for text in words.split()}


def test_what_only_the_meaning_of_words_told_is_said():
    table, row, seen = look([[*BASE, "企业反映情况"], [*ROW, LONG]])
    assert (row.cells["appeal"], table.notes, seen.wanting) == (LONG, ["列“企业反映情况”按“问题诉求”读取"], False)


def test_headings_of_meaning_alone_are_a_heading_row():
    head = ["被走访单位", "入企时间", "走访单位名称", "急难愁盼"]
    _, row, seen = look([["某年走访情况"], head, [*ROW, LONG]])
    assert (row.cells["name"], row.cells["appeal"], seen.wanting) == (ROW[0], LONG, False)


@pytest.mark.parametrize(
    ("heading", "value"),
    [("反映的问题", 3.0), ("反映的问题", "有"), ("入企时间", "上午"), ("营业执照号", "有"), ("拖欠金额", "见附件")],
)
def test_values_that_belie_the_words_win(heading, value):
    table, *_ = look([[*BASE[:1], "走访单位", "走访日期", heading], [ROW[0], ROW[2], ROW[1], value]])
    assert heading in table.ignored


def test_brackets_that_speak_of_requests_make_no_other_field_of_a_column():
    for heading in ("意见建议（含困难诉求）", "走访情况（问题诉求）", "备注（诉求）"):
        table, row, _ = look([[*BASE, heading], [*ROW, LONG]])
        assert (row.cells.get("appeal"), table.notes) == (LONG, [f"列“{heading}”按“问题诉求”读取"])


@pytest.mark.parametrize("value", ["有", "3", "2个"])
def test_a_column_that_only_counts_or_ticks_requests_holds_none(value):
    table, row, _ = look([[*BASE, "存在问题"], [*ROW, value]])
    assert ("appeal" in row.cells, table.ignored) == (False, ["存在问题"])


def test_a_heading_over_several_columns_is_said_of_the_one_that_it_is_about():
    top = [*BASE, "问题诉求", "", "", ""]
    below = ["", "", "", "内容", "发生时间", "责任人", "涉及金额"]
    merges = [(0, at, 1, at) for at in range(3)] + [(0, 3, 0, 6)]
    table, row, _ = look([top, below, [*ROW, LONG, "2026-05-01", "张三", 5.0]], merges)
    assert (row.cells["appeal"], row.cells["amount"]) == (LONG, 5.0)
    assert table.ignored == ["问题诉求发生时间", "问题诉求责任人"]


# ---- long text that nobody has explained ----


@pytest.mark.parametrize(
    "heading", ["走访情况", "企业基本情况", "问题办理结果", "帮扶措施", "", "甲", "上次反映的问题"]
)
def test_sentences_in_an_unknown_column_of_a_survey_are_asked_about(heading):
    _, _, seen = look([[*BASE, heading, "备注"], [*ROW, LONG, ""], [*ROW, "", ""]])
    assert seen.wanting
    assert any((heading or "D列") in doubt for doubt in seen.doubts)


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("企业地址", "湖南省津市市样例路一号附二"), ("怎么看", "很好"), ("车牌", "湘J1"),
        ("上下游", "津市样例乙物流有限公司"),
    ],
)  # fmt: skip
def test_no_needless_question_is_asked(heading, value):
    table, _, seen = look([[*BASE, heading], [*ROW, value]])
    assert (seen.wanting, table.ignored) == (False, [heading])


def test_what_was_asked_once_is_not_asked_again():
    head = [*BASE, "走访情况"]
    said = Remembered(tuple(head), ("name", "visited_on", "unit", ""))
    names = replace(SURVEYS, remembered={fingerprint([layout_key(text) for text in head]): said})
    table, _, seen = look([head, [*ROW, LONG]], names=names)
    assert (seen.wanting, table.ignored) == (False, ["走访情况"])


def test_sentences_in_another_kind_are_said_only():
    head = ["案号", "案件类型", "承办单位", "立案日期", "处置经过"]
    table, _, seen = look(
        [head, ["（2026）湘0781民初9号", "盗窃", "市公安局", "2026-05-12", LONG]], names=NAMES["cases"]
    )
    assert (seen.wanting, table.ignored) == (False, ["处置经过"])


# ---- whatever the dress ----


def test_whatever_the_dress_a_request_is_read_or_asked_about():
    """Random headings around a request: its text is in the request, or the file is asked about, and never dropped."""
    rng = random.Random(7)
    fillers = ["备注", "满意度", "联系人", "车牌", "序号", "诉求类别", "所属行业", "意见建议"]
    lead = ["", "企业", "主要", "目前", "存在的", "反映的", "需协调解决的", "老板", "本次走访"]
    last = ["问题", "诉求", "困难", "情况", "事项", "内容", "想法", "话", "事", "结果", "一栏", "困难（企业填）"]
    for number in range(150):
        heading = rng.choice(lead) + rng.choice(last) + rng.choice(["", "：", "*", " ", "（必填）", "1"])
        head = [*BASE, heading, *rng.sample(fillers, rng.randrange(4))]
        order = rng.sample(range(len(head)), len(head))
        cells = [*ROW, LONG, *[""] * (len(head) - 4)]
        title = [["走访情况汇总"]] if rng.random() < 0.5 else []
        table, row, seen = look([*title, [head[at] for at in order], [cells[at] for at in order]])
        kept = [name for name, value in row.cells.items() if value == LONG] if row else []
        assert seen.wanting or kept in (["appeal"], ["suggestion"], ["notes"]), (number, head, table.ignored)
        if kept and SURVEYS.of(heading.rstrip("1 ")) is None:
            assert heading.strip() in " ".join(table.notes)
