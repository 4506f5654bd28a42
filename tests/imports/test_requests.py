"""Where a cell of requests is split, where it is not, and where a person is asked."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.surveying.requests import read_requests, split_requests

CERTAIN = {
    "1、用地问题，2、用工问题，3、融资问题": ["用地问题", "用工问题", "融资问题"],
    "1.企业用地问题2.用工问题3.融资问题": ["企业用地问题", "用工问题", "融资问题"],
    "１．用地２．用工": ["用地", "用工"],
    "1、用地、2、用工": ["用地", "用工"],
    "1）用地2）用工": ["用地", "用工"],
    "（1）用地问题（2）用工问题": ["用地问题", "用工问题"],
    "【1】用地【2】用工": ["用地", "用工"],
    "⑴用地⑵用工": ["用地", "用工"],
    "❶用地❷用工": ["用地", "用工"],
    "㈠用地\n㈡用工": ["用地", "用工"],
    "1️⃣用地2️⃣用工": ["用地", "用工"],
    "A、用地；B、用工": ["用地", "用工"],
    "Ⅰ、用地；Ⅱ、用工": ["用地", "用工"],
    "1 用地紧张\n2 用工紧张": ["用地紧张", "用工紧张"],
    "1:用地紧张\n2:用工紧张": ["用地紧张", "用工紧张"],
    "1，用地；2，用工": ["用地", "用工"],
    "1-用地\n2-用工": ["用地", "用工"],
    "一是融资难；二是用工难；三是用地难。": ["融资难", "用工难", "用地难。"],
    "主要问题：一是融资难，二是用工难": ["主要问题：融资难", "主要问题：用工难"],
    "第一，融资难。第二，用工难。": ["融资难。", "用工难。"],
    "第一点用地；第二点用工": ["用地", "用工"],
    "其一，融资难；其二，用工难": ["融资难", "用工难"],
    "问题一：融资；问题二：用工": ["融资", "用工"],
    "·用地\n·用工": ["用地", "用工"],
    "反映问题：\n- 用地\n- 用工": ["反映问题：用地", "反映问题：用工"],
    "1、2023年5月至今货款未结；2、1.5吨铜线被盗": ["2023年5月至今货款未结", "1.5吨铜线被盗"],
    "1.2023年货款未结\n2.2024年货款未结": ["2023年货款未结", "2024年货款未结"],
    "一、三季度电费过高；二、用工难": ["三季度电费过高", "用工难"],
    "一、生产方面：1、用电；2、用水。二、用工方面：1、招工；2、留人。": [
        "生产方面：用电", "生产方面：用水。", "用工方面：招工", "用工方面：留人。",
    ],
    "生产方面：1、用电；2、用水。\n用工方面：1、招工；2、留人": [
        "生产方面：用电", "生产方面：用水。", "用工方面：招工", "用工方面：留人",
    ],
    "1、用地；2、用工：①招工；②留人": ["用地", "用工：招工", "用工：留人"],
    "①用地；②用工；其中1、甲2、乙": ["用地", "用工；其中1、甲2、乙"],
    "1、设备老化，去年检修2次；2、用水2.5吨": ["设备老化，去年检修2次", "用水2.5吨"],
    "1、依据合同法第52条第（1）、（2）项；2、违反第1、2条": ["依据合同法第52条第（1）、（2）项", "违反第1、2条"],
    "1、无；2、希望加强巡逻": ["希望加强巡逻"],
}  # fmt: skip
ONE = [
    "一、二期工程款未付", "一、二号厂房漏水需维修", "1、2、3号楼漏水", "1.1亿元贷款到期", "2、只写了第二条",
    "3.5吨货车限行；4.5米限高", "依据合同法第52条第（1）、（2）项，合同无效", "违反第1、2、3条规定",
    "A、B两栋厂房漏水", "星期一、二停电", "第一期工程款未付；第二期工程款未付", "1 号厂房漏水\n2 号厂房停电",
    "2023.5.12签合同，2023.6.1到期", "货款被拖欠\n用工难", "唯一是厂房漏水", "第一时间办理；第二产业用电",
    "货款1.5万元，2023.5.12到期；3、4月份未付", "一是一", "电话1.13800000000", "Ⅱ类医疗器械；Ⅲ类注射器",
]  # fmt: skip
ASKED = [
    "1、用地；3、用工；4、融资", "1、用地；2、用工；2、融资", "拖欠货款；2、用工", "3.15期间被投诉；2、用工",
    "1、2号厂房漏水；2、3号厂房停电", "1.5吨铜线被盗；2.3万元货款未结", "1.1亿元贷款到期；2.用工难",
    "合同（1）和合同（2）未履行", "拖欠货款200万元。1、供应商为甲；2、已起诉", "说一是一，说二是二",
    "问题：1、用地；2、用工\n建议：1、加快审批；2、搞招聘会", "1、用地；2、用工\n1、融资；2、审批",
    "第一用地难，第二用工难", "一、用地二、用工",
]  # fmt: skip
NOTHING = [
    "无诉求", "没有问题", "1、无", "1、", "暂无困难问题", "目前没有", "无任何困难", "无异常情况", "（1）无（2）无",
    "我公司目前无困难和诉求。", "企业运行正常，无问题",
]  # fmt: skip
PERHAPS_NOTHING = ["无，希望继续支持", "经营正常", "没有问题。电费偏高"]


@pytest.mark.parametrize(("text", "items"), CERTAIN.items())
def test_a_clear_list_is_split_without_asking(text, items):
    assert (list(read_requests(text).items), read_requests(text).doubt) == (items, "")


@pytest.mark.parametrize("text", ONE)
def test_numbers_that_belong_to_the_text_stay_in_it(text):
    assert (list(read_requests(text).items), read_requests(text).doubt) == ([text], "")


@pytest.mark.parametrize("text", ASKED)
def test_a_list_that_may_be_none_is_asked_about(text):
    read = read_requests(text)
    assert read.doubt
    assert len(read.items) > 1
    assert split_requests(text) == [text]


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_that_there_is_none_is_no_request(text):
    assert read_requests(text).items == ()
    assert not read_requests(text).doubt


@pytest.mark.parametrize("text", PERHAPS_NOTHING)
def test_what_says_none_and_something_else_is_asked_about(text):
    assert read_requests(text).may_be_none
    assert read_requests(text).doubt


HAN = "一二三四五六七八九十"
DRESSES = {
    "{n}、": "；", "{n}.": "\n", "{n}．": "。", "（{n}）": "", "({n})": "；", "{n}）": "，", "{c}、": "\n",
    "（{c}）": "；", "{c}是": "；", "第{c}，": "。", "第{c}、": "；", "{o}": "", "{p}": "\n", "其{c}，": "；",
    "问题{c}：": "\n", "{n}：": "\n",
}  # fmt: skip
WORDS = st.sampled_from(
    ["货款被拖欠", "2023年5月至今货款未结", "1.5吨铜线被盗", "厂区3号楼漏水", "依据第（1）项申请", "夜间电缆被盗2次",
     "电费1.2元/度偏高", "12月1日停电", "希望减免租金50%", "用工难"]
)  # fmt: skip


@given(
    st.sampled_from(sorted(DRESSES)),
    st.lists(WORDS, min_size=2, max_size=10),
    st.sampled_from(["", "主要问题：", "反映如下问题：\n"]),
)
def test_a_list_in_any_dress_comes_apart_as_it_was_put_together_or_is_asked_about(dress, items, head):
    marks = [
        dress.format(n=n, c=HAN[n - 1], o=chr(ord("①") + n - 1), p=chr(ord("⑴") + n - 1))
        for n in range(1, len(items) + 1)
    ]
    text = head + DRESSES[dress].join(mark + item for mark, item in zip(marks, items, strict=True))
    read = read_requests(text)
    assert read.doubt or [item.rstrip("。") for item in read.items] == [head.strip() + item for item in items]


@given(
    st.lists(
        st.sampled_from(
            [
                "1、",
                "2.",
                "（3）",
                "①",
                "一、",
                "二是",
                "第一",
                "用地",
                "3号",
                "2023年",
                "；",
                "\n",
                "。",
                "5.1",
                "：",
                "无",
            ]
        ),
        max_size=14,
    )
)
def test_no_word_is_lost_whatever_the_marks(parts):
    text = "".join(parts)
    told = "".join(read_requests(text).items)
    assert all(told.count(word) >= text.count(word) for word in ("用地", "3号", "2023年"))


def test_each_certain_split_is_stable_when_blanks_are_put_in():
    for text, items in itertools.islice(CERTAIN.items(), 8):
        assert [item.strip() for item in read_requests(f" {text}\n").items] == items
