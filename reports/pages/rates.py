"""Both rates of a day side by side with everything that could hide behind them; each count opens its entries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Unit, User
from common.books.sheets import Column, Sheet
from common.periods import Period, local_date
from enterprises.models import Workstream
from ledger.answering import ANSWERS
from ledger.states import EntryState
from reports.closing.books import current_close
from reports.closing.signed import rates_of
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.rates import NO_RATE, WATCHED_LABELS, Rates, RateTable, thousandths
from reports.days.stored_rates import rates_known
from reports.figures.blank import NO_DATA, blank_words, is_blank, no_rates
from reports.records.addresses import entries_url

Count = tuple[str, str, dict[str, str] | None]
# heading, count, the list's filter that shows exactly these entries (none: the count is of steps, not of entries)
COUNTS: list[Count] = [
    ("登记", "registered", {}),
    ("不予受理", "rejected", {"state": "rejected"}),
    ("重复", "duplicate", {"state": "duplicate"}),
    ("计入", "total", None),
    ("办结", "completed", None),
    ("化解", "resolved", {"state": "resolved"}),
    ("挂账", "deferred", {"state": "deferred"} if "deferred" in EntryState.values else None),
]
# Of this year's ledger, where its entries come from.
OF_YEAR: list[Count] = [("历年结转", "carried", {"book": "carried"}), ("本年登记", "fresh", {"book": "new"})]
STEPS = [(label, name) for name, label in WATCHED_LABELS.items()]


@dataclass(frozen=True)
class Number:
    count: int
    url: str = ""


@dataclass(frozen=True)
class Line:
    name: str
    rates: Rates
    counts: list[Number]
    steps: list[int]
    signed: Rates | None = None  # on the last day of a closed half-year


@dataclass(frozen=True)
class RatesPage:
    population: Population
    tables: dict[Population, RateTable]
    groups: list[tuple[str, list[Line]]]
    closed: Period | None = None  # the half-year that ended on this day, if it is closed
    counted_at: datetime | None = None  # where the table is a stored one
    blank: str = ""  # that nothing was recorded in the day's half-year, in words

    @property
    def table(self) -> RateTable:
        return self.tables[self.population]

    @property
    def totals(self) -> list[tuple[Population, Rates]]:
        """Both populations, named, that asked for first."""
        told = [(one, table.all) for one, table in self.tables.items()]
        return sorted(told, key=lambda pair: pair[0] != self.population)

    @property
    def headings(self) -> list[str]:
        return [label for label, _, _ in counts_of(self.population)]

    @property
    def step_headings(self) -> list[str]:
        return [label for label, _ in STEPS]

    @property
    def width(self) -> int:
        return 3 + len(self.headings) + len(STEPS)

    @property
    def lines(self) -> list[Line]:
        return [line for _, lines in self.groups for line in lines]

    @property
    def note(self) -> str:
        """What was signed of the day, where its half-year is closed; the table is of today's records."""
        whole = self.lines[0].signed if self.lines else None
        if self.closed is None or whole is None:
            return ""
        said = "，".join(
            f"{name} {text}（{count} / {whole.total} 件）"
            for name, text, count in (
                ("化解率", whole.resolution_text, whole.resolved),
                ("办结率", whole.completion_text, whole.completed),
            )
        )
        return f"{self.closed.label}已结账：结账时{said}"


Place = dict[str, int | str]  # what narrows a list to what a line is about


def counts_of(population: Population) -> list[Count]:
    return [*OF_YEAR, *COUNTS] if population == Population.YEAR else COUNTS


