"""What the 数量 of an activity counts: its 计量单位 decides, and what does not fit the kind is asked."""

import re
from collections.abc import Mapping
from typing import Any

from common.text import half_width
from imports.cells import is_blank, shorten
from imports.errors import Question, RowError, option
from imports.known.asking import answer
from imports.tables.table import PARENTHESES
from ledger.models import MAIN_MEASURES, ActivityKind, Measure

TIMES = frozenset(("次", "场", "场次", "次场", "回", "趟", "期", "次会", "场会", "活动"))
HUNDREDS = {"百": 100, "千": 1_000, "万": 10_000}
COLUMNS = {Measure.LEAFLETS: "leaflets", Measure.ADVICE: "advice"}
# What a unit can count, the likeliest first.
COUNTS = {
    **dict.fromkeys(("份", "本", "册", "张", "套"), (Measure.LEAFLETS,)),
    "人次": (Measure.ADVICE, Measure.PARTICIPANTS),
    **dict.fromkeys(("人", "名", "位"), (Measure.PARTICIPANTS, Measure.ADVICE)),
    **dict.fromkeys(("处", "处隐患"), (Measure.HAZARDS,)),
    **dict.fromkeys(("台", "辆", "台次", "辆次", "车次", "台车", "辆车"), (Measure.VEHICLES,)),
}
# Units that mean the kind's own measure.
OWN = {
    ActivityKind.DUTY: frozenset(("人次", "人", "名", "位")),
    ActivityKind.CONSULTATION: frozenset((*TIMES, "件", "起", "件次")),
    ActivityKind.HAZARD: frozenset(("处", "处隐患", "个", "项", "条", "点", "个隐患")),
    ActivityKind.FLEXIBLE: frozenset(("台", "辆", "台次", "辆次", "车次", "台车", "辆车")),
}
SAYS = {
    Measure.ADVICE: re.compile("咨询|解答|答疑"),
    Measure.PARTICIPANTS: re.compile("参加|参会|受众|听众|听课|受教育|到场|覆盖|参训"),
}
MASSES = (ActivityKind.PUBLICITY, ActivityKind.OUTREACH, ActivityKind.MOBILISATION, ActivityKind.CHECKUP)
MOST_TIMES = 32_000
OWN_COUNT, ONCE = "own", "once"


def unit_key(words: str) -> str:
    """`场（次）`, `人/次`, `人 次` → 场次, 人次, 人次."""
    return re.sub(r"[\s()/·、.]", "", half_width(words)).removesuffix("数")


def unit_in(number: str) -> str:
    """The counting word in a cell of a number: `2000余份` → 份."""
    return re.sub(r"[\d,.\s+\-]|约|共|余|多|左右", "", half_width(number))


def heading_unit(heading: str) -> str:
    """The unit in a heading of quantities, `数量（份）`; blank where what stands there is none."""
    known = {*TIMES, *COUNTS, *(unit for units in OWN.values() for unit in units)}
    found = [words for words in PARENTHESES.findall(half_width(heading)) if scaled(words)[1] in known]
    return found[-1] if found else ""


def measured(values: Mapping[str, Any], row: Any, register: Any) -> dict[str, Any]:
    """The values with the quantity where its unit puts it; `others` are measures without a column, `is_uncounted` that
    the kind's own measure is not known.

    Raises:
        RowError: the unit contradicts another cell.
        UnsureError: the unit does not fit the kind of the activity, and nobody has said yet what it counts.
    """
    check_columns(row)
    placed = dict(values) | {"others": (), "is_uncounted": False}
    number, words = values["quantity"], unit_of(values, row)
    if number is None or not words:
        return within(placed)
    scale, unit = scaled(words)
    kind, count = ActivityKind(values["kind_of"]), number * scale
    meant = meaning(kind, unit, count, values["summary"])
    if meant == "":
        meant = answer(register, row, question(kind, words, number, unit))
    elif meant != OWN_COUNT:
        told = "，活动按 1 次计" if kind not in MAIN_MEASURES else ""
        row.notes.append(
            f"数量“{number:,} {words}”记作{Measure(meant).label} {count:,} {Measure(meant).unit_word}{told}"
        )
    return within(put(placed, kind, meant, count, f"{number} {words}"))


