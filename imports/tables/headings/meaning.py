"""What a heading means by its words, where it is none of the known spellings. Pure.

A heading is read by its last noun, as Chinese is: 困难问题 is a request, 困难问题类别 a category, 问题办理结果 neither.
One that could mean two fields means none: then a person is asked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from statistics import median
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.tables.headings.wordings import ABOUT, NOT_ASKED, OFFICER_OF, OWNER_OF, WORDINGS
from imports.tables.row_words import is_name
from imports.tables.table import PARENTHESES, Names, heading_key

HINTS = re.compile(
    r"必填|选填|年月日|[盖公签]章|签[字名]|元$|^[\d\s.,~—-]+位?$|[多单]选|[√✓☑]|打[勾√]|勾选|填写|请|例如|^[如例注]|格式|"
    r"全称|文本|或|可|限|字[以之]内|yyyy|年.*月|^[万千百亿元人次件份名家个]+$",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[，。；！？,;!?\n]")
LONG = 10  # characters, by the median: longer ones are sentences, not words
SHAPES = {
    "Day": re.compile(r"\d{2,4}\s*[-/.年]\s*\d{1,2}|\d{1,2}\s*月|^\d{5}$|^\d{8}$"),
    "Phone": re.compile(r"\d(?:[\s-]?\d){6,}|\*{4}"),
    "Code": re.compile(r"^[0-9A-Za-z\s-]{15,22}$"),
    "Yuan": re.compile(r"\d"),
    "Capital": re.compile(r"\d"),
    "Count": re.compile(r"\d"),
}
FLAGS = {"是", "否", "有", "√", "×", "✓", "1", "0"}


def aside(text: str) -> str:
    """What stands in a heading's brackets and says more than a unit or how to fill it in: `（走访干警）`."""
    words = (heading_key(found) for found in PARENTHESES.findall(half_width(text)))
    return "".join(word for word in words if word and not HINTS.search(word))


def meant_by(text: str, names: Names) -> str:
    """The one field that a heading's words mean; "" where they mean none, or may mean several."""
    return by_words(names.kind, heading_key(text), aside(text))


@lru_cache(maxsize=4096)
def by_words(kind: str, core: str, more: str) -> str:
    found = {name for name, pattern in WORDINGS.get(kind, {}).items() if core and pattern.search(core)}
    if more:
        found = {name for name in found if WORDINGS[kind][name].search(core + more) or not ABOUT.search(more)}
    return found.pop() if len(found) == 1 else ""


def fits(name: str, values: Iterable[Any], names: Names) -> bool:
    """Whether a column's values may be those of a field that only its heading's words speak for."""
    texts = [text for value in values if (text := text_of(value)) and text not in ("/", "-", "—", "无", "暂无")]
    if not texts:
        return True
    shape = SHAPES.get(names.shapes.get(name, ""))
    if shape:
        return sum(bool(shape.search(half_width(text))) for text in texts) * 2 >= len(texts)
    if name in names.choices:
        words = names.choices[name].values()
        return sum(text.upper() in FLAGS or any(word in text for word in words) for text in texts) * 2 >= len(texts)
    if name == names.long:
        told = [text for text in texts if text.upper() not in FLAGS and not re.fullmatch(r"[\d.,%]+[个件条项]?", text)]
        return len(told) * 2 >= len(texts)
    if names.shapes.get(name) in ("Text", "PersonName") and name in names.required:
        return not all(re.fullmatch(r"[\d\s.,:/年月日-]+", half_width(text)) for text in texts)
    return True


def is_long(values: Iterable[Any]) -> bool:
    """Whether a column holds sentences: what somebody wrote down, not words to choose from, not names of firms."""
    texts = [text for value in values if re.search("[一-鿿]", text := text_of(value)) and not is_name(text)]
    if not texts:
        return False
    told = sum(bool(SENTENCE.search(text)) and len(text) > 6 for text in texts)
    return median(len(text) for text in texts) > LONG or told * 2 > len(texts)


def must_be_asked(heading: str, values: Iterable[Any], names: Names) -> bool:
    """Whether a column of a kind that lives on what people wrote may not be passed over unasked."""
    return bool(names.long) and not NOT_ASKED.search(heading_key(heading)) and is_long(values)


def owner(texts: Sequence[str]) -> str:
    """Whose a telephone is: "firm" or "officer", by the words of its heading and of the heading over it."""
    for text in texts:
        words = heading_key(text) + aside(text)
        if OFFICER_OF.search(words) and not OWNER_OF.search(words):
            return "officer"
        if OWNER_OF.search(words):
            return "firm"
    return ""


def likely(heading: str, values: Iterable[Any], taken: Iterable[str], names: Names) -> list[str]:
    """Fields that an unknown column may be, by its words and by what is in it: the likeliest first."""
    texts = [text for value in values if (text := text_of(value))]
    core = heading_key(heading)
    found = [names.long] if names.long and is_long(texts) else []
    found += [name for name, pattern in WORDINGS.get(names.kind, {}).items() if core and pattern.search(core)]
    found += [name for name, words in names.labels.items() if core and any(part in core for part in pieces(words))]
    for name, shape in names.shapes.items():
        narrow = shape in ("Day", "Phone", "Code")
        if narrow and texts and fits(name, texts, names):
            found.append(name)
    used = set(taken) - {names.long}
    free: Mapping[str, None] = dict.fromkeys(name for name in found if name not in used and fits(name, texts, names))
    return list(free)[:3]


@lru_cache(maxsize=1024)
def pieces(label: str) -> tuple[str, ...]:
    """A label's words of two characters: 走访, 日期."""
    key = heading_key(label)
    return tuple(key[at : at + 2] for at in range(0, len(key) - 1, 2))
