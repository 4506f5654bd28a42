"""The rows about figures and pages: what a row is, the limit and ours."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.periods import Period
from reports.tallies import compute

TODAY = date(2023, 7, 1)


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
