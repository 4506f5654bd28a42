"""What a cell means: one function a kind of value. Pure: a raw cell in, a clean value or a CellError out.

A raw cell is text, a number, a truth value, a date or None. Blank cells give None (text: ""). Nothing is guessed
and nothing silently changed: what can't be read is an error that says what to write.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from common.money import CENT, MAX_YUAN
from common.text import clean, half_width
from enterprises.uscc import uscc_problem
from imports.errors import CellError

BLANK = {"", "/", "\\", "-", "--", "—", "——", "N/A", "NA", "NULL", "NONE", "无", "暂无", "空"}
ERROR_CELLS = {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#GETTING_DATA"}
OLDEST = date(2000, 1, 1)
EPOCH = date(1899, 12, 30)  # Excel's day 0, its 1900 leap-year mistake included
MAX_TEXT = 20_000


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without `.0`, dates as 2023-05-12, controls and direction marks gone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    return clean(str(value))


def plain(value: Any) -> str:
    """Text with full-width letters, digits and signs made plain."""
    return half_width(text_of(value)).strip()


def is_blank(value: Any) -> bool:
    """Blank, a dash or slash, 无, 暂无, N/A: people's ways to leave a cell empty."""
    return plain(value).upper() in BLANK


def refuse_error_cell(value: Any) -> None:
    if isinstance(value, str) and value.strip().upper() in ERROR_CELLS:
        raise CellError(f"单元格是公式错误“{value.strip()}”，请改成实际内容")


def clean_text(value: Any, limit: int = MAX_TEXT) -> str:
    """Free text.

    Raises:
        CellError: longer than the limit, or a formula's error.
    """
    refuse_error_cell(value)
    text = text_of(value)
    if text.upper() in {"N/A", "NULL", "#N/A"}:
        return ""
    if len(text) > limit:
        raise CellError(f"文字有 {len(text)} 个字，超过 {limit} 个，请缩短")
    return text


# ---- dates ----

YMD = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NO_YEAR = re.compile(r"\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?")
DATE_HINT = "请写成 2023-05-12 这样的日期"


def clean_date(value: Any, *, today: date, oldest: date = OLDEST) -> date | None:
    """A business date: real dates, Excel serials, 2023.5.12, 2023/5/12, 2023-05-12, 20230512, 2023年5月12日.

    Raises:
        CellError: impossible, in the future, before `oldest`, without a year, or no date at all.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    day = read_date(value)
    if day > today:
        raise CellError(f"日期 {day} 晚于今天，请改正")
    if day < oldest:
        raise CellError(f"日期 {day} 早于 {oldest}，请核对年份")
    return day


def read_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        raise CellError(f"“{text_of(value)}”不是日期，{DATE_HINT}")
    text = plain(value)
    if isinstance(value, int | float) and not COMPACT.fullmatch(text):
        return from_serial(float(value))
    match = YMD.fullmatch(text) or COMPACT.fullmatch(text)
    if match:
        return make_date(text, match)
    if re.fullmatch(r"\d{5}", text):
        return from_serial(float(text))
    if NO_YEAR.fullmatch(text):
        raise CellError(f"日期“{text}”没有年份，{DATE_HINT}")
    raise CellError(f"“{shorten(text)}”不是日期，{DATE_HINT}")


def make_date(text: str, match: re.Match[str]) -> date:
    year, month, day = (int(part) for part in match.groups()[:3])
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(f"日期“{text}”不存在，请改正") from None


def from_serial(serial: float) -> date:
    """Excel's day number; only days of 1927–2099 are taken for dates, other numbers are not."""
    if not 10_000 <= serial < 73_050:
        raise CellError(f"“{text_of(serial)}”不是日期，{DATE_HINT}")
    return EPOCH + timedelta(days=int(serial))


# ---- money ----

