"""What is sent in place of a sensible value."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from tests.fuzz.routes import SentForm

LONG = 10_000
NUMBERS = [
    "",
    "0",
    "-1",
    "1",
    "2147483648",  # past 32 bits
    "9223372036854775807",
    "9223372036854775808",  # past 64 bits
    "-9223372036854775809",
    "9" * 40,
    "9" * 5000,  # more digits than Python reads
    "1.5",
    "1e9",
    "1e400",
    "1e1000000",
    "-1e999999",
    "NaN",
    "Infinity",
    "²",  # a digit that is no number
    "٣",
    "１２",
    "1_000",
    "enterprise-" + "9" * 30,
    "enterprise-²",
]
DAYS = [
    "",
    "0001-01-01",
    "0001-01-02",
    "9999-12-31",
    "9999-12-30",
    "0000-00-00",
    "1899-12-31",
    "1999-12-31",
    "2100-01-01",
    "2101-01-01",
    "10000-01-01",
    "2023-02-30",
    "99999-99-99",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "9999-12-31 23:59:59",
    "2023-05-10T25:00",
    "23:59:60",
    "0001-H1",
    "0001H1",
    "9999H2",
    "2023H3",
    "9999-12",
    "9999Q4",
    "9999-W53",
    "0001-W01",
    "0",
    "1",
    "9999",
    "10000",
]
WORDS = [
    " ",
    "9" * 30 + "~" + "9" * 30,
    "~1",
    "0001-01-01~1",
    "9999-12-31~9223372036854775808",
    "a~1",
    "\0",
    "津\0市",
    "\0" * 3 + "1",
    "\ud800",
    "津\udfff市",
    "\ufffe\uffff",
    "\u202e倒\u200b",
    "𠀀😀",
    "e\u0301" * 50,
    "%",
    "_%\\",
    "'\"`;--",
    "<script>",
    "{{ 7 }}",
    "../../etc/passwd",
    "//example.com/",
    "http://[::1",
    "null",
    "[]",
    "{}",
    "[1]",
    '["\\ud800"]',
    '[["\\u0000", "\\ud800", 1e999]]',
    '{"a": {"b": [null]}}',
    "[" * 3000,
    '[[1, "", 99999999999999999999]]',
    "津" * LONG,
    "a " * (LONG // 2),
    "津（市）样例 " * 200,
    "\r\n\t",
]
ALL = [*NUMBERS, *DAYS, *WORDS]
KINDS = {"date": DAYS, "datetime-local": DAYS, "number": NUMBERS, "hidden": NUMBERS, "select": NUMBERS}
FILE_NAMES = [
    "a\0b.pdf",
    "津" * 300 + ".pdf",
    "..\\..\\a.pdf",
    ".pdf",
    "a.pdf\u202efdp.exe",
    "无后缀",
    "%00.pdf",
    "a\u2028b.pdf",
]
FILE_BODIES = [
    b"",
    b"\0",
    b"%PDF-1.4 ",
    b"\x89PNG\r\n\x1a\n",
    b"PK\x03\x04",
    b"a,b\n1,2\n",
    "姓名,工号\n津市,1\n".encode("gbk"),
]


def value(rng: random.Random, kind: str = "") -> str:
    """One spoiled value, mostly one that could trouble such a field; now and then two joined."""
    one = rng.choice(KINDS[kind] if kind in KINDS and rng.random() < 0.7 else ALL)
    return one + rng.choice(ALL) if rng.random() < 0.05 else one


def values(rng: random.Random, kind: str) -> list[str]:
    """What a name is sent with: mostly one value, at times several or none."""
    return [value(rng, kind) for _ in range(rng.choices((1, 2, 3, 0), (80, 10, 5, 5))[0])]


def fields(rng: random.Random, form: "SentForm", others: Sequence[str]) -> list[tuple[str, str]]:
    """A form's fields with one to three of them spoiled, now and then all; at times with names that no form has."""
    names = list(dict.fromkeys(name for name, _ in form.fields))
    chosen = set(names if rng.random() < 0.05 else rng.sample(names, min(len(names), rng.randint(1, 3))))
    if not chosen or rng.random() < 0.3:
        chosen |= set(rng.sample(others, min(len(others), 2)))
    kept = [(name, value) for name, value in form.fields if name not in chosen]
    return kept + [(name, value) for name in sorted(chosen) for value in values(rng, form.kinds.get(name, ""))]


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value, errors='surrogatepass')}" for name, value in pairs)
