"""The requests on a survey form: none, one, or several numbered ones; and where that is not certain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from common.text import BLANK, half_width
from ledger.surveying.marks import NUMBER, WORDED, Mark, marks_of

NOUNS = "诉求|问题|困难|意见|建议|需求|要求|反映|异常|情况|现象|矛盾|纠纷|障碍|和|与|及|或|、|的"
NO_APPEAL = re.compile(
    r"(该|本|我)?(企业|公司|单位|司)?(暂时|目前|现阶段|当前|暂)?(暂?无|没有?|未提出?|未反映|不存在)"
    rf"(任何|其他|其它|相关|具体|特殊|明显|什么)?({NOUNS})*[。.!]?"
)
CALM = re.compile(
    r"(?:该|本|我|企业|公司|单位|目前|当前|现阶段|生产|经营|运行|运营|运转|发展|业务|工作|情况|状况|一切|各项|总体|基本|均|都|较|比较|和|、)*"
    r"(?:正常|良好|稳定|平稳|顺利|有序)"
)
HEADED = re.compile(
    r"(?:[:：]|(?:问题|困难|诉求|建议|意见|需求|要求|方面|情况|如下|以下|希望|反映|包括|主要有)[,，、;；。]?)\s*$"
)
NAMES_A_LIST = re.compile(r"问题|困难|诉求|建议|意见|需求|要求|方面|如下|以下|希望|反映|几点")
ASKS_ELSE = re.compile(r"建议|意见|希望|措施|对策|整改|答复|回复|处理|办理")
BULLET = re.compile(r"[ \t　]*[·•●○■□◆◇▪▶►★☆➢✓※*\-—–][ \t　]*(?=\S)")
NO_MORE = re.compile(rf"第({NUMBER})")  # 第一 without anything that parts it from the text
OUT_OF_ORDER, ANEW = "编号不连续", "编号重新从 1 开始"
IN_NUMBER, AMID, UNHEADED = "编号和数字连在一起", "编号夹在文字中间", "编号前面另有一段话"
NOT_A_REQUEST = "既写了没有问题，又写了别的话"


@dataclass(frozen=True)
class Requests:
    """What a cell of requests says: its items; where it can also be read otherwise, why. `may_be_none`: it has words
    that ask for nothing, or perhaps for nothing."""

    items: tuple[str, ...]
    doubt: str = ""
    may_be_none: bool = False


@lru_cache(maxsize=1024)  # of one row it is asked several times
def says_nothing(text: str) -> bool:
    """无, 暂无, 没有, `/`, `-` and blank mean no appeal."""
    bare = re.sub(r"\s", "", half_width(text)).strip("。.;；,，")
    return bare.upper() in BLANK or bool(NO_APPEAL.fullmatch(bare))


def read_requests(text: str) -> Requests:
    """The requests of a form, one ledger entry each: `1、…；2、…`, `1.…⏎2.…`, `①…②…`, 一是…二是…; other text is one."""
    whole = text.strip()
    if says_nothing(whole):
        return Requests(())
    found = read_list(whole)
    if len(found.items) != 1 or found.items[0] != whole:
        return found
    clauses = [clause for clause in re.split(r"[,，。;；!！\s]+", whole) if clause]
    none, calm = ([bool(rule(clause)) for clause in clauses] for rule in (says_nothing, CALM.fullmatch))
    if any(none) and all(map(any, zip(none, calm, strict=True))):
        return Requests((), may_be_none=True)
    if any(none) or all(calm):
        return Requests((whole,), found.doubt or NOT_A_REQUEST, may_be_none=True)
    return found


WHOLE, ITEMS, NONE = "whole", "items", "none"  # how a person decides what a text asks for


def decided(read: Requests, text: str, wanted: str | None) -> tuple[str, ...] | None:
    """The requests that become entries, as somebody has decided where it is not certain (`wanted`); None where the
    text is no request after all, and stays in the form's notes in its own words."""
    if read.may_be_none and (wanted == NONE or not read.items):
        return None
    return (text,) if len(read.items) > 1 and wanted == WHOLE else read.items


def among_notes(notes: str, text: str) -> str:
    """The notes of a form with what turned out to be no request."""
    return f"{notes}\n问题诉求：{text}".strip()


def split_requests(text: str) -> list[str]:
    """The requests of a form as far as they are certain; one where it is not certain that they are several."""
    read = read_requests(text)
    return [text.strip()] if read.doubt else list(read.items)


def read_list(text: str, *, inner: bool = True) -> Requests:
    """The items of the outermost list in a text, and with `inner` of the lists they head; else the text itself."""
    lists = lists_in(text, words=True)
    if WORDED.search(text) and not any(runs[0][0].style.startswith("word") for runs, _ in lists if runs):
        lists = lists_in(text, words=False)
    if not lists:
        return bulleted(text)
    runs, loose = min(lists, key=lambda found: min(mark.start for mark in chain(*found[0], found[1])))
    doubt, first = doubt_of(text, runs, loose), ""
    if loose:
        runs = [sorted(chain(*runs, loose), key=lambda mark: mark.start)]
    head = text[: runs[0][0].start].strip()
    if runs[0][0].ordinal != 1:  # what stands before a 2 is the first item, not a heading
        first, head = trim(head), ""
    items = [first, *(leaf for item in cut(text, runs, head) for leaf in (leaves(item) if inner else [item]))]
    return Requests(tuple(item for item in items if item), doubt)


def lists_in(text: str, *, words: bool) -> list[tuple[list[list[Mark]], list[Mark]]]:
    by_style: dict[str, list[Mark]] = {}
    for mark in marks_of(text, words=words):
        by_style.setdefault(mark.style, []).append(mark)
    return [found for marks in by_style.values() if (found := numbered(text, marks))]


