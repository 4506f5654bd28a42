"""Numbers as people see them: a number format may show a unit that the number itself does not have (`198.0万`, `￥50`,
`85%`). Such a cell is read as the text it shows, to the last digit that is stored. Pure.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from defusedxml.ElementTree import ParseError, fromstring

UNITS = re.compile(r"[元圆万千百亿¥￥$€£%]|人民币|美|港币|CNY|RMB|USD|HKD|EUR")
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\[(?P<bracket>[^\]]*)\]|[\\!](?P<escaped>.)|[_*](?P<space>.)|(?P<char>.)', re.S
)
GENERAL = re.compile(r"General|G/通用格式", re.IGNORECASE)
CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?\d+(?:\.\d+)?)")
NAMED = {"Currency": '"¥"0', "Euro Currency": '"€"0', "Percent": "0%"}  # in the XML of Excel 2003
BUILT_IN = dict.fromkeys((5, 6, 7, 8, 42, 44), '"¥"0') | dict.fromkeys((9, 10), "0%")
# Days that are shown as a month only. The built-in ones are those of a Chinese Excel.
MONTHS = dict.fromkeys((17, 27, 36, 50, 52, 57), 'yyyy"年"m"月"')
DATES = re.compile(r"[yYdDhHsS]|(?<![A-Za-z])[mM](?![A-Za-z])")
MOST = 20_000_000  # bytes of a style sheet that are looked into
CELL = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*?\bs=["'](\d+)["'])(?=[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'])"""
    rb"""(?![^>]*?\bt=["'](?!n["']))[^>]*(?<!/)>"""
)
SHOWN = re.compile(r"([^\d.,+-]*)([-+]?\d[\d,]*(?:\.\d+)?)([^\d]*)")


@dataclass
class Section:
    """One part of a format: the words around the number, what it is divided by, when it applies."""

    before: str = ""
    after: str = ""
    divisor: Decimal = Decimal(1)
    is_scaled: bool = False  # shown in thousands, with or without saying so
    condition: tuple[str, Decimal] | None = None

    @property
    def names_unit(self) -> bool:
        return bool(UNITS.search(self.before + self.after))

    @property
    def shows_more(self) -> bool:
        return self.is_scaled or self.names_unit

    def applies(self, value: float) -> bool:
        sign, limit = self.condition or ("", Decimal(0))
        tests = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}
        return (tests | {"=": value == limit, "<>": value != limit}).get(sign, False)

    def shown(self, value: float) -> str | float:
        number = Decimal(f"{abs(value):.15g}") / self.divisor
        if not self.names_unit:
            return float(number) if value > 0 else -float(number)
        sign = "-" if value < 0 and "-" not in self.before and "(" not in self.before else ""
        return f"{self.before}{sign}{plain(number)}{self.after}"


def plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=2000)
def sections(code: str) -> tuple[Section, ...]:
    """The parts of a format code; none where it is one of days or of text, or shows the number as it is."""
    if "@" in TOKEN.sub(lambda match: match["char"] or "", code.split(";")[0]):
        return ()
    parts: list[list[re.Match[str]]] = [[]]
    for token in TOKEN.finditer(GENERAL.sub("0", code)):
        if token["char"] == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    bare = "".join(token["char"] or "" for part in parts for token in part)
    if DATES.search(bare):
        return ()
    found = tuple(section(part) for part in parts)
    return found if any(part.shows_more for part in found) else ()


def section(tokens: list["re.Match[str]"]) -> Section:
    made, marks, percent = Section(), "", 0
    for token in tokens:
        char, words = token["char"] or "", token["quoted"] or token["escaped"] or ""
        if token["bracket"] is not None:
            words = token["bracket"][1:].partition("-")[0] if token["bracket"].startswith("$") else ""
            condition = CONDITION.fullmatch(token["bracket"])
            made.condition = (condition[1], Decimal(condition[2])) if condition else made.condition
        if char and char in "0#?.,":
            marks += char
        elif words == "." and re.search(
            "[0#?]", marks
        ):  # a point that is drawn, not meant: `0!.0,` shows ten thousands
            marks += "!"
        else:
            percent += char == "%"
            made.before, made.after = added(made, words or literal(char), behind=bool(re.search("[0#?]", marks)))
    whole = marks.partition(".")[0]
    drawn = len(re.findall("[0#?]", whole.partition("!")[2])) if whole.count("!") == 1 else 0
    commas = sum(len(part) - len(part.rstrip(",")) for part in ([whole, marks] if "." in marks else [whole]))
    made.is_scaled = commas > 0
    made.divisor = Decimal(1000) ** commas / Decimal(100) ** percent
    made.divisor *= Decimal(10) ** drawn if made.shows_more else 1
    return made


