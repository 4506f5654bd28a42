"""Sentences with figures in them: what is said, what is left out, what nobody knows."""

import pytest

from reports.briefing.text.language import Said, UnknownNameError, brackets_fault, speak

VALUES = {"a": 3, "b": 0, "c": 12, "none": None, "word": "市公安局", "hostile": "<b>&{c}[d|e]。，"}


def resolve(name):
    value = VALUES.get(name, KeyError)
    if value is KeyError:
        raise UnknownNameError(name, near=("a",))
    if isinstance(value, int):
        return Said(f"{value}件" if value else None, name, True)
    return Said(value)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("办理{a}。", "办理3件。"),
        ("办理{b}。", ""),
        ("办理{a}，结案{b}，判决{c}。", "办理3件，判决12件。"),
        ("办理{b}，结案{a}；判决{b}。", "结案3件。"),
        ("公安局[办理{b}|结案{a}|判决{c}]。", "公安局结案3件，判决12件。"),
        ("公安局[办理{b}|结案{b}]。", ""),
        ("开展“行动”，[办理{b}|结案{b}]，效果明显。", ""),
        ("办理{b}。平安{a}。没有数字的句子。", "平安3件。没有数字的句子。"),
        ("由{word}办理{a}，{none}督办。", "由市公安局办理3件。"),
        ("由{word}办理{b}。", ""),
        ("{none}研究。", ""),
        ("第一行{a}\n第二行{b}\n第三行{c}。", "第一行3件\n第三行12件。"),
        ("写作 {hostile}。", "写作 <b>&{c}[d|e]。，。"),
        ("方括号[不是分组]照写{a}。", "方括号[不是分组]照写3件。"),
        ("（办理{b}。）办理{a}。", "办理3件。"),
    ],
)
def test_only_what_is_not_zero_is_said(text, printed):
    assert speak(text, resolve).text == printed


def test_what_is_left_out_is_told_to_the_author():
    said = speak("办理{a}，结案{b}。[判决{b}|执行{c}]。调解{none}。", resolve)
    assert (said.text, said.left_out) == ("办理3件。执行12件。", ["结案{b}", "判决{b}", "调解{none}。"])


def test_an_unknown_name_is_named_and_never_blank():
    said = speak("办理{a}，结案{z}。", resolve)
    assert said.text == "办理3件，结案〔认不出：z〕。"
    assert [str(fault) for fault in said.faults] == ["{z} 不是可用的名字，是不是 {a}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{a}", ""),
        ("{a", "花括号没有配对，写成 {名字}"),
        ("[{a}|{b}", "方括号没有配对，写成 [第一项{名字}|第二项{名字}]"),
    ],
)
def test_brackets_must_match(text, fault):
    assert brackets_fault(text) == fault
