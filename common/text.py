"""Text helpers: normalising names and codes, pinyin search keys, control characters."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
NAME_NOISE = re.compile(r"[\s()（）〔〕\[\]【】·.,，。、\-—_]")


def clean(text: str) -> str:
    """Strips what no one typed on purpose: control characters, zero-width and direction marks, outer blanks."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def half_width(text: str) -> str:
    """Full-width letters, digits and signs become plain ones."""
    return unicodedata.normalize("NFKC", text)


def name_key(name: str) -> str:
    """What two spellings of one name share: brackets, blanks, width and case set aside."""
    return NAME_NOISE.sub("", half_width(clean(name))).casefold()


def pinyin_key(text: str) -> str:
    """`津市港` → `jsg jinshigang`: initials, a blank, the full pinyin; for search by keyboard."""
    plain_text = clean(text)
    initials = "".join(lazy_pinyin(plain_text, style=Style.FIRST_LETTER)).casefold()
    return f"{initials} {''.join(lazy_pinyin(plain_text)).casefold()}"[:500]
