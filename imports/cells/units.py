"""Units of money as people write them: 万元, （亿）, 万元/人民币, 美元. Pure text."""

import re
from collections.abc import Iterable

from common.text import half_width

Unit = int | str  # so many yuan; or the words of a unit in another currency, which is never added up
SCALES = {
    "十": 10, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000,
    "亿": 100_000_000, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
SAME = str.maketrans({"億": "亿", "萬": "万", "W": "万", "w": "万", "仟": "千", "佰": "百", "拾": "十"})
SCALE = "(?:[十拾百佰千仟万萬]?[亿億]|[十拾百佰千仟]?[万萬]|[wW]|[千仟百佰十拾])"
FOREIGN = (
    "美元|美金|美刀|港元|港币|港幣|澳门元|澳门币|欧元|日元|日圆|日币|英镑|澳元|澳币|加元|加币|加拿大元|新元|新币"
    "|新加坡元|新台币|台币|韩元|韩币|韩圆|卢布|法郎|瑞郎|泰铢|卢比|越南盾|林吉特|外币"
    r"|(?<![A-Z])(?:USD?\$|HK\$|NT\$|USD|HKD|EUR|JPY|GBP|TWD|AUD|CAD|SGD|KRW|CHF|RUB|MOP|NZD|THB)(?![A-Z])"
    "|[$€£₩₽]"
)
RMB = "(?:人民币|人民幣|RMB|CNY|¥)"
YUAN = "(?:元|圆|圓)"
UNIT = re.compile(
    rf"{RMB}?(?P<before>{FOREIGN})?(?P<scale>{SCALE})?{RMB}?(?P<base>{FOREIGN}|{YUAN})?/?(?P<after>{RMB})?",
    re.IGNORECASE,
)
FOREIGN_MONEY = re.compile(FOREIGN, re.IGNORECASE)
FOREIGN_LETTERS = re.compile("[A-Za-z美港澳欧日英加新台韩卢法瑞泰比越林外$€£₩₽]")  # one is in each: quickly looked for
BRACKETS = re.compile(r"[(\[【<〔{]([^()\[\]【】<>〔〕{}]*)[)\]】>〕}]")
SPLIT = re.compile(r"[,，、;；:：/|·\s]|以及|[和及或与]")
LEADING = re.compile(
    r"^(?:折合?|约|均|统一|全部)?(?:金额|货币|资金|计量|计价)?(?:单位|币种|货币)?(?:[:：=]|均?为|是)?(?:以|按)?"
)
TRAILING = re.compile(r"(?:为|作)?(?:计量|计价)?(?:单位|计|填写?|整)$")

# What a heading says in brackets, or a note behind 金额单位, that may be a unit and is none that is known.
HINTS = re.compile(
    r"[元圆圓万萬千仟百亿億¥$€£₩₽×]|10+(?![\d年月日])|^[角分欧刀镑磅kmbw]$|illion|thousand|yuan|dollar|euro",
    re.IGNORECASE,
)
MONEY_UNIT = re.compile(r"(?:金额|货币|资金|计价)单位\s*[:：=为是]*\s*([^\s,，。;；]{1,12})")

# How a note says a unit; each is followed by the unit itself.
SAID = (
    re.compile(r"单位\s*(?:[:：=]|均?为|均?是|统一为|统一用|一律为|用|以|按|都是)?\s*[(\[]?\s*"),
    re.compile(
        r"(?:金额|数额|款项|资金|数字|数据|损失|投资|资本)[^\s,，。;；\d]{0,6}?(?:均|都|皆|一律|统一)?(?:为|是|用|以|按|填|:)\s*"
    ),
)
ENDED = re.compile(r"$|[\s,，。;；、/)\]】.和及]|为单位|计")
BY = re.compile(r"(?:以|按照?|用)\s*$")
FOR = re.compile(r"\s*(?:为|作为?)?\s*(?:计量|计价|货币|金额)?(?:单位|计|填|统计|列|表示|核算|口径)")
NEGATED = re.compile(r"(?:勿|不要|不得|不能|不可|不应|非|不是|不以|不按|无需)[^,，。;；]{0,4}$")
CURRENCY = re.compile(rf"(?:币种|货币|币别)\s*[:：]?\s*({FOREIGN})", re.IGNORECASE)


def is_foreign(text: str) -> bool:
    """Whether plain text names another currency than yuan."""
    return FOREIGN_LETTERS.search(text) is not None and FOREIGN_MONEY.search(text) is not None


def unit_word(words: str, *, bare: bool = True) -> Unit | None:
    """The unit that these words are and nothing more; None where they are none. `bare`: also 亿 and 万 without 元."""
    text = re.sub(r"[\s()\[\]【】]", "", half_width(words))
    match = UNIT.fullmatch(text) if 0 < len(text) <= 12 else None
    return meant(match, bare=bare) if match else None


def meant(match: "re.Match[str]", *, bare: bool = True) -> Unit | None:
    """What a match of UNIT stands for; the sign of a currency alone has no size."""
    scale, base = (match["scale"] or "").translate(SAME), match["before"] or match["base"] or ""
    if base and not re.fullmatch(YUAN, base):
        return f"{scale}{base}"
    if base or (scale and bare and scale not in ("十", "百")) or (scale and match["after"]):
        return SCALES.get(scale, 1)
    return None


def heading_units(words: str) -> list[Unit]:
    """Every different unit that a heading of money names: in brackets, behind a slash, at its end."""
    text = re.sub(r"\s", "", half_width(words))
    text = re.sub(rf"[(\[【]({SCALE})[)\]】]({YUAN})", r"(\1\2)", text)
    found = [unit for within in BRACKETS.findall(text) for unit in listed(within)]
    outside = BRACKETS.sub("|", text)
    for part in re.split(r"[|/:,、_\-(\[【]", outside):
        whole = unit_word(LEADING.sub("", part))
        found += [whole] if whole is not None else at_end(part)
    return list(dict.fromkeys(found))


def hints_at_unit(heading: str, notes: Iterable[str]) -> bool:
    """Whether a heading or a note that names no known unit may mean one all the same: `金额（￥）`, `金额单位：角`."""
    text = re.sub(r"\s", "", half_width(heading))
    told = [half_width(note) for note in notes if "单位" in note and not noted_units(note)]
    said = [*BRACKETS.findall(text), *(found[1] for note in told if (found := MONEY_UNIT.search(note)))]
    return "¥" in text or any(HINTS.search(words) for words in said)


def listed(words: str) -> list[Unit]:
    """The units in a bracket: `单位：万元，保留两位小数` names one, `元/万元` two, `万元/人民币` one."""
    parts = [words] if unit_word(words) is not None else SPLIT.split(words)
    cores = [TRAILING.sub("", LEADING.sub("", part)) for part in parts]
    return [unit for core in cores if (unit := unit_word(core)) is not None]


def at_end(words: str) -> list[Unit]:
    """The unit that a heading ends with: `涉案金额万元`, `金额（预计）美元`."""
    for start in range(1, len(words)):
        match = UNIT.fullmatch(words, start)
        unit = meant(match, bare=words[start:].translate(SAME) in ("万", "亿", "百万", "千万")) if match else None
        if unit is not None:
            return [unit]
    return []


def noted_units(words: str) -> list[tuple[Unit, str]]:
    """Every unit that a title or a note says amounts are in, with the words that stand before it."""
    text = re.sub(r"\s+", " ", half_width(words))
    text = re.sub(r"(?<=[十百千万亿]) (?=元)", "", re.sub(r"单 ?位", "单位", text)).strip()
    alone = unit_word(text, bare=False)
    if alone is not None:
        return [(alone, "")]
    found = [*said(text), *by(text), *bracketed(text)]
    currency = CURRENCY.search(text)
    if currency:
        sizes = [SIZES.get(unit, "") for unit, _ in found if isinstance(unit, int)]
        found = [(f"{size}{currency[1]}", "") for size in sizes or [""]]
    return found


SIZES: dict[Unit, str] = {1: "", **{yuan: scale for scale, yuan in SCALES.items()}}


def said(text: str) -> list[tuple[Unit, str]]:
    found: list[tuple[Unit, str]] = []
    for pattern in SAID:
        for match in pattern.finditer(text):
            if not NEGATED.search(text[: match.start()]):
                found += [(unit, text[: match.end()]) for unit in following(text, match.end())]
    return found


def following(text: str, at: int) -> list[Unit]:
    """The unit that stands there, or the ones in a list that does: `户、万元、%`."""
    match = UNIT.match(text, at)
    if match and match.end() > at and ENDED.match(text, match.end()):
        unit = meant(match)
        return [] if unit is None else [unit]
    run = re.match(r"[^\s。;；)\]】]{1,20}", text[at:])
    parts = re.split(r"[、,，/]|[和及]", run[0]) if run else []
    return [unit for part in parts[1:] + parts[:1] if (unit := unit_word(part, bare=False)) is not None]


def by(text: str) -> list[tuple[Unit, str]]:
    """`以元为单位`, `按万元填报`."""
    found = []
    for match in UNIT.finditer(text):
        unit = meant(match, bare=False) if match.end() > match.start() else None
        before = BY.search(text[: match.start()])
        if unit is not None and before and FOR.match(text, match.end()) and not NEGATED.search(text[: before.start()]):
            found.append((unit, text[: before.start()]))
    return found


def bracketed(text: str) -> list[tuple[Unit, str]]:
    """`调查表（万元）`; not `500（万元）`, which is an amount."""
    found = []
    for match in BRACKETS.finditer(text):
        unit = unit_word(match[1], bare=False)
        if unit is not None and not re.search(r"[\d余多]\s*$", text[: match.start()]):
            found.append((unit, text[: match.start()]))
    return found


def words_of(unit: Unit) -> str:
    """`万元`, `元`, `万美元`."""
    return unit if isinstance(unit, str) else f"{SIZES[unit]}元"


def unit_endings() -> list[str]:
    """What headings of money may end with."""
    sizes = ("", "千", "万", "百万", "千万", "亿")
    own = [f"{sign}{size}{yuan}" for sign in ("", "人民币") for size in sizes for yuan in ("元", "") if size or yuan]
    others = ("美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "USD")
    words = own + [f"{size}{other}" for size in ("", "万") for other in others]
    return [f"{mark}{word}" for mark in ("", "单位", "(", "(单位") for word in words]
