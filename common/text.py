"""Text helpers: normalising names and codes, pinyin search keys, control characters."""

import re
import unicodedata
from functools import lru_cache

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
UNREAD = "\0"  # marks what has no pinyin; no cleaned text holds it
ALIGNED = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff\d])")
NAME_NOISE = re.compile(r"[\s()（）〔〕\[\]【】·.,，。、\-—_]")


@lru_cache(maxsize=1024)  # one cell is asked for several times in a row
def clean(text: str) -> str:
    """Strips what no one typed on purpose: control characters, zero-width and direction marks, outer blanks."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@lru_cache(maxsize=1024)
def half_width(text: str) -> str:
    """Full-width letters, digits and signs become plain ones."""
    return unicodedata.normalize("NFKC", text)


def person_name(text: str) -> str:
    """`张 三` → `张三`: the blanks that line names up in a table are none of the name's; `Anna Li` keeps hers."""
    return ALIGNED.sub("", clean(text))


def name_key(name: str) -> str:
    """What two spellings of one name share: brackets, blanks, width and case set aside."""
    return NAME_NOISE.sub("", half_width(clean(name))).casefold()


def pinyin_key(text: str) -> str:
    """`津市港` → `jsg jinshigang`: initials, a blank, the full pinyin; for search by keyboard."""
    from pypinyin.seg.simpleseg import seg  # noqa: PLC0415 -- 55 MB of phrases, for processes that write names only

    words = [word_pinyin(word) for word in seg(clean(text))]
    initials = "".join(first for first, _ in words).casefold()
    return f"{initials} {''.join(whole for _, whole in words).casefold()}"[:500]


@lru_cache(maxsize=20_000)
def word_pinyin(word: str) -> tuple[str, str]:
    """Initials and pinyin of one word of a name: a phrase is read as such (重庆), the rest stays as it is."""
    if word.isascii():
        return word, word
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- as above

    syllables = lazy_pinyin(word, errors=lambda other: UNREAD + other)
    initials = [part[1:] if part.startswith(UNREAD) else part[:1] for part in syllables]
    return "".join(initials), "".join(syllables).replace(UNREAD, "")
