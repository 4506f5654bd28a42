"""Ratios to the limit, both measured in this run: machines differ by half, ratios hardly (docs/adr/0004).

Uses a database of its own, filled with the demo office several times over, and throws it away.
"""

import argparse
import os
import sys
import tempfile
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]


def measure(rows: int, scale: int) -> None:
    import django  # noqa: PLC0415 -- the settings are chosen by main()

    django.setup()

    import bench_rows  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("seed_demo", scale=scale, stdout=StringIO())
    print(f"\n{connection.display_name}，演示数据 {scale} 倍，导入 {rows} 行")
    print(f"{'项目':<12}{'极限(毫秒)':>12}{'本系统(毫秒)':>14}{'比值':>8}{'语句':>6}  目标")
    for row in (bench_rows.tally, bench_rows.list_page, bench_rows.import_file):
        found = row(rows)
        limit, ours = found.limit * 1000, found.ours * 1000
        print(
            f"{found.name:<12}{limit:>12.1f}{ours:>14.1f}{ours / limit:>8.2f}{found.queries:>6}  {found.goal}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench", description="与同一次运行里测得的极限相比")
    parser.add_argument("--postgres", action="store_true", help="在 PostgreSQL 上测（自带，或 TEST_DATABASE_URL）")
    parser.add_argument("--rows", type=int, default=2000, help="导入的行数")
    parser.add_argument("--scale", type=int, default=10, help="演示数据的倍数")
    options = parser.parse_args()
    import servers  # noqa: PLC0415 -- beside this file

    with tempfile.TemporaryDirectory(prefix="jinshi-bench-") as folder:
        own = nullcontext(f"sqlite:///{folder}/db.sqlite3")
        database = servers.postgres(durable=True) if options.postgres else own
        with database as url:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "jinshi_zf.settings_test",
                "DATABASE_URL": url,
                "TEST_REDIS_URL": "",
                "BENCH_FOLDER": folder,
            }
            measure(options.rows, options.scale)
            from django.db import connection  # noqa: PLC0415

            connection.close()


if __name__ == "__main__":
    main()