UNITS = {"": None, "元": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
FOREIGN = re.compile(
    r"美元|美金|港元|港币|欧元|日元|英镑|澳元|加元|新台币|台币|韩元|卢布|法郎|USD|HKD|EUR|JPY|GBP|TWD|\$|€|£",
    re.IGNORECASE,
)
YUAN = re.compile(
    r"(?:约|大约|近|共|计|共计|合计)?(?:￥|¥|RMB|CNY|人民币)?"
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"(?P<scale>亿|千万|百万|万|千)?(?:余|多)?(?P<yuan>元|圆|块)?(?:余|多|整|左右|上下|以上)?(?:人民币|RMB|CNY)?",
    re.IGNORECASE,
)
MONEY_HINT = "请写成数字，可带单位，如 93、31.03万元、1,980,000元"


@dataclass(frozen=True)
class Money:
    """What an amount cell says: yuan, or None where it is in another currency; and its own words."""

    amount: Decimal | None
    text: str


def clean_money(value: Any, *, unit: int = 10_000) -> Money | None:
    """An amount in yuan. A unit in the cell wins over `unit`, the yuan that a bare number of this column means.

    Raises:
        CellError: unreadable, NaN or infinite, negative, finer than a 分, or beyond all sense.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    if isinstance(value, bool | date):
        raise CellError(f"“{text_of(value)}”不是金额，{MONEY_HINT}")
    text = text_of(value)
    bare = re.sub(r"[\s()\[\]【】]", "", half_width(text))
    if FOREIGN.search(bare):
        if not re.search(r"\d", bare):
            raise CellError(f"金额“{shorten(text)}”无法识别，{MONEY_HINT}")
        return Money(None, text)
    match = YUAN.fullmatch(bare)
    if not match:
        raise CellError(f"金额“{shorten(text)}”无法识别，{MONEY_HINT}")
    scale = 1 if match["yuan"] and not match["scale"] else UNITS[match["scale"] or ""] or unit
    return Money(to_yuan(match["number"], scale, value), text)


def to_yuan(number: str, scale: int, value: Any) -> Decimal:
    try:
        exact = Decimal(number.replace(",", "")) * scale
    except InvalidOperation:
        raise CellError(f"金额“{shorten(text_of(value))}”无法识别，{MONEY_HINT}") from None
    if exact < 0:
        raise CellError("金额不能是负数，请核对")
    if exact > MAX_YUAN:
        raise CellError("金额过大，请核对单位是元还是万元")
    yuan = exact.quantize(CENT)
    noise = isinstance(value, float) and abs(exact - yuan) < Decimal("0.0001")  # 0.1 + 0.2 of a spreadsheet
    if yuan != exact and not noise:
        raise CellError(f"金额“{shorten(text_of(value))}”折合 {exact} 元，不足一分，请核对")
    return abs(yuan)


def unit_of(words: str) -> int | None:
    """Yuan that a header's unit means: 万元 → 10,000; None where it names none."""
    match = re.search(r"(亿|千万|百万|万|千)?元", half_width(words))
    return (UNITS[match[1] or ""] or 1) if match else None


# ---- codes, phones, counts ----


def clean_uscc(value: Any) -> str | None:
    """A credit code by GB 32100-2015, upper case; None when blank.

    Raises:
        CellError: a number (its last digits are lost), or a code that cannot be.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    if isinstance(value, int | float):
        raise CellError("统一社会信用代码以数字保存，末几位已丢失，请把单元格改为文本后重填")
    code = re.sub(r"\s", "", plain(value)).upper()
    problem = uscc_problem(code)
    if problem:
        raise CellError(problem)
    return code


PHONE = re.compile(r"1\d{10}|(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?|[48]00-?\d{3}-?\d{4}|1\d{4}|9\d{4}")


def clean_phone(value: Any) -> str:
    """A mobile or landline number without blanks and +86; "" when blank.

    Raises:
        CellError: no such number.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return ""
    text = re.sub(r"[\s()]", "", plain(value)).replace("—", "-").replace("–", "-")
    text = re.sub(r"^(\+|00)?86-?(?=1\d{10}$|0\d)", "", text)
    mobile = text.replace("-", "")
    if re.fullmatch(r"1\d{10}", mobile):
        return mobile
    if not PHONE.fullmatch(text):
        raise CellError(f"电话“{shorten(text)}”不对：手机应为 11 位，座机如 0736-4212345")
    return text


def clean_count(value: Any, limit: int = 1_000_000) -> int | None:
    """A whole number of things, 0 or more; a counting word after it (份, 人次) is allowed.

    Raises:
        CellError: not a whole number, negative, or beyond all sense.
    """
    refuse_error_cell(value)
    if is_blank(value):
        return None
    text = re.sub(r"\s|,", "", plain(value))
    match = re.fullmatch(
        r"(?:约|共)?([-+]?\d+)(?:\.0+)?(?:余|多)?(?:份|次|人次|人|场次|场|处|台|起|件|名|个|家)?", text
    )
    if not match or isinstance(value, bool | date):
        raise CellError(f"“{shorten(text)}”不是整数，请只填数字")
    number = int(match[1])
    if not 0 <= number <= limit:
        raise CellError(f"数量 {number} 超出范围，请核对")
    return number


# ---- choices ----

MARKS = "☑☒√✓✔■●◉"
EMPTY_MARKS = "□☐○◯"


def ticked(text: str) -> str:
    """The word beside the tick of `☑满意　□基本满意`; the text itself where there are no boxes, "" if none is ticked.

    Raises:
        CellError: several boxes are ticked.
    """
    found = re.findall(rf"[{MARKS}]\s*([^\s{MARKS}{EMPTY_MARKS}()（）、，,;；/]+)", text)
    if not found:
        found = re.findall(rf"([^\s{MARKS}{EMPTY_MARKS}()（）、，,;；/]+)\s*[(（\[]?\s*[{MARKS}]", text)
    if len(found) > 1:
        raise CellError(f"同时勾选了{'、'.join(found)}，请只选一项")
    if found:
        return found[0]
    return "" if re.search(f"[{EMPTY_MARKS}]", text) else text


def choice_key(text: str) -> str:
    return re.sub(r"[\s()]", "", half_width(text)).casefold()


def clean_choice(value: Any, options: Mapping[str, Any], label: str) -> Any:
    """The value of the option that the cell names, by label or synonym; None when blank.

    Raises:
        CellError: names no option; never None instead.
    """
    refuse_error_cell(value)
    text = ticked(text_of(value))
    key = choice_key(text)
    for words, option in options.items():
        if choice_key(words) == key:
            return option
    if is_blank(text):
        return None
    known = "、".join(list(options)[:12])
    raise CellError(f"{label}“{shorten(text)}”不在可选范围，可填：{known}")


def clean_flag(value: Any, label: str) -> bool | None:
    """是/否 in people's ways; None when blank."""
    return clean_choice(value, {"是": True, "否": False, "√": True, "有": True, "×": False, "Y": True}, label)


# ---- requests ----

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


def shorten(text: str, limit: int = 30) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
