"""The rows about figures and pages: what a row is, the data behind it, the limit and ours."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.database import insert_rows, reserve_ids
from common.periods import SHANGHAI, Period
from ledger.models import EntryEvent, ProblemEntry, ServiceActivity
from reports.tallies import compute

TODAY = date(2023, 7, 1)
PAGE = Template(
    "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


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
    def measure(cls, work: str, ours: float, goal: float, unit: str, note: str) -> "Row":
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
                f"≤ {self.goal:.0f} {self.unit}",
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


# ---- data ----


def fill(entries: int) -> None:
    """Entries with their events, and three activities to each, spread over units, matters and the half-year.

    Copies of those of the demonstration, so that every state and kind is there.
    """
    apart = {"id", "submission", "number", "fingerprint"}
    copied(ServiceActivity, entries * 3, apart)
    pks = copied(ProblemEntry, entries, apart, number=lambda number: f"CS-{number}")
    names = ["entry", "seq", "action", "to_state", "unit", "actor_name", "occurred_at", "happened_on", "recorded_at"]
    unit, moment = ProblemEntry.objects.order_by("pk")[0].unit_id, datetime(2023, 5, 1, tzinfo=SHANGHAI)
    told = ("register", "registered", unit, "系统")
    days = ((pk, timedelta(days=pk % 60)) for pk in pks)
    rows = ((pk, 1, *told, moment + days, moment.date() + days, moment) for pk, days in days)
    insert_rows(EntryEvent, names, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copied(model: Any, count: int, apart: set[str], **made: Callable[[int], Any]) -> Any:
    """Many copies of the rows that are there; columns of `apart` are left out, those of `made` are made anew."""
    fields = [field for field in model._meta.concrete_fields if field.name not in apart]
    stored = list(model._base_manager.values_list(*[field.attname for field in fields]))
    pks = reserve_ids(model, count)
    rows = (
        (pk, *[make(pk) for make in made.values()], *row)
        for pk, row in zip(pks, islice(cycle(stored), count), strict=True)
    )
    insert_rows(model, ["id", *made, *[field.name for field in fields]], rows)
    return pks


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


def list_page(sizes: Any) -> Iterator[Row]:
    """A whole page, menus and all, against one bare statement and a bare table."""
    desk = client("city")

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.number, e.title, e.state, u.name, e.registered_on, e.deadline FROM ledger_problementry e"
                " JOIN accounts_unit u ON u.id = e.unit_id ORDER BY e.registered_on DESC, e.id DESC LIMIT 50"
            )
            PAGE.render(Context({"rows": cursor.fetchall()}))

    ours = min(milliseconds(desk, "/ledger/entries/", 5)) / 1000
    note = "本系统另含菜单、筛选、权限"
    yield Row(f"台账列表页（{sizes.entries} 条）", "一条语句加空表格", best(bare), ours, None, note)
