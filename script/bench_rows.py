"""The rows about figures and pages: what a row is, the limit and ours."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit
from common.books.rowsheet import plain_value
from common.books.sheets import workbook
from common.periods import Period
from common.rows.keyed import KeyedRows
from ledger.models import ProblemEntry
from ledger.selectors.entries.exports import entry_columns
from reports.figures.tallies import compute

TODAY = date(2023, 7, 1)
CELL_GOAL = 0.15
EXPORTED = 10_000  # rows


@dataclass(frozen=True)
class Row:
    """A line of the table: seconds of the limit and of ours, and how many times the limit ours may take."""

    work: str
    limit_name: str
    limit: float
    ours: float
    goal: float | None
    note: str = ""
    unit: str = ""  # of a plain measure, which is held against its goal itself

    @classmethod
    def measure(cls, work: str, ours: float, goal: float | None, unit: str, note: str) -> "Row":
        return cls(work, "", 0, ours, goal, note, unit)

    @property
    def met(self) -> str:
        if self.goal is None:
            return "—"
        value = self.ours if self.unit else self.ours / self.limit
        return "达到" if value <= self.goal else "未达到"

    def cells(self) -> list[str]:
        if self.unit:
            return [
                self.work,
                f"{self.ours:.0f} {self.unit}",
                "",
                "",
                "—" if self.goal is None else f"≤ {self.goal:.0f} {self.unit}",
                self.met,
                self.note,
            ]
        ratio, goal = f"{self.ours / self.limit:.3g}", "—" if self.goal is None else f"≤ {self.goal:.3g}"
        return [
            self.work,
            shown(self.ours),
            f"{shown(self.limit)}（{self.limit_name}）",
            ratio,
            goal,
            self.met,
            self.note,
        ]


def shown(seconds: float) -> str:
    return f"{seconds:.2f} 秒" if seconds >= 1 else f"{seconds * 1000:.1f} 毫秒"


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def percentile(taken: list[float], percent: int) -> float:
    return sorted(taken)[min(len(taken) * percent // 100, len(taken) - 1)]


def client(username: str) -> Client:
    found = Client()
    found.force_login(get_user_model().objects.get(username=username))
    return found


def milliseconds(desk: Client, url: str, times: int = 10) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        answer = desk.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


# ---- rows of the table ----


def tally(sizes: Any) -> Iterator[Row]:
    """The half-year against its own statements, sent bare and read to the end."""
    period = Period.parse("2023H1")
    with CaptureQueriesContext(connection) as captured:
        compute(period, TODAY)
    statements = [query["sql"] for query in captured.captured_queries]

    def raw() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    note = f"{len(statements)} 条语句"
    yield Row(
        f"半年统计（{sizes.entries} 条）", "同样的语句", best(raw), best(lambda: compute(period, TODAY)), 1.25, note
    )
    one = Unit.objects.filter(received_entries__isnull=False).order_by("pk").first()
    whole, part = best(lambda: compute(period, TODAY)), best(lambda: compute(period, TODAY, units=[one.pk]))
    yield Row("其中一个单位", "全部重算", whole, part, CELL_GOAL, "一个单位的全部指标和大事")


def export(sizes: Any) -> Iterator[Row]:
    """The ledger as a workbook against XlsxWriter alone writing the same finished cells, both one row at a time."""
    columns = entry_columns(TODAY)
    rows = ProblemEntry.objects.for_list().order_by("pk")
    ready = [[plain_value(column.value(row)) for column in columns] for row in KeyedRows(rows, EXPORTED)]

    def bare() -> None:
        book = xlsxwriter.Workbook(BytesIO(), {"constant_memory": True})
        sheet = book.add_worksheet()
        for at, values in enumerate(ready):
            sheet.write_row(at, 0, values)
        book.close()

    limit = best(bare, 1)
    ours = best(lambda: workbook("问题台账", columns, KeyedRows(rows, EXPORTED)), 1)
    note = f"{len(ready)} 行 {len(columns)} 列，每秒 {len(ready) / ours:.0f} 行"
    yield Row("导出问题台账", "只用 XlsxWriter 写成品", limit, ours, 2.0, note)
