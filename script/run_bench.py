"""Ratios to the limit, both measured in this run: machines differ by half, ratios hardly (docs/performance.md).

Uses a database of its own, filled with the demo office and made-up rows, and throws it away.
"""

import argparse
import os
import sys
import tempfile
import unicodedata
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]
HEAD = ["项目", "本系统", "极限", "比值", "目标", "结果", "说明"]
# What can be measured, in order: the function of that name and its module.
PARTS = {
    "reading": "bench_import",
    "surveys": "bench_import",
    "register": "bench_import",
    "files": "bench_large",
    "beside": "bench_large",
    "dashboard": "bench_dashboard",
    "tally": "bench_rows",
    "export": "bench_rows",
    "lists": "bench_pages",
    "search": "bench_pages",
    "entry": "bench_pages",
    "figures": "bench_pages",
    "records": "bench_pages",
    "weight": "bench_weight",
}
IN_THE_OFFICE = frozenset(
    name for name, module in PARTS.items() if module in ("bench_rows", "bench_pages", "bench_weight")
)  # a large office
WIDTHS = [34, 12, 32, 8, 12, 8, 0]


@dataclass(frozen=True)
class Sizes:
    """How much is measured: survey rows, firms of the register, entries of the ledger, rows done the usual way."""

    rows: int
    register: int
    entries: int
    usual: int
    events_each: int = 10


QUICK = Sizes(rows=2_000, register=5_000, entries=10_000, usual=100)
FULL = Sizes(rows=20_000, register=116_887, entries=100_000, usual=300)


def line(cells: list[str]) -> str:
    return " ".join(cell + " " * max(width - shown_width(cell), 0) for cell, width in zip(cells, WIDTHS, strict=True))


def shown_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def measure(sizes: Sizes, only: str) -> None:
    import django  # noqa: PLC0415 -- the settings are chosen by main()

    django.setup()

    import bench_office  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("seed_demo", stdout=StringIO())
    chosen = only.split(",") if only else list(PARTS)
    print(f"\n{connection.display_name}，{datetime.now(UTC):%Y-%m-%d}，{os.cpu_count()} 个处理器核\n\n{line(HEAD)}")
    for name in chosen:
        if name in IN_THE_OFFICE:
            bench_office.fill(sizes.entries, sizes.events_each)
        for row in getattr(import_module(PARTS[name]), name)(sizes):
            print(line(row.cells()), flush=True)
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench", description="与同一次运行里测得的极限相比")
    parser.add_argument("--postgres", action="store_true", help="在 PostgreSQL 上测（自带，或 TEST_DATABASE_URL）")
    parser.add_argument("--full", action="store_true", help="按目标的规模测；不加则用小规模，约两分钟")
    parser.add_argument(
        "--only",
        default="",
        help="只测几部分，逗号隔开："
        "reading,surveys,register,files,beside,dashboard,tally,export,lists,search,entry,figures,records,weight",
    )
    parser.add_argument("--rows", type=int, help="调查表的行数")
    parser.add_argument("--entries", type=int, help="台账的条数；活动是它的三倍")
    parser.add_argument("--events", type=int, default=10, help="每条问题约有几次流转")
    options = parser.parse_args()
    import servers  # noqa: PLC0415 -- beside this file

    sizes = FULL if options.full else QUICK
    sizes = replace(
        sizes,
        rows=options.rows or sizes.rows,
        entries=options.entries or sizes.entries,
        events_each=options.events,
    )
    with tempfile.TemporaryDirectory(prefix="jinshi-bench-") as folder:
        own = nullcontext(f"sqlite:///{folder}/db.sqlite3")
        with servers.postgres(durable=True) if options.postgres else own as url:
            os.environ |= {"DJANGO_SETTINGS_MODULE": "bench_settings", "DATABASE_URL": url, "BENCH_FOLDER": folder}
            os.environ["REDIS_URL"] = ""
            measure(sizes, options.only)


if __name__ == "__main__":
    main()