def rates_page(user: User, day: date, now: datetime, population: Population = Population.YEAR) -> RatesPage:
    """As of a day that has come, over one population, with the other's rates beside it; of a half-year in which
    nothing was recorded there are no rates."""
    today = local_date(now)
    half = Period.half_of(day)
    if is_blank(half, user):
        tables = {one: no_rates(rates_on(day, user).over(one)) for one in Population}
        return RatesPage(population, tables, [], blank=blank_words(half, is_current=today in half))
    closed = half if day == half.end and current_close(half) else None
    everything, counted_at = rates_known(user, day, now)
    table = everything.over(population)
    signed = rates_of(half, today, user).over(population) if closed else None

    def lines(rates: dict[str, Rates], was: dict[str, Rates] | None, known: dict[str, tuple[str, Place]]) -> list[Line]:
        none, was = Rates(target=table.target, population=population), was or {}
        found = []
        for name in [*rates, *(one for one in was if one not in rates)]:
            shown, place = known.get(name, (name, None))
            found.append(line(shown, rates.get(name, none), day, place, was.get(name, none) if closed else None))
        return found

    units: dict[str, tuple[str, Place]] = {
        name: (own_name, {"answerable": pk, "only": 1})
        for pk, name, own_name in Unit.objects.named().values_list("pk", "name", "own_name")
    }
    ours: Place = {} if user.sees_all else {"ours": ANSWERS}  # the list of a day shows what one may see, not only that
    matters: dict[str, tuple[str, Place]] = {
        name: (name, {"workstream": pk, **ours}) for pk, name in Workstream.objects.values_list("pk", "name")
    }
    return RatesPage(
        population,
        {one: everything.over(one) for one in Population},
        [
            ("", [line("全部", table.all, day, ours, signed.all if signed else None)]),
            ("责任单位", lines(table.by_unit, signed.by_unit if signed else None, units)),
            ("六件大事", lines(table.by_workstream, signed.by_workstream if signed else None, matters)),
        ],
        closed,
        counted_at,
    )


def line(name: str, rates: Rates, day: date, place: Place | None, signed: Rates | None = None) -> Line:
    """`place` narrows the list to what the line is about; None where the list has no such filter."""

    def url(only: dict[str, str] | None) -> str:
        if place is None or only is None:
            return ""
        book = {"book": "year"} if rates.population == Population.YEAR else {}
        return entries_url(asof=day.isoformat(), **{**book, **place, **only})

    counts = [Number(getattr(rates, attribute), url(only)) for _, attribute, only in counts_of(rates.population)]
    return Line(name, rates, counts, [getattr(rates, attribute) for _, attribute in STEPS], signed)


def rate_column(label: str, counts: Callable[[Any], tuple[int, int]], part: str = "", whole: str = "") -> Column:
    """A rate as a percentage to reckon with, floored as everywhere; of nothing there is none."""

    def value(row: Any) -> Any:
        done, of_all = counts(row)
        return Decimal(thousandths(done, of_all)) / 1000 if of_all else NO_RATE

    total = f'=IF({whole}=0,"{NO_RATE}",ROUNDDOWN({part}/{whole},3))' if part else False
    return Column(label, value, 12, total, "percent")


def sheet(page: RatesPage, whose: str) -> Sheet:
    """The Excel; of the last day of a closed half-year with the rates as they were signed."""
    signed = [
        rate_column("结账时办结率", lambda row: (row[1].signed.completed, row[1].signed.total)),
        rate_column("结账时化解率", lambda row: (row[1].signed.resolved, row[1].signed.total)),
    ]
    columns = [
        Column("类别", lambda row: row[0] or "全部", 12),
        Column("范围", lambda row: row[1].name, 24),
        rate_column("办结率", lambda row: (row[1].rates.completed, row[1].rates.total)),
        rate_column("化解率", lambda row: (row[1].rates.resolved, row[1].rates.total)),
        *(signed if page.closed else []),
        *[counted(label, at) for at, label in enumerate(page.headings)],
        *[stepped(at) for at in range(len(STEPS))],
    ]
    day, none = page.table.day, f"{page.blank}，{NO_DATA}　" if page.blank else ""
    return Sheet(
        "两率",
        columns,
        [(name, line) for name, lines in page.groups for line in lines],
        f"办结率、化解率（截至{day.year}年{day.month}月{day.day}日）",
        f"{none}范围：{whose}　{page.population.label}　化解率目标 {page.table.all.target}%　单位：件（办理动作为次）",
    )


def counted(label: str, at: int) -> Column:
    return Column(label, lambda row: row[1].counts[at].count, 10)


def stepped(at: int) -> Column:
    return Column(f"{STEPS[at][0]}（次）", lambda row: row[1].steps[at], 12)
