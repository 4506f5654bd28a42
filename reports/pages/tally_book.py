"""The workbook of 统计: one sheet a way of splitting the figures, each to be printed on a page, and what they count."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.trail.exports import whose
from common.books.sheets import Column, Sheet
from common.periods import AnyPeriod
from reports.closing.adjustments import moved_totals
from reports.closing.books import current_close, definitions
from reports.figures.blank import NO_DATA, is_blank
from reports.figures.counting import recount
from reports.figures.sequels import BESIDE, sequels
from reports.figures.shares import RULES, Dimension, Shares, shares
from reports.figures.values import UNSTATED, Figure, figures
from reports.figures.words import NOT_COUNTED
from reports.models import Tally
from reports.pages.tally import share_keys

Values = Callable[[Figure], dict[str, Any]]
SPLITS = {  # the dimensions whose names stand over the columns, as the sheet is called
    Dimension.GROUP: "分工作组",
    Dimension.INDUSTRY: "分产业",
    Dimension.MONTH: "分月",
    Dimension.KIND: "分金额类型",
}
NAME, WIDE, NARROW = 30, 15, 11  # characters: an indicator, an amount of money, a count
DEFINITIONS = [
    Column("指标", lambda one: one["label"], NAME),
    Column("口径", lambda one: one["definition"], 96),
    Column("计量单位", lambda one: one["unit_word"], 10),
    Column("口径版本", lambda one: one["version"], 10),
]


def tally_book(period: AnyPeriod, user: User, now: datetime) -> list[Sheet]:
    """Every figure this person is shown: by matter, unit, group, industry, month and kind of money, by officer."""
    if not Tally.objects.of(period.code).exists():
        recount(period, now)
    found = figures(period, user, now=now)
    blank = is_blank(period, user, now=now)
    close = current_close(period) if period.is_half else None
    about = about_words(period, user, found, f"已结账（第 {close.version} 版）" if close else "")
    words = list(close.definitions.order_by("order").values()) if close else definitions()

    def sheet(name: str, columns: Sequence[Column], rows: Iterable[Any], rule: str = "") -> Sheet:
        told = f"{about}　{rule}" if rule else about
        return Sheet(name, columns, rows, f"{period.label}派驻服务统计（{name}）", told)

    def split(name: str, names: Iterable[str], values: Values, rule: str = "") -> Sheet:
        rows = [] if blank else [one for one in found if values(one)]
        return sheet(name, [*HEAD, *named_columns(names, values, rows)], rows, rule)

    parts = {dimension: shares(period, user, dimension) for dimension in (*SPLITS, Dimension.OFFICER)}
    moved = moved_totals(period, user) if close else {}
    remarks = {one.code: one.remark for one in found}
    remarks[BESIDE.code] = "；".join(filter(None, [remarks.get(BESIDE.code), str(sequels(period, user))]))
    return [
        sheet(
            "总表",
            blank_columns() if blank else whole_columns(user, found, moved, remarks),
            found,
            NO_DATA if blank else "",
        ),
        split("分单位", share_keys(user, "unit"), lambda one: one.by_unit),
        *(split(name, parts[key].names, of(parts[key]), RULES.get(key, "")) for key, name in SPLITS.items()),
        sheet("分干警", officer_columns(found, parts[Dimension.OFFICER]), parts[Dimension.OFFICER].names),
        sheet("口径", DEFINITIONS, words),
    ]


def about_words(period: AnyPeriod, user: User, found: Sequence[Figure], closed: str) -> str:
    counted = max((one.computed_at for one in found if one.computed_at), default=None)
    parts = [
        f"范围：{whose(user)}",
        f"统计期：{period.start}至{period.end}",
        "金额单位：元",
        closed or (f"统计于 {timezone.localtime(counted):%Y-%m-%d %H:%M}" if counted else ""),
    ]
    return "　".join(filter(None, parts))


HEAD = [
    Column("指标", lambda one: one.label, NAME),
    Column("计量单位", lambda one: one.indicator.unit_word, 10),
    Column("合计", lambda one: NOT_COUNTED if one.value is None else one.value, WIDE),
]


def blank_columns() -> list[Column]:
    """Of a period in which nothing was recorded: what is counted, and that there is nothing of it."""
    return [*HEAD[:-1], Column("合计", lambda one: NO_DATA, WIDE)]


def whole_columns(user: User, found: Sequence[Figure], moved: dict[str, str], remarks: dict[str, str]) -> list[Column]:
    """By matter; of a closed period with what moved since, where anything has; and what else is to be said."""
    names = named_columns(share_keys(user, "workstream"), lambda one: one.by_workstream, found)
    return [
        *HEAD,
        *names,
        *([Column("结账后变动", lambda one: moved.get(one.code), 24)] if any(moved.values()) else []),
        *([Column("备注", lambda one: remarks.get(one.code), 24)] if any(remarks.values()) else []),
    ]


def of(part: Shares) -> Values:
    return lambda one: part.values.get(one.code, {})


def value_of(values: Values, name: str) -> Callable[[Figure], Any]:
    return lambda one: values(one).get(name)


def named_columns(names: Iterable[str], values: Values, rows: Sequence[Figure]) -> list[Column]:
    """A column a name, wide where any amount of money stands in it."""

    def width(name: str) -> int:
        return WIDE if any(one.indicator.is_money and values(one).get(name) for one in rows) else NARROW

    return [Column("未注明" if name == UNSTATED else name, value_of(values, name), width(name)) for name in names]


def officer_columns(found: Sequence[Figure], part: Shares) -> list[Column]:
    """Officers as rows, for there are many: the figures any of them has as columns, each with its unit of measure."""
    columns = [
        Column(
            f"{one.label}（{one.indicator.unit_word}）",
            part.values[one.code].get,
            WIDE if one.indicator.is_money else NARROW,
            total=one.indicator.adds_up,
        )
        for one in found
        if part.values.get(one.code)
    ]
    return [Column("干警", lambda name: "未注明" if name == UNSTATED else name, 16), *columns]
