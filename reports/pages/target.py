"""目标日结果: how the target day ended, as it was frozen, what the records say of it today, and its list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Unit, User
from common.books.documents import FOUR, HEADING, OfficialDocument
from common.books.sheets import Column, Sheet
from common.periods import local_date
from enterprises.models import Workstream
from ledger.services.supervising.papers import SIGNED
from ledger.states import EntryState
from reports.closing.target_day import frozen_rates, result_of
from reports.days.populations import Population
from reports.days.rates import UNSTATED, Rates
from reports.days.stored_rates import rates_known
from reports.models import TargetEntry, TargetResult
from reports.pages.rates import rate_column

WIDTHS = (40, 18, 18, 18, 18, 22, 22)  # millimetres
HEADINGS = ("范围", "登记", "剔除", "计入", "化解", "化解率", "办结率")
SIGNERS = "填表人：　　　　　　审核人：　　　　　　负责人：　　　　　　"
PARTS = {
    "unresolved": "未化解",
    "resolved": "已化解",
    "excluded": "剔除",
    "all": "全部",
}


@dataclass(frozen=True)
class Line:
    name: str
    rates: Rates


@dataclass(frozen=True)
class TargetPage:
    """`now` is what today's records say of that day; `entries` are a part of the list."""

    result: TargetResult
    whole: Rates
    units: list[Line]
    matters: list[Line]
    now: Rates
    part: str
    entries: QuerySet[TargetEntry]

    @property
    def is_late(self) -> bool:
        """Frozen later than the day after: the system came into use since, or stood still."""
        return (local_date(self.result.frozen_at) - self.result.day).days > 1

    @property
    def verdict(self) -> str:
        one = self.whole
        if not one.total:
            return "没有计入的问题"
        return f"已达到 {one.target}% 目标" if one.reached else f"没有达到 {one.target}% 目标，差 {one.missing} 件"

    @property
    def moved(self) -> str:
        """What was entered or corrected since has made of that day; empty where nothing has."""
        was, now = self.whole, self.now
        told = [
            f"{word} {after - before:+d}".replace("-", "−")
            for word, before, after in (
                ("计入", was.total, now.total),
                ("办结", was.completed, now.completed),
                ("化解", was.resolved, now.resolved),
            )
            if after != before
        ]
        if not told:
            return ""
        return f"冻结以后因补记和更正：{'，'.join(told)}；按现在的记录，这一天的化解率是 {now.resolution_text}"

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        return [("", [Line("全部", self.whole)]), ("责任单位", self.units), ("六件大事", self.matters)]


def target_page(year: int, user: User, now: datetime, part: str = "") -> TargetPage | None:
    """None where no target day of that year is frozen."""
    result = result_of(year)
    if result is None:
        return None
    part = part if part in PARTS else "unresolved"
    return TargetPage(
        result=result,
        whole=frozen_rates(result, user)[None],
        units=named(frozen_rates(result, user, "unit"), Unit),
        matters=named(frozen_rates(result, user, "workstream"), Workstream),
        now=rates_known(user, result.day, now)[0].over(Population.YEAR).all,
        part=part,
        entries=listed(result, user, part),
    )


def named(found: dict[Any, Rates], model: Any) -> list[Line]:
    """In the order of units or matters; what states none comes last."""
    names = {**dict(model.objects.values_list("pk", "name")), None: UNSTATED}
    return [Line(name, found[key]) for key, name in names.items() if key in found]


def listed(result: TargetResult, user: User, part: str) -> QuerySet[TargetEntry]:
    rows = TargetEntry.objects.visible_to(user).filter(result=result).select_related("unit", "workstream")
    states = {"resolved": EntryState.RESOLVED, "excluded": EntryState.EXCLUDED}
    if part == "unresolved":
        rows = rows.exclude(state__in=EntryState.RESOLVED | EntryState.EXCLUDED)
    elif part in states:
        rows = rows.filter(state__in=states[part])
    return rows.order_by("unit__order", "unit_id", "pk")


COLUMNS = [
    Column("编号", lambda row: row.number, 16),
    Column("问题", lambda row: row.title, 44),
    Column("当时的责任单位", lambda row: row.unit, 18),
    Column("所属大事", lambda row: row.workstream, 14),
    Column("当时的状态", lambda row: row.state_label, 12),
    Column("来源年度", lambda row: row.origin, 12),
]


def count_of(name: str) -> Callable[[Any], int]:
    return lambda row: getattr(row[1].rates, name)


def summary_sheet(page: TargetPage, whose: str) -> Sheet:
    """The Excel's second sheet: the first is the list."""
    counts = ("登记", "registered"), ("历年结转", "carried"), ("剔除", "left_out"), ("计入", "total")
    done = ("办结", "completed"), ("化解", "resolved"), ("挂账", "deferred")
    columns = [
        Column("类别", lambda row: row[0] or "全部", 12),
        Column("范围", lambda row: row[1].name, 24),
        *[Column(label, count_of(name), 10) for label, name in (*counts, *done)],
        rate_column("化解率", lambda row: (row[1].rates.resolved, row[1].rates.total)),
        rate_column("办结率", lambda row: (row[1].rates.completed, row[1].rates.total)),
    ]
    rows = [(name, line) for name, lines in page.groups for line in lines]
    about = (
        f"范围：{whose}　{Population.YEAR.label}　目标 {page.result.target}%　冻结于 {moment(page.result.frozen_at)}"
    )
    return Sheet("目标日结果", columns, rows, f"{long_day(page.result.day)}化解率目标日结果", about)


def list_sheet(page: TargetPage) -> Sheet:
    return Sheet(f"清单（{PARTS[page.part]}）", COLUMNS, page.entries, f"{long_day(page.result.day)}台账清单")


def long_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def moment(at: datetime) -> str:
    return long_day(local_date(at))


def document(page: TargetPage, whose: str) -> bytes:
    """One page in official form: the result, by unit and matter, what it counts, and who signs for it."""
    result, whole = page.result, page.whole
    paper = OfficialDocument(f"{result.year}年涉企问题化解率目标日结果", number=f"（{whose}）")
    paper.body(
        f"截至{long_day(result.day)}，本年度台账{whole.counted_words}，其中历年结转 {whole.carried} 件、本年登记 "
        f"{whole.fresh} 件；化解 {whole.resolved} 件，化解率 {whole.resolution_text}，{page.verdict}；办结 "
        f"{whole.completed} 件，办结率 {whole.completion_text}。"
    )
    rows = [
        (
            line.name,
            line.rates.registered,
            line.rates.left_out,
            line.rates.total,
            line.rates.resolved,
            line.rates.resolution_text,
            line.rates.completion_text,
        )
        for _, lines in page.groups
        for line in lines
    ]
    paper.table([HEADINGS, *rows], WIDTHS)
    late = "（补冻结，按流转记录推算）" if page.is_late else ""
    paper.line(
        f"口径：{Population.YEAR.meaning}。化解率＝企业确认和销号的÷计入，计入＝登记－不予受理－重复；"
        f"单位为当日的责任单位。数字于{moment(result.frozen_at)}冻结{late}，此后不变。",
        size=12,
    )
    paper.line(SIGNERS, HEADING, FOUR)
    paper.signature(SIGNED, local_date(result.frozen_at))
    return paper.to_bytes()