def added(made: Section, words: str, *, behind: bool) -> tuple[str, str]:
    return (made.before, made.after + words) if behind else (made.before + words, made.after)


def literal(char: str) -> str:
    """What a character outside quotes shows: marks and words as they are, the letters of `E+00` nothing."""
    return "" if char.isascii() and char.isalpha() else char.replace(" ", "")


@lru_cache(maxsize=2000)
def hides_day(code: str) -> bool:
    """Whether a format shows the year and the month of a day, and not which day it is."""
    kept = "".join(token["char"] or "" for token in TOKEN.finditer(code.split(";")[0])).lower()
    return "y" in kept and not set("dhs@0#") & set(kept) and GENERAL.search(code) is None


def month_shown(day: date) -> object:
    """What a day says that is shown as a month: 2026年3月 typed into a cell is kept as its first day, which nobody
    wrote. Any other day somebody wrote, whatever the format hides."""
    return f"{day.year}年{day.month}月" if day.day == 1 else day


def as_shown(value: object, code: str) -> object:
    """A number as its format shows it, where that shows a unit or thousands; else the number. A day as its month,
    where only that is known."""
    if isinstance(value, date):
        return month_shown(value) if hides_day(code) else value
    parts = sections(code)
    if not parts or not value or isinstance(value, bool) or not isinstance(value, int | float):
        return value  # nothing is nothing in any unit
    chosen = part_for(parts, value)
    shown = chosen.shown(value) if chosen.shows_more else value
    return shown.strip() if isinstance(shown, str) else shown


def part_for(parts: tuple[Section, ...], value: float) -> Section:
    if any(part.condition for part in parts):
        fitting = [part for part in parts if part.condition and part.applies(value)]
        return next(iter([*fitting, *(part for part in parts if not part.condition)]), parts[-1])
    place = 1 if value < 0 else 2 if value == 0 else 0
    return parts[place] if place < len(parts) else parts[0]


def reconciled(value: float, shown: str) -> object:
    """The same where the file gives the number and the words it shows: exact where both agree, else the words."""
    match = SHOWN.fullmatch(shown.strip())
    if not match:
        return shown if UNITS.search(shown) else value
    before, text, after = match.groups()
    names_unit = bool(UNITS.search(shown))
    try:
        seen = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return shown if names_unit else value
    slack = Decimal(5).scaleb(-len(text.partition(".")[2]) - 1)
    for divisor in (
        (Decimal("0.01"),) if "%" in after else (Decimal(1), *(Decimal(10) ** power for power in (3, 4, 6, 8)))
    ):
        exact = Decimal(f"{value:.15g}") / divisor
        if abs(exact - seen) <= slack:
            return f"{before}{plain(exact)}{after}" if names_unit else float(exact)
    return shown if names_unit else value


def unit_styles(archive: zipfile.ZipFile) -> dict[int, str]:
    """The cell styles of an .xlsx whose number format shows more than the number, by number."""
    try:
        name = next(name for name in archive.namelist() if name.lower().replace("\\", "/") == "xl/styles.xml")
        if archive.getinfo(name).file_size > MOST:
            return {}
        root = fromstring(archive.read(name))
    except (StopIteration, ParseError, ValueError, KeyError):
        return {}
    codes = {
        int(item.get("numFmtId", "-1")): item.get("formatCode", "")
        for item in root.iter() if item.tag.rpartition("}")[2] == "numFmt"
    }  # fmt: skip
    styles = next((item for item in root if item.tag.rpartition("}")[2] == "cellXfs"), None)
    return showing(codes, [int(style.get("numFmtId", "0")) for style in styles] if styles is not None else [])


def showing(codes: Mapping[int, str], styles: Iterable[int]) -> dict[int, str]:
    """Of cell styles, given by the number of their format, those whose format shows more than it."""
    used = {at: {**BUILT_IN, **MONTHS, **codes}.get(number, "") for at, number in enumerate(styles)}
    return {at: code for at, code in used.items() if code and (sections(code) or hides_day(code))}


def styled_cells(data: bytes, styles: dict[int, str]) -> dict[tuple[int, int], str]:
    """The cells of a piece of a sheet that have one of these styles, by row and column from 0."""
    found = {}
    for style, letters, row in CELL.findall(data):
        code = styles.get(int(style[:9]))
        if code:
            found[int(row) - 1, number_of(letters) - 1] = code
    return found


def number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
