"""What is left of a name once place and legal form are set aside, and how near two names come. Pure."""

import re

from common.text import half_width, name_key

PLACE = r"(?:湖南省?|常德市?|津市(?:市(?![场政]))?)"
BRACKETED_PLACE = re.compile(rf"[(〔\[【]\s*(?:{PLACE})+\s*[)〕\]】]")
PLACES = re.compile(rf"{PLACE}+")
FORMS = (
    "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "集团公司", "总公司", "公司", "集团",
    "普通合伙", "有限合伙", "合伙企业", "个人独资", "个体工商户", "个体户", "经营部", "总厂", "厂", "项目", "工程",
)  # fmt: skip
# Names that differ only by one of these are told apart by it: 一厂 and 二厂, 甲 and 乙, 城东 and 城西, A and B.
TELLING = frozenset("甲乙丙丁戊己庚辛壬癸东南西北abcdefghijklmnopqrstuvwxyz")
SHORTEST = 2
SHORTEST_TYPED = 4  # in shorter names one other character is another name


def core(name: str) -> str:
    """`津市市样例盐业（常德）有限责任公司` → `样例盐业`; never less than two characters of a name that has them."""
    whole = name_key(BRACKETED_PLACE.sub("", half_width(name))) or name_key(name)
    rest = whole
    while True:
        form = next((form for form in FORMS if rest.endswith(form) and len(rest) - len(form) >= SHORTEST), "")
        if not form:
            break
        rest = rest.removesuffix(form)
    place = PLACES.match(rest)
    return rest[place.end() :] if place and len(rest) - place.end() >= SHORTEST else rest


def core_key(name: str) -> str:
    """The core as it is stored and looked up."""
    return core(name)[:200]


def one_apart(one: str, other: str) -> bool:
    """Whether two cores differ by one character, typed wrong, left out or added, that tells nothing apart."""
    if len(one) > len(other):
        one, other = other, one
    if len(one) < SHORTEST_TYPED or len(other) - len(one) > 1 or one == other:
        return False
    at = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    swapped = len(one) == len(other)
    if one[at + swapped :] != other[at + 1 :]:
        return False
    return not tells(other[at]) and not (swapped and tells(one[at]))


def tells(letter: str) -> bool:
    return letter.isnumeric() or letter in TELLING


def shapes(core: str) -> set[str]:
    """A core and what is left of it without one of its characters: two cores one apart share at least one of them."""
    return {core, *(core[:at] + core[at + 1 :] for at in range(len(core)))}
