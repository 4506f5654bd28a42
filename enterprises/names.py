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


SHORTEST_PHONE, SHORTEST_ADDRESS = 7, 5
AREA_CODE = re.compile(r"0(?:10|2\d|[3-9]\d{2})(?=\d{7,8}$)")


def phone_key(phone: str) -> str:
    """What two spellings of one telephone share: `+86 138-0000-0000` and `13800000000`, `0736-4200001` and `4200001`;
    empty for what is too short to tell anything."""
    digits = re.sub(r"\D", "", half_width(phone))
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    digits = AREA_CODE.sub("", digits)
    return digits[:20] if len(digits) >= SHORTEST_PHONE else ""


def address_key(address: str) -> str:
    """What two spellings of one address share, the province and the cities set aside; empty where little is left."""
    key = name_key(address)
    place = PLACES.match(key)
    key = key[place.end() :] if place else key
    return key[:300] if len(key) >= SHORTEST_ADDRESS else ""
