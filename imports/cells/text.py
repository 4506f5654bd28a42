"""Raw cells as text: what blank means, what a formula's error looks like."""

import re
from datetime import date
from typing import Any

from common.text import BLANK, clean, half_width
from imports.errors import CellError

# What formulas say when they fail, in Excel, WPS and LibreOffice, in English and Chinese.
ERROR_CELL = re.compile(
    r"#(?:N/A|GETTING_DATA|[A-Z0-9/]{2,12}[!?]|名称\?|值!|引用!)|(?:Err|错误)[:：]\d{3}", re.IGNORECASE
)
MAX_TEXT = 20_000
MARKED = frozenset("'＇‘’`")
# Raised, lowered, circled and fractional digits: making them plain would turn 10² into 102.
ODD_DIGITS = re.compile("[²³¹¼-¾⁰-₉⅐-↋①-⒛⓪-⓿❶-➓㈠-㉃㊀-㊿]")
APOSTROPHE = re.compile(r"^['＇‘’`]+(?=[^'＇‘’`]+$)")  # marks a cell as text; one that is closed again quotes
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
GAP = re.compile(r"\d[\s()\[\]【】]+\d")
GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?:\s\d{3})+(?![\d,])")


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without `.0`, dates as 2023-05-12; controls, direction marks and the apostrophe
    that tells a spreadsheet to take what follows as text are gone."""
    if isinstance(value, str):
        text = clean(value)
        return text if text[:1] not in MARKED else APOSTROPHE.sub("", text, count=1).lstrip()
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


def digits(value: Any) -> str:
    """Plain text to read a number from.

    Raises:
        CellError: it has digits of a kind that would come out as others.
    """
    text = text_of(value)
    if ODD_DIGITS.search(text):
        raise CellError(f"“{shorten(text)}”里有上标、带圈或分数形式的数字，请改成普通数字")
    return half_width(text).strip()


def one_number(text: str) -> str:
    """Without blanks and brackets, which may stand between a number and its unit and between thousands: `1 980 000`.

    Raises:
        CellError: they part two numbers, or put one in brackets, as accountants write what is negative.
    """
    text = GROUPS.sub(lambda match: re.sub(r"\s", "", match[0]), text)
    if GAP.search(text):
        raise CellError(f"“{shorten(text)}”里有不止一个数字，请只填一个")
    if re.match(r"[¥￥]?\s*[(\[【]\s*[\d.,]+\s*[)\]】]", text):
        raise CellError(f"“{shorten(text)}”带括号的数字常表示负数，请去掉括号或核对")
    return re.sub(r"[\s()\[\]【】]", "", text)


def is_blank(value: Any) -> bool:
    """Blank, a dash or slash, 无, 暂无, N/A: people's ways to leave a cell empty."""
    return plain(value).upper() in BLANK


def refuse_error_cell(value: Any) -> None:
    if isinstance(value, str) and ERROR_CELL.fullmatch(value.strip()):
        raise CellError(f"单元格是公式错误“{value.strip()}”，请改成实际内容")


def is_rounded(value: Any) -> bool:
    """Whether a number is so long that a spreadsheet has lost its last digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT


def clean_text(value: Any, limit: int = MAX_TEXT) -> str:
    """Free text.

    Raises:
        CellError: longer than the limit, a formula's error, or a number whose last digits are lost.
    """
    refuse_error_cell(value)
    if is_rounded(value):
        raise CellError("长数字以数字保存，末几位已丢失，请把单元格改为文本后重填")
    text = text_of(value)
    if text.upper() in {"N/A", "NULL", "#N/A"}:
        return ""
    if len(text) > limit:
        raise CellError(f"文字有 {len(text)} 个字，超过 {limit} 个，请缩短")
    return text


def shorten(text: str, limit: int = 30) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
