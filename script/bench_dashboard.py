"""The rows about the dashboard: at two sizes of the office, and how soon it shows a change."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import bench_office
from bench_pages import page, sent_bare, statements
from bench_rows import Row, best, client
from django.utils import timezone

from common.periods import Period, local_date
from ledger.models import ProblemEntry, ServiceActivity
from reports.figures.counting import recount
from reports.views import figures

SMALL = 10_000  # entries
PAGE_GOAL, SIZE_GOAL, SOON = 50, 1.2, 60  # milliseconds; times the small office; seconds until a change is shown
PEOPLE = (("city", "市领导"), ("leader", "单位领导"))


def dashboard(sizes: Any) -> Iterator[Row]:
    """The page in a small and a large office, against its bare frame; a change counted and stored."""
    before: dict[str, float] = {}
    for entries in sorted({min(SMALL, sizes.entries), sizes.entries}):
        bench_office.fill(entries, sizes.events_each)
        size = f"（{entries:,} 条）"
        yield from soon(size)
        for period, name in ((Period.half_of(local_date(timezone.now())), "本期"), (Period.parse("2023H1"), "往期")):
            recount(period, timezone.now(), whole=True)
            recount(period.previous(), timezone.now(), whole=True)
            for who, role in PEOPLE:
                what = f"驾驶舱{name}，{role}"
                desk, url = client(who), f"/dashboard/?period={period.code}"
                asked = statements(desk, url)
                ours = page(desk, url)
                with only_the_frame():
                    frame = page(desk, url)
                note = f"{len(asked)} 条语句，只发语句 {best(sent_bare(asked), 7) * 1000:.1f} 毫秒"
                yield Row.measure(f"{what}{size}", ours * 1000, PAGE_GOAL, "毫秒", note)
                yield Row("　同上", "只有框架的同样一页", frame, ours, None)
                if what in before:
                    yield Row("　同上", f"{SMALL:,} 条时", before[what], ours, SIZE_GOAL)
                before[what] = ours


@contextmanager
def only_the_frame() -> Iterator[None]:
    """The same address gives the frame of every page: session, person, navigation, and nothing in it."""
    real = figures.render
    with (
        mock.patch.object(figures, "dashboard", return_value=mock.Mock()),
        mock.patch.object(figures, "render", lambda request, template, context: real(request, "base.html", {})),
    ):
        yield


def soon(size: str) -> Iterator[Row]:
    """How long a worker counts the current half-year: all of it, and after one change."""
    period = Period.half_of(local_date(timezone.now()))
    yield Row.measure(f"本期全部重算{size}", counted(period, whole=True), SOON, "秒", "统计数、分布、各日状况，并存入")
    for model, words, name in ((ServiceActivity, "summary", "一次活动"), (ProblemEntry, "title", "一条问题")):
        one = model.objects.latest("pk")
        setattr(one, words, f"测速{size}")
        one.save()  # the history records it
        yield Row.measure(f"改了{name}之后{size}", counted(period), SOON, "秒", "只重算它所涉的来源")


def counted(period: Period, *, whole: bool = False) -> float:
    return best(lambda: recount(period, timezone.now(), whole=whole), 1)
