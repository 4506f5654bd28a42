"""What may stand in braces, in Chinese: people write `{化解困难@五好园区}`, kept as `{problems_resolved@park}`.

Kept by code, so that a figure or matter that is renamed still is the same one in every text.
"""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher

from common.periods import Period, UnknownPeriodError
from reports.briefing.text.bound import OWN_LEVEL
from reports.briefing.text.language import NAME, UnknownNameError
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import PICKED, RATE_WORDS, WORDS
from reports.figures.registry.definitions import Prose
from reports.figures.registry.indicators import INDICATORS

NARROWINGS = {
    "all": "全部",
    OWN_LEVEL: "仅本级",
    Prose.EXACT.value: "准确值",
    Prose.BODY.value: "取余",
    Prose.HEADLINE.value: "首位取余",
}
LABELS: dict[str, str] = {
    **{code: one.label for code, one in INDICATORS.items()},
    **{name: told[0] for name, told in {**RATE_WORDS, **WORDS}.items()},
    **PICKED,
}
CODES = {label: code for code, label in LABELS.items()}
NEAR, ALIKE = 3, 0.5
PERIOD = re.compile(r"(\d{4})年(?:(上|下)半年|第?([1-4一二三四])季度|(\d{1,2})月)?")


def to_codes(text: str, scope: Scope) -> str:
    """A text as it is kept: Chinese names become codes; what is no name stays as it was typed."""
    parts = {label: code for code, label in narrowings(scope).items()}
    return NAME.sub(
        lambda found: translated(found.group(1), CODES, lambda part: parts.get(part) or code_of(part)), text
    )


def in_chinese(text: str, scope: Scope) -> str:
    """A text as people read and write it."""
    parts = narrowings(scope)
    return NAME.sub(
        lambda found: translated(found.group(1), LABELS, lambda part: parts.get(part) or label_of(part)), text
    )


def translated(name: str, names: dict[str, str], part: Callable[[str], str]) -> str:
    head, *rest = [one.strip() for one in name.split("@")]
    return f"{{{'@'.join([names.get(head, head), *map(part, rest)])}}}"


def code_of(part: str) -> str:
    """“2022年下半年” → 2022H2; anything else is itself."""
    found = PERIOD.fullmatch(part)
    if not found:
        return part
    year, half, quarter, month = found.groups()
    if half:
        return f"{year}H{'上下'.index(half) + 1}"
    if quarter:
        return f"{year}Q{'一二三四'.find(quarter) + 1 or quarter}"
    return f"{year}M{month}" if month else year


def label_of(part: str) -> str:
    try:
        return Period.parse(part).label
    except UnknownPeriodError:
        return part


def narrowings(scope: Scope) -> dict[str, str]:
    """What may follow an @ by its code, and in Chinese; units and periods have no other name than their own."""
    return {**NARROWINGS, **{one.slug: one.name for one in scope.matters if one.slug}}


def nearest(name: str, known: Iterable[str] = LABELS) -> list[str]:
    """The names most like a misspelt one, whether it was written in Chinese or as a code."""
    head = name.split("@")[0].strip()

    def likeness(code: str) -> float:
        return max(SequenceMatcher(None, head, one).ratio() for one in (code, LABELS.get(code, code)))

    found = sorted(((likeness(code), code) for code in known), reverse=True)
    return [code for alike, code in found[:NEAR] if alike >= ALIKE]


def said(fault: UnknownNameError, scope: Scope) -> str:
    """What is wrong with a name, and which it might be, in Chinese."""
    near = "、".join(in_chinese(f"{{{one}}}", scope) for one in fault.near)
    hint = f"，是不是 {near}" if near else ""
    return f"{in_chinese(f'{{{fault.name}}}', scope)} {fault.why or '不是可用的名字'}{hint}"
