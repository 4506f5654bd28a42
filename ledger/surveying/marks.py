"""The marks of a list within a text: 1、 ①（一）一是 第一， and the like, with where they stand. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HAN = "一二三四五六七八九十"
NUMBER = rf"\d{{1,2}}|[{HAN}]{{1,3}}"
# Single characters that are numbers: ① ⑴ ⒈ ㈠ ㊀ ❶ Ⅰ and their like; each block is a style of its own.
SIGNS = "①-⑳|⑴-⒇|⒈-⒛|㈠-㈩|㊀-㊉|㉑-㊿|⓪-⓿|❶-➓|Ⅰ-Ⅻ"
MARK = re.compile(
    rf"[(（【\[〔]\s*(?P<bracket>{NUMBER})\s*[)）】\]〕][、.．:：]?"
    rf"|(?:问题|诉求|困难|建议|意见|需求|事项)(?P<word>{NUMBER})[、.．:：,，]"
    rf"|第(?P<order>{NUMBER})(?P<of>(?:点|个?方面|个?问题|个)?(?:是(?!否)[,，:：]?|[,，、:：.．\s]+)|点|个?方面|)"
    rf"|其(?P<of_them>[{HAN}])(?:是|[,，、:：])"
    rf"|(?P<says>[{HAN}]{{1,3}})(?:个?方面)?是(?!否)[,，:：]?"
    rf"|(?P<sign>[{SIGNS.replace('|', '')}])[、.．:：]?"
    r"|(?P<key>\d)\ufe0f?\u20e3"
    rf"|(?P<han>[{HAN}]{{1,3}})(?P<after_han>[、.．)）]|[:：,，])"
    r"|(?P<digit>\d{1,2})(?P<after>[、.．)）]|[:：,，。\-—－]|[ \t　]+)"
    r"|(?P<letter>[A-Ha-hＡ-Ｈ])[、.．)）:：]"
)
WORDED = re.compile(rf"[题求难议见项](?:{NUMBER})[、.．:：,，]")  # only such a text can hold 问题1：
STYLES = ("bracket", "word", "order", "of_them", "says", "sign", "key", "han", "digit", "letter")
ENDS = "\n；;。：:！!？?…"  # after these something new begins
# What goes on with a number before the mark: an article of law, an enumeration, a code, a day of the week.
GOES_ON = re.compile(
    r"(?:[(（【\[〔《第条款项图表周期初之\dA-Za-z/~～\-—至到和及与或]|\d[.．,，]|[\d一二三四五六七八九十]、|星期|礼拜)\Z"
)
HAN_GOES_ON = re.compile(r"[统唯专单万千百十零〇同划]\Z")
YEAR = re.compile(r"(?:19|20)\d{2}(?!\d)")
NEXT = re.compile(rf"(\d{{1,2}}(?!\d)|[{HAN}]{{1,3}})")
MEASURE = re.compile(r"[号台个家条名份月日年吨米亩元万楼层栋幢座级段次天亿千百季%％]")
THOUSAND = re.compile(r"\d{3}(?!\d)")
DECIMAL = frozenset(".．,，:：-—－ 　\t")  # 2.5, 1:3, 2-3: before a digit they may be one number
NEARBY = 20  # characters around a mark that can tell what it is
COUNTED = re.compile(r"[、和及至或~\-—号台个家条处人名份月日年吨米亩元万楼层栋幢座厂车季组批段级类点次天周万亿千百]")


@dataclass(frozen=True)
class Mark:
    """One mark. `is_strong`: something new begins there; `is_inside`: it stands amid words; `is_open`: it may as well
    be a number that goes on in the text, as in 1、2号厂房 or 1.5吨."""

    style: str
    ordinal: int
    start: int
    end: int
    is_strong: bool
    is_inside: bool
    is_open: bool
    is_decimal: bool = False

    @property
    def is_weak(self) -> bool:
        """Most likely a number of the text: 欠款2.5万元."""
        return self.is_decimal and not self.is_strong

    @property
    def is_firm(self) -> bool:
        return self.is_strong and not self.is_open


def marks_of(text: str, *, words: bool = True) -> Iterator[Mark]:
    """All that can be a mark in the text, in its order; 问题1： is one only with `words`, else just its 1."""
    at, last = 0, -1
    while match := MARK.search(text, at):
        mark = mark_of(text, match) if words or not match["word"] else None
        if mark and not (mark.is_open and mark.start == last):  # 2、3、4月份: no item is empty
            yield mark
            last = mark.end
        at = match.end() if mark else match.start() + 1


def mark_of(text: str, match: re.Match[str]) -> Mark | None:
    name = next(style for style in STYLES if match[style])
    before, rest = text[max(0, match.start() - NEARBY) : match.start()], text[match.end() : match.end() + NEARBY]
    bare = before.rstrip(" \t　")
    is_line = not bare or bare.endswith("\n")
    is_strong = is_line or bare[-1] in ENDS
    is_inside = not is_strong and bare == before and bare[-1] not in ",，、)）】"
    sep = match["after"] or match["after_han"] or match["of"] or ""
    if goes_on(name, bare) or not may_stand(name, sep, rest, is_line=is_line, is_strong=is_strong):
        return None
    ordinal = ordinal_of(match[name])
    if not ordinal:
        return None
    is_decimal = name != "order" and sep[:1] in DECIMAL and rest[:1].isdecimal() and not YEAR.match(rest)
    joins = sep[-1:] in ("、", ".", "．") or (name == "order" and not sep)
    is_open = is_decimal or (joins and counts_on(rest, match[name]))
    return Mark(
        style_of(name, match[name]), ordinal, match.start(), match.end(), is_strong, is_inside, is_open, is_decimal
    )


def goes_on(name: str, before: str) -> bool:
    """Whether what stands before makes the number part of something else."""
    if name in ("sign", "key"):
        return bool(re.search(r"[第图表见]\Z", before))
    if name in ("han", "says") and HAN_GOES_ON.search(before):
        return True
    return bool(GOES_ON.search(before)) and name != "word"


def may_stand(name: str, sep: str, rest: str, *, is_line: bool, is_strong: bool) -> bool:
    """Whether a mark of this form can stand at such a place: the looser the form, the clearer the place must be."""
    if name in ("letter", "word"):
        return is_strong
    if name == "sign" and rest[:1] in tuple("类级型期段标"):
        return False
    if name == "order" and rest[:1] in "期季年中小医人次批月日条款项轮届组车类代产部线块方步站阶时" and not sep:
        return False
    if name == "order":
        return True
    if sep.isspace() or sep in ("-", "—", "－"):
        return is_line and bool(rest) and not (sep.isspace() and MEASURE.match(rest))
    if sep in (":", "：", ",", "，", "。"):
        is_free = bool(rest) and (not rest[0].isdigit() or bool(YEAR.match(rest)))
        is_number = is_line if sep in (":", "：") else not THOUSAND.match(rest)
        return is_strong and (is_free or is_number)
    return True


def counts_on(rest: str, words: str) -> bool:
    """Whether a greater number of the same writing follows, as in 1、2号 and 一、二期."""
    following = NEXT.match(rest)
    if following is None or YEAR.match(rest) or following[1].isdecimal() != words.isdecimal():
        return False
    more = ordinal_of(following[1]) - ordinal_of(words)
    return more == 1 or (more > 1 and bool(COUNTED.match(rest[following.end() :])))


def ordinal_of(words: str) -> int:
    """1 … 99; 0 for what is none."""
    if words.isdecimal():
        return int(words)
    if words.isascii() or unicodedata.name(words[0]).startswith("FULLWIDTH"):
        return ord(unicodedata.normalize("NFKC", words).upper()) - 64
    if words[0] not in HAN:
        return int(unicodedata.numeric(words))
    tens, ten, ones = words.partition("十")
    if not ten:
        return HAN.index(words) + 1 if len(words) == 1 else 0
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    return (HAN.index(tens) + 1 if tens else 1) * 10 + (HAN.index(ones) + 1 if ones else 0)


def style_of(name: str, words: str) -> str:
    """Marks that belong to one list have one style."""
    if name == "sign":
        block = next(block for block in SIGNS.split("|") if block[0] <= words <= block[2])
        return f"sign {block}"
    if name in ("bracket", "word", "order"):
        return f"{name} {'digit' if words.isdecimal() else 'han'}"
    if name == "letter":
        return "letter upper" if words.isupper() else "letter lower"
    return name