def numbered(text: str, marks: Sequence[Mark]) -> tuple[list[list[Mark]], list[Mark]] | None:
    """Runs of marks that count 1, 2, 3…, and firm marks that are in none; None where there is no list.

    A lone 1 counts only at the very start, where it cannot belong to the text.
    """
    runs, loose = count(text, marks)
    if runs and len(runs[0]) == 1 and (len(runs) > 1 or not is_lone(text, runs[0][0])) and not loose:
        runs = [run for run in runs if len(run) > 1]
    if not runs and not (loose and (len(loose) > 1 or text[: loose[0].start].strip())):
        return None
    return runs, loose


def count(text: str, marks: Sequence[Mark]) -> tuple[list[list[Mark]], list[Mark]]:
    """A mark that is most likely a number counts only where the next one would be missing without it."""
    runs: list[list[Mark]] = []
    loose, weak = [], None
    for mark in marks:
        following = len(runs[-1]) + 1 if runs else 1
        if mark.is_weak:
            weak = mark if mark.ordinal == following else weak
        elif runs and mark.ordinal == following:
            runs[-1].append(mark)
        elif runs and weak and mark.ordinal == following + 1 == weak.ordinal + 1:
            runs[-1] += [weak, mark]
        elif mark.ordinal == 1 and (not runs or mark.is_firm):
            runs.append([mark])
        elif mark.is_firm and may_be_loose(mark, text):
            loose.append(mark)
    return runs, loose


def is_lone(text: str, mark: Mark) -> bool:
    is_sure = mark.style.split()[0] in ("digit", "bracket", "sign", "han", "key")
    tight = text[mark.start : mark.end].rstrip()[-1:] not in ",，:：-—－" and text[mark.end - 1 : mark.end].strip()
    return not text[: mark.start].strip() and not mark.is_open and is_sure and bool(tight)


def may_be_loose(mark: Mark, text: str) -> bool:
    """A number out of order is told only of marks that are nothing else."""
    kind, last = mark.style.split()[0], text[mark.start : mark.end].rstrip()[-1:]
    return kind in ("bracket", "sign", "says") or (
        kind in ("digit", "han", "order") and last in "、.．)）,，是" and mark.ordinal <= 30
    )


def doubt_of(text: str, runs: list[list[Mark]], loose: list[Mark]) -> str:
    """Why the list may not be one, or not this one; blank where nothing else makes sense."""
    if loose:
        return OUT_OF_ORDER
    marks, first = list(chain(*runs)), runs[0][0]
    if any(mark.is_decimal or (mark.is_inside and mark.is_open) for mark in marks):
        return IN_NUMBER
    if len(runs[0]) > 1 and all(mark.is_open for mark in runs[0][1:]):
        return IN_NUMBER
    if not is_headed(text[: first.start].strip()):
        return UNHEADED if first.is_strong else AMID
    if any(mark.is_inside and mark.style in ("han", "order han") for mark in marks if mark is not first):
        return AMID
    if any(NO_MORE.fullmatch(text[mark.start : mark.end]) for mark in marks):
        return AMID
    headings = [heading(text, runs, at) for at in range(1, len(runs))]
    return ANEW if not all(headings) or any(ASKS_ELSE.search(words) for words in headings) else ""


def is_headed(intro: str) -> bool:
    """Whether the words before a list announce it, or there are none."""
    last = re.split(r"[。；;\n]", intro.rstrip("。；;"))[-1]
    return not intro or bool(HEADED.search(intro) or NAMES_A_LIST.search(last))


def heading(text: str, runs: list[list[Mark]], at: int) -> str:
    """The words before a run that counts from 1 again, if they are a heading."""
    between = text[runs[at - 1][-1].end : runs[at][0].start]
    words = re.split(r"[\n。；;]", between.rstrip())[-1].strip()
    return words if len(words) <= 20 and words.endswith((":", "：")) and words != between.strip() else ""


def cut(text: str, runs: list[list[Mark]], head: str) -> list[str]:
    """The items of runs, each with the words that head its run; `head` are those of the first."""
    items = []
    for at, run in enumerate(runs):
        last, following = len(text), ""
        if at + 1 < len(runs):
            last, following = runs[at + 1][0].start, heading(text, runs, at + 1)
        ends = [mark.start for mark in run[1:]] + [text.rfind(following, 0, last) if following else last]
        parts = [trim(text[mark.end : end]) for mark, end in zip(run, ends, strict=True)]
        items += [f"{head}{part}" for part in parts if not says_nothing(part)]
        head = following
    return items


def leaves(item: str) -> list[str]:
    """An item that only heads a list of its own is that list."""
    found = read_list(item, inner=False)
    first = next((mark.start for mark in marks_of(item)), 0)
    headed = HEADED.search(item[:first]) and not re.search(r"其中|例如|比如|包括|分别", item[:first])
    return list(found.items) if len(found.items) > 1 and headed and not found.doubt else [item]


def bulleted(text: str) -> Requests:
    """Lines that all begin with the same dot or dash are items; a first line may head them."""
    lines = [line for line in text.split("\n") if line.strip()]
    head = lines.pop(0).strip() if len(lines) > 2 and HEADED.search(lines[0]) and not BULLET.match(lines[0]) else ""
    marks = [match for line in lines if (match := BULLET.match(line))]
    if len(lines) < 2 or len(marks) < len(lines) or len({match[0].strip() for match in marks}) > 1:
        return Requests((text,))
    items = [trim(line[match.end() :]) for line, match in zip(lines, marks, strict=True)]
    return Requests(tuple(f"{head}{item}" for item in items if not says_nothing(item)))


def trim(item: str) -> str:
    return item.strip().rstrip("；;,，、").strip()
