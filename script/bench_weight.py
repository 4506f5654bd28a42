"""What a page costs the processor: the lists and the homes, against a bare page through the same middleware."""

import time
from collections.abc import Iterator
from typing import Any

from bench_rows import Row, client
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

GOAL, TIMES = 25.0, 1.5  # milliseconds of processor; times a bare page
LISTS = {"台账": "entries", "服务活动": "activities", "企业名录": "enterprises", "案件": "cases"}
NAMED = {
    "entries": "ledger:entry-list",
    "activities": "ledger:activity-list",
    "enterprises": "enterprises:enterprise-list",
    "cases": "cases:case-list",
}
HOMES = {"officer": "干部", "coordinator": "联络员", "office": "政法委"}
TRIES = 15


def spent(desk: Client, url: str) -> float:
    """Milliseconds of processor, of this process only: the cheapest try, once what is kept for a minute is kept."""
    taken = []
    for _ in range(TRIES):
        started = time.process_time()
        answer = desk.get(url)
        taken.append((time.process_time() - started) * 1000)
        assert answer.status_code == 200, (url, answer.status_code)
    return min(taken)


def weight(sizes: Any) -> Iterator[Row]:
    """As a browser asks that has said what its screen shows."""
    desk = client("coordinator")
    desk.cookies["shape"] = "table"
    with override_settings(ROOT_URLCONF="bench_bare"):
        for name, key in LISTS.items():
            bare, ours = spent(desk, f"/bare/{key}/"), spent(desk, reverse(NAMED[key]))
            yield Row.measure(f"{name}清单：处理器时间", ours, GOAL, "毫秒", "联络员，电脑")
            yield Row(
                "　与裸页相比", "五十行生数据，最小的模板", bare / 1000, ours / 1000, TIMES, "同样经过会话和中间件"
            )
        for role, name in HOMES.items():
            yield Row.measure(f"{name}首页：处理器时间", spent(client(role), "/"), GOAL, "毫秒", "")
