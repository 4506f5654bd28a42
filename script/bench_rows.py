"""One function a row of the table: the limit and ours, best of three, with the number of statements ours takes."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlsxwriter
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.periods import Period
from enterprises.models import Enterprise
from enterprises.uscc import check_digit
from imports.apply import write_plan
from imports.pipeline import make_plan
from reports.tallies import compute

TODAY = date(2023, 7, 1)
HALF = ("2023-01-01", "2023-06-30")
# What any tally has to read at least: each source table once, grouped.
RAW_TALLY = [
    "SELECT kind, workstream_id, unit_id, COUNT(*) FROM ledger_serviceactivity"
    " WHERE happened_on BETWEEN %s AND %s GROUP BY 1, 2, 3",
    "SELECT o.measure, a.workstream_id, a.unit_id, SUM(o.quantity) FROM ledger_activityoutput o"
    " JOIN ledger_serviceactivity a ON a.id = o.activity_id WHERE a.happened_on BETWEEN %s AND %s GROUP BY 1, 2, 3",
    "SELECT kind, unit_id, SUM(amount) FROM ledger_recovery WHERE happened_on BETWEEN %s AND %s GROUP BY 1, 2",
    "SELECT kind, state, unit_id, COUNT(*) FROM cases_legalcase WHERE filed_on BETWEEN %s AND %s GROUP BY 1, 2, 3",
    "SELECT state, unit_id, COUNT(*) FROM ledger_problementry WHERE registered_on BETWEEN %s AND %s GROUP BY 1, 2",
]
PAGE = Template(
    "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


@dataclass(frozen=True)
class Row:
    name: str
    limit: float
    ours: float
    queries: int
    goal: str


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def tally(rows: int) -> Row:
    def raw() -> None:
        with connection.cursor() as cursor:
            for statement in RAW_TALLY:
                cursor.execute(statement, HALF)
                cursor.fetchall()

    def ours() -> None:
        compute(Period.parse("2023H1"), TODAY)

    return Row("半年统计", best(raw), best(ours), statements(ours), "≤1.25（100 万条记录时）")


def list_page(rows: int) -> Row:
    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.number, e.title, e.state, u.name, e.registered_on, e.deadline FROM ledger_problementry e"
                " JOIN accounts_unit u ON u.id = e.unit_id ORDER BY e.id DESC LIMIT 50"
            )
            PAGE.render(Context({"rows": cursor.fetchall()}))

    client = Client()
    client.force_login(get_user_model().objects.get(username="city"))

    def ours() -> None:
        answer = client.get("/ledger/entries/")
        assert answer.status_code == 200, answer.status_code

    return Row("台账列表页", best(bare), best(ours, 5), statements(ours), "≤1.2（100 行、100 万条时）")


def sample_file(rows: int) -> Path:
    """A register of made-up firms."""
    values = []
    for number in range(rows):
        first = f"91430781MB{number:07d}"
        values.append((f"津市样例测速{number:06d}有限公司", first + check_digit(first)))
    path = Path(os.environ["BENCH_FOLDER"]) / "企业名录.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate([("企业名称", "统一社会信用代码"), *values]):
            sheet.write_row(at, 0, line)
    return path


def import_file(rows: int) -> Row:
    """Reading, checking, planning and writing, audit rows included, against a bare executemany of the final rows."""
    path = sample_file(rows)
    took: dict[str, float] = {}

    def ours() -> None:
        started = time.perf_counter()
        plan = make_plan(path, path.name, "enterprises", today=TODAY)
        write_plan(plan, actor=None, batch=None, at=timezone.now())
        took["ours"] = time.perf_counter() - started

    queries = statements(ours)
    made = Enterprise.objects.filter(name__startswith="津市样例测速")
    assert made.count() == rows, f"{made.count()} of {rows} rows"
    columns = [field.column for field in fields()]
    final = [
        tuple(field.get_db_prep_save(value, connection) for field, value in zip(fields(), row, strict=True))
        for row in made.values_list(*[field.attname for field in fields()])
    ]
    with transaction.atomic():
        made.delete()
        started = time.perf_counter()
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO enterprises_enterprise ({', '.join(columns)}) VALUES ({marks})", final)
        limit = time.perf_counter() - started
    return Row("导入", limit, took["ours"], queries, "SQLite ≤2.5，PostgreSQL ≤2.9（2 万行时）")


def fields() -> list:
    return [field for field in Enterprise._meta.concrete_fields if field.column != "id"]