def check_columns(row: Any) -> None:
    """Raises RowError where a number in a measure's own column is of something else."""
    for measure, name in COLUMNS.items():
        unit = unit_key(unit_in(row.source.text(name)))
        if unit and measure not in COUNTS.get(unit, ()) and not (measure == Measure.ADVICE and unit in ("次", "条")):
            raise RowError(name, f"“{row.source.text(name)}”的单位不是{measure.unit_word}，请核对是不是填错了栏")


def unit_of(values: Mapping[str, Any], row: Any) -> str:
    """The unit of the quantity as written: in its own column, or in the cell of the number.

    Raises:
        RowError: there are two that differ.
    """
    own, beside = unit_in(row.source.text("quantity")), values["measure"]
    beside = "" if is_blank(beside) else beside.strip()
    if own and beside and unit_key(own) != unit_key(beside):
        raise RowError("quantity", f"数量里写的是“{own}”，计量单位写的是“{shorten(beside)}”，请改成一致")
    return beside or own


def scaled(words: str) -> tuple[int, str]:
    """`万份` → 10,000 and 份."""
    unit = unit_key(words)
    return (HUNDREDS[unit[0]], unit[1:]) if len(unit) > 1 and unit[0] in HUNDREDS else (1, unit)


def meaning(kind: ActivityKind, unit: str, count: int, summary: str) -> str:
    """The kind's own count, or the measure that a unit surely names; "" where that is not sure."""
    if unit in OWN.get(kind, TIMES):
        return OWN_COUNT
    possible = COUNTS.get(unit, ())
    if kind in MAIN_MEASURES:
        return ""
    if len(possible) == 1 and possible[0] == Measure.LEAFLETS:
        return Measure.LEAFLETS
    if possible and kind in MASSES and len(possible) > 1:
        said = [measure for measure in possible if SAYS[measure].search(summary)]
        if len(said) == 1:
            return said[0]
        if kind == ActivityKind.MOBILISATION and not said:
            return Measure.PARTICIPANTS
    return OWN_COUNT if count == 1 and not possible else ""


def question(kind: ActivityKind, words: str, number: int, unit: str) -> Question:
    main = MAIN_MEASURES.get(kind)
    fits = main.unit_word if main else "次、场次"
    own = f"就是{main.label}的{main.unit_word}数" if main else "就是活动的次数"
    measures = [measure for measure in COUNTS.get(unit, ()) if measure != main]
    others = [
        option(str(one), f"记作{one.label}（{one.unit_word}）", "" if main else "活动按 1 次计") for one in measures
    ]
    once = f"不计{main.label}" if main else "活动只记 1 次"
    options = (option(OWN_COUNT, own), *others, option(ONCE, once, "数量和单位的原话写入内容摘要"))
    reason = f"{kind.label}按“{fits}”计，表中写的是“{number:,} {words}”"
    key = f"measure:{kind}:{unit_key(words)}"[:200]
    return Question(
        "quantity", f"{number} {words}", key, reason, options,
        prompt="数量指什么？实际的数也可以直接改", done="就是这个", alike="类型和单位相同的",
    )  # fmt: skip


def put(placed: dict[str, Any], kind: ActivityKind, meant: str, count: int, words: str) -> dict[str, Any]:
    """The count where it belongs.

    Raises:
        RowError: the measure's own column says another number.
    """
    if meant == OWN_COUNT:
        return placed | {"quantity": count}
    placed = placed | {"quantity": None}
    if meant == ONCE:
        summary = f"{placed['summary']}（数量：{words}）"
        return placed | {"summary": summary, "is_uncounted": kind in MAIN_MEASURES}
    measure = Measure(meant)
    name = COLUMNS.get(measure)
    if name is None:
        return placed | {"others": ((measure, count),)}
    if placed[name] not in (None, count):
        raise RowError(name, f"数量“{words}”与这一栏的 {placed[name]} 不同，请改成一致")
    return placed | {name: count}


def within(placed: dict[str, Any]) -> dict[str, Any]:
    """Raises RowError for more times than anybody does a thing."""
    if (placed["quantity"] or 0) > MOST_TIMES:
        raise RowError("quantity", f"数量 {placed['quantity']:,} 超出范围，请核对数量和计量单位")
    return placed
