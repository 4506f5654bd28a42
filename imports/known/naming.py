"""What stands in a cell for names: one name, several, or something that is no name at all. Pure."""

import re

from common.text import half_width
from enterprises.uscc import uscc_problem

ROLES = (
    "被上诉人", "上诉人", "被申请执行人", "申请执行人", "被申请人", "再审申请人", "申请人", "被执行人",
    "原审原告", "原审被告", "原告", "被告", "第三人", "被害人", "受害人", "被害单位", "犯罪嫌疑人", "债权人", "债务人",
    "委托人", "受援人", "报案人", "举报人", "投诉人", "当事人", "甲方", "乙方", "丙方",
)  # fmt: skip
ROLE = rf"(?:{'|'.join(ROLES)})"
LABEL = re.compile(rf"{ROLE}(?:[一二三四五六七八九十\d]{{1,2}})?\s*(?:[(（][^()（）]*[)）])?\s*[:：]")
ROLE_AFTER = re.compile(rf"\s*[(（]{ROLE}[一二三四五六\d]{{0,2}}[)）]\s*$")
LISTED = re.compile(r"[、，,;；/／|｜\n①-⑳]+")
NUMBER = re.compile(r"^\s*[(（]?\d{1,2}[)）.．、]\s*(?=\D)|^\s*\d{1,2}\s*$")  # of a list: 1、甲公司
ROLE_BEFORE = re.compile(rf"^\s*{ROLE}\s*(?=.{{4,}}$)")
ABBREVIATED = re.compile(r"(?:co|ltd|inc|llc|corp|s\.?a)\.?", re.IGNORECASE)
BODIES = (
    r"(?:公司|集团|厂|店|社|部|院|所|中心|协会|商会|行|馆|局|园|庄|坊|户|铺|超市|市场|酒楼|宾馆|食府|门诊|企业|项目"
    r"|工程)"
)
BODY = re.compile(rf"{BODIES}(?:\s*[(（][^()（）]*[)）])?$")
BODY_INSIDE = re.compile(BODIES)
SHORTEST_BODY = 5
JOINED = re.compile(r"\s*(?:以及|状告|起诉|[与和及暨诉告同对并]|vs\.?|[&＆+＋]|[-—–]+)\s*|\s+", re.IGNORECASE)
HANGING = re.compile(r"\s*[与和及暨诉告]\s*$")  # left over between two labels
SUED = re.compile(r"状告|起诉|诉|vs\.?", re.IGNORECASE)
# most names have none of these
DIVIDING = re.compile(r"[、，,;；/／|｜:：(（\[【与和及暨诉告同对并&＆+＋\s—–①-⑳-]|vs", re.IGNORECASE)
NOTE_AFTER = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]\s*$")
DITTO = re.compile(r"(?:同|如)(?:上|前|左)(?:一?行|一?家|面|述|所述|企业|单位|公司)?|上同|同第?\d+行?|[〃″＂\"]+")
NOBODY = re.compile(
    r"匿名(?:企业|单位|公司|商户)?|无名|不详|未知|不明|保密|待[定补查填]|略|不?(?:愿|便|想)(?:透露|具名|公开|署名).*|未(?:填|署名|留名|具名)"
    r"|某+(?:企业|公司|单位|商户|厂|店)?|[xX×*＊?？]+(?:企业|公司|单位)?|(?:个别|部分|多家|有关|相关|其他|一家|某家|该|本)(?:企业|公司|单位|商户)"
    r"|企业|公司|有限公司|有限责任公司|单位|商户|测试|示例|null|none|test"
)
LABELLED = re.compile(r"^(?:企业|公司|单位|商户|店铺?|市场主体)?(?:名称?|全称)?\s*[:：]")
CODE_INSIDE = re.compile(r"[0-9A-Za-z]{18}")


