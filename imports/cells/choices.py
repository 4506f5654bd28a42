"""One of a list of words, also where it is ticked."""

import re
from collections.abc import Mapping
from typing import Any

from common.text import half_width
from imports.cells.text import is_blank, refuse_error_cell, shorten, text_of
from imports.errors import CellError

MARKS = "☑☒√✓✔■●◉"
EMPTY_MARKS = "□☐○◯"
# Boxes and ticks of the fonts Wingdings and Wingdings 2, as the letters they are stored as.
WINGDINGS = str.maketrans(
    {"þ": "☑", "ü": "√", "ý": "☒", "û": "×", "¨": "□", "£": "□"}
    | {"\uf0fe": "☑", "\uf0fc": "√", "\uf0fd": "☒", "\uf0fb": "×", "\uf0a8": "□", "\uf0a3": "□", "\uf06f": "□"}
    | {"\uf052": "☑", "\uf050": "√", "\uf053": "☒"}
)
LETTERS = {"R": "☑", "P": "√", "S": "☒"}
WORD = rf"[^\s{MARKS}{EMPTY_MARKS}()（）\[\]、，,;；/:：]"

FLAGS = {
    "是": True, "否": False, "√": True, "×": False, "有": True, "Y": True, "N": False, "TRUE": True, "FALSE": False,
    "1": True, "0": False, "对": True, "✓": True, "✔": True, "☑": True,
}  # fmt: skip


def plain_marks(text: str) -> str:
    """Ticks and boxes of symbol fonts as the signs that people see: `þ满意 ¨不满意` → `☑满意 □不满意`."""
    text = text.translate(WINGDINGS)
    return re.sub(r"(?<![A-Za-z])[RPS](?=[一-鿿]|\s*$)", lambda mark: LETTERS[mark[0]], text) if text else text


def ticked(text: str) -> str:
    """The word beside the tick of `☑满意　□基本满意`; the text itself where there are no boxes, "" if none is ticked.

    Raises:
        CellError: several boxes are ticked.
    """
    text = plain_marks(text)
    text = re.sub(rf"[(（\[]\s*([{MARKS}])\s*[)）\]]", r"\1", text)
    text = re.sub(r"[(（\[]\s*[)）\]]", "□", text)
    before = re.findall(rf"[{MARKS}]\s*({WORD}+)", text)
    after = re.findall(rf"({WORD}+)(?:[{MARKS}]|\s+[{MARKS}]\s*$)", text)
    marks_lead = text.lstrip()[:1] in {*MARKS, *EMPTY_MARKS}
    found = before if marks_lead else after or before
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


def clean_flag(value: Any, label: str, words: Mapping[str, bool] | None = None) -> bool | None:
    """是/否 in people's and spreadsheets' ways, and in the column's own `words`; None when blank."""
    word = text_of(value).strip().upper()
    return FLAGS[word] if word in FLAGS else clean_choice(value, {"是": True, "否": False, **(words or {})}, label)
