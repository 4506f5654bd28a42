"""The rows about large files: the whole register of market entities, and other people's pages beside an import."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench_files import REGISTER, SURVEY, delimited, full_register, survey_rows, workbook
from bench_rows import Row, client, milliseconds, percentile
from bench_step import Step, confirm, in_a_worker, upload

ALONE = 40  # times a page is asked for with no import, half of them before it and half after
PAUSE = 0.05  # seconds between two of a person's requests: with none they would be what is in the way


def files(sizes: Any) -> Iterator[Row]:
    """The register as it is really sent, a workbook and a GBK text, each to its preview."""
    rows = sizes.register
    made = (
        workbook("名录.xlsx", REGISTER, full_register(rows, 6_000_001), shared=True),
        delimited("名录.csv", REGISTER, full_register(rows, 7_000_001)),
    )
    desk = client("admin")
    for path in made:
        batch = upload(path, "enterprises")
        step = in_a_worker(int(batch.job_id or 0))
        batch.refresh_from_db()
        assert batch.summary["figures"]["created"] > rows * 0.999, batch.summary[
            "figures"
        ]  # a made-up name may be asked about
        yield from told(path, rows, step)
        page = percentile(milliseconds(desk, f"/imports/{batch.pk}/?outcome=create"), 50)
        yield Row.measure("　预览第一页", page, 500, "毫秒", "钟点")


def told(path: Path, rows: int, step: Step) -> Iterator[Row]:
    size = f"{path.suffix} {path.stat().st_size / 10**6:.1f} MB，{rows} 家"
    note = f"钟点 {step.seconds:.0f} 秒，{step.statements} 条语句"
    yield Row.measure(f"{size}：预览的处理器时间", step.processor, 60, "秒", note)
    yield Row.measure("　最多占用内存", step.peak, 500, "MB", f"其中启动后空闲时已占 {step.before} MB")


def beside(sizes: Any) -> Iterator[Row]:
    """Other people's pages while an import is read and while it is written, against the same pages without."""
    desk = client("city")
    work = {
        "打开台账列表": lambda: desk.get("/ledger/entries/"),
        "保存草稿": lambda: desk.post("/accounts/draft/", draft()),
    }
    for one in work.values():
        repeated(one, 3)
    alone = {name: repeated(one, ALONE // 2) for name, one in work.items()}
    path = workbook("旁边.xlsx", SURVEY, survey_rows(sizes.rows, 3_000_001))
    batch = upload(path, "surveys")
    busy = {"读取": meanwhile(int(batch.job_id or 0), work), "写入": meanwhile(confirm(batch), work)}
    for name, one in work.items():
        alone[name] += repeated(one, ALONE // 2)
    load = f"机器负荷 {os.getloadavg()[0]:.0f}"
    for when, taken in busy.items():
        for name, times in taken.items():
            usual, now = percentile(alone[name], 95), percentile(times, 95)
            note = f"最慢 {max(times):.0f} 毫秒，共 {len(times)} 次；{load}"
            yield Row(f"{when} {sizes.rows} 行时{name}（95%）", "不导入时", usual / 1000, now / 1000, 1.5, note)


def meanwhile(job: int, work: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """Milliseconds of each page, asked for in turn as long as a job runs in a worker."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    worker = threading.Thread(target=in_a_worker, args=(job,))
    worker.start()
    while worker.is_alive():
        for name, one in work.items():
            taken[name] += repeated(one, 1)
    worker.join()
    return taken


def draft() -> dict[str, str]:
    return {"draft_key": "bench", "title": f"测速 {time.perf_counter()}"}


def repeated(work: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each; any answer but a good one stops the measurement."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        answer = work()
        assert answer.status_code < 400, answer.status_code
        taken.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE)
    return taken