def listed(text: str) -> list[str]:
    """The names of a cell that lists several, by the marks that nothing but a list has, and without the roles that
    label them: `原告：甲公司；被告：乙公司`, `甲公司/乙公司`. Marks within brackets belong to the name."""
    parts, depth, start = [], 0, 0
    labelled = LABEL.split(text)
    text = "\n".join([*(HANGING.sub("", part) for part in labelled[:-1]), labelled[-1]])
    for at, letter in enumerate(text):
        depth = max(depth + (letter in "(（[【") - (letter in ")）]】"), 0)
        if not depth and LISTED.fullmatch(letter):
            parts.append(text[start:at])
            start = at + 1
    parts = [ROLE_BEFORE.sub("", ROLE_AFTER.sub("", part)).strip() for part in [*parts, text[start:]]]
    if len(parts) > 1:
        parts = [NUMBER.sub("", part) for part in parts]
    if any(ABBREVIATED.fullmatch(part) for part in parts):
        return [text.strip()]
    return [part for part in dict.fromkeys(parts) if part]


def joined(name: str) -> list[tuple[str, str, str]]:
    """Every way to take a name for two that a word joins: first, word, second. Most are none: 永和, 和平."""
    found = []
    for match in JOINED.finditer(name):
        one, other = (bare_side(side) for side in (name[: match.start()], name[match.end() :]))
        if len(one) > 1 and len(other) > 1:
            found.append((one, match[0].strip(), other))
    return found


def bare_side(side: str) -> str:
    return NUMBER.sub("", ROLE_BEFORE.sub("", ROLE_AFTER.sub("", side))).strip()


def run_on(name: str) -> list[tuple[str, str]]:
    """Every way to take a name for that of an enterprise with something written right after it: `甲公司等3家`."""
    cuts = [match.end() for match in BODY_INSIDE.finditer(name) if match.end() < len(name)]
    return [(bare_side(name[:cut]), name[cut:].strip()) for cut in cuts if cut >= SHORTEST_BODY]


def looks_joined(one: str, word: str, other: str) -> bool:
    """Whether both sides of a joining word, or of a blank, are whole names, by how they end."""
    return bool(BODY.search(one) and BODY.search(other) and len(other) >= (3 if word else 5))


def without_note(name: str) -> str:
    """A name without what was added in brackets at its end: `甲公司（已搬迁）`."""
    return NOTE_AFTER.sub("", name).strip()


def pieces(text: str) -> list[str]:
    """All that may be a name of its own in a cell: the whole, what it lists, what words join, what a note follows."""
    found = [text]
    if len(text) > SHORTEST_BODY:
        found += (side for pair in run_on(text) for side in pair if len(side) >= SHORTEST_BODY)
    if not DIVIDING.search(text):
        return found
    for part in dict.fromkeys([text, *listed(text)]):
        found += [part, without_note(part)]
        for one, _, other in joined(part):
            found += [one, other]
        found += (middle.strip() for middle in JOINED.split(part)[1:-1])
    return [part for part in dict.fromkeys(found) if part]


def is_ditto(text: str) -> bool:
    return bool(DITTO.fullmatch(re.sub(r"[\s。.]", "", text)))


def why_no_name(text: str) -> str:
    """Why this cannot be the name of an enterprise, with what to write instead; "" where it can."""
    bare = re.sub(r"[\s。.，,、]", "", half_width(text))
    if is_ditto(text):
        return f"“{text[:30]}”不是企业名称，请写出全名"
    if NOBODY.fullmatch(bare) or not any(letter.isalpha() for letter in bare):
        return f"“{text[:30]}”不是企业名称，请写营业执照上的全名"
    if re.fullmatch(r"[\d零〇一二三四五六七八九十百年月日号户家个]+", bare) and re.search(r"[\d零〇]", bare):
        return f"“{text[:30]}”不是企业名称，请写营业执照上的全名"
    if any(not uscc_problem(code.upper()) for code in CODE_INSIDE.findall(half_width(text))):
        return "企业名称里写着统一社会信用代码，请把代码移到它自己的列"
    if LABELLED.match(text):
        return "企业名称前多写了标签，请只写名称"
    return ""
