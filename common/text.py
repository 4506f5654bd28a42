"""Text helpers: normalising names and codes, pinyin search keys, control characters."""

import re
import unicodedata
from functools import lru_cache

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
BREAKS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")  # all ways to begin a line
# What people write where there is nothing to say.
BLANK = {"", "/", "\\", "-", "--", "—", "——", "N/A", "NA", "NULL", "NONE", "无", "暂无", "空"}
UNREAD = "\0"  # marks what has no pinyin; no cleaned text holds it
ALIGNED = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff\d])")
NAME_NOISE = re.compile(
    r"[\s()（）〔〕\[\]【】{}<>〈〉《》「」『』.,，。、_"
    "\u00b7\u0387\u1427\u16eb\u2022\u2024\u2027\u2219\u22c5\u25cf\u25e6\u2981\u2e31\u2e33\u30fb\ua78f"  # · • ‧ ∙ ⋅ ・
    "\\-\u00ad\u2010-\u2015\u2043\u2212\u2500\u2501"  # hyphens and dashes
    "\"'`\u00b4\u02b9\u02bc\u2018-\u201f\u2032\u2033"  # quotation marks, and the apostrophe that marks a text
    "\u034f\u061c\u180e\u2060\ufe00-\ufe0f]"  # nothing to see
)


def clean(text: str) -> str:
    """Strips what no one typed on purpose: control characters, zero-width and direction marks, outer blanks."""
    if text.isprintable():  # then none of them is in it
        return text.strip()
    return CONTROL.sub("", BREAKS.sub("\n", text)).strip()


@lru_cache(maxsize=1024)
def half_width(text: str) -> str:
    """Full-width letters, digits and signs become plain ones."""
    return unicodedata.normalize("NFKC", text)


def person_name(text: str) -> str:
    """`张 三` → `张三`: the blanks that line names up in a table are none of the name's; `Anna Li` keeps hers."""
    return ALIGNED.sub("", clean(text))


@lru_cache(maxsize=4096)  # units and kinds come again from row to row
def name_key(name: str) -> str:
    """What two spellings of one name share: brackets, blanks, dots, dashes, quotation marks, width and case set aside.

    Stored with every name: whoever changes it brings the stored ones along by a migration.
    """
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
