"""The requests on a survey form: none, one, or several numbered ones."""

import re

from common.text import half_width
from imports.cells.text import BLANK

NO_APPEAL = re.compile(
    r"(暂时|目前|暂)?(无|没有|没|未提出?|不存在)(任何|其他|相关|具体)?(诉求|问题|困难|意见|建议|需求|反映|的?)*[。.!]?"
)
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
CHINESE = "一二三四五六七八九十"
ITEM = re.compile(
    rf"(?:^|(?<=[\n；;。：:！!\s]))[ \t]*(?:[(（]?(?P<digit>\d{{1,2}})(?:[、.．)）])(?!\d)|(?P<circle>[{CIRCLED}])"
    rf"|[(（]?(?P<chinese>[{CHINESE}])[、)）])|(?P<inner>[{CIRCLED}])"
)


def says_nothing(text: str) -> bool:
    """无, 暂无, 没有, `/`, `-` and blank mean no appeal."""
    bare = re.sub(r"\s", "", half_width(text)).strip("。.;；,，")
    return bare.upper() in BLANK or bool(NO_APPEAL.fullmatch(bare))


def split_requests(text: str) -> list[str]:
    """The requests of a form, one ledger entry each: `1、…；2、…`, `1.…⏎2.…`, `①…②…`; other text is one request."""
    whole = text.strip()
    if says_nothing(whole):
        return []
    for style in ("digit", "circle", "chinese"):
        marks = in_sequence(whole, style)
        if marks:
            intro = whole[: marks[0].start()].strip()
            ends = [mark.start() for mark in marks[1:]] + [len(whole)]
            items = [trim(whole[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
            return [f"{intro}{item}" for item in items if not says_nothing(item)]
    return [whole]


def in_sequence(text: str, style: str) -> list[re.Match[str]]:
    """The marks 1, 2, 3… of one style; a lone 1 counts only at the very start."""
    found = []
    for match in ITEM.finditer(text):
        mark = match[style] or (match["inner"] if style == "circle" else None)
        if mark and ordinal(mark, style) == len(found) + 1:
            found.append(match)
    if len(found) == 1 and text[: found[0].start()].strip():
        return []
    return found


def ordinal(mark: str, style: str) -> int:
    if style == "digit":
        return int(mark)
    return (CIRCLED if style == "circle" else CHINESE).index(mark) + 1


def trim(item: str) -> str:
    return item.strip().rstrip("；;").strip()
