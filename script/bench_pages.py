"""The rows about pages: each against a bare page of the same look, and against the bare SQL it needs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

from bench_office import COMMON, RARE
from bench_rows import Row, best, client, milliseconds
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.periods import Period
from ledger.models import ProblemEntry
from ledger.views import entries as entry_views
from reports.figures.counting import recount
from reports.records.page import told
from reports.views import figures as figure_views

LIST = "/ledger/entries/"
KEYSET_GOAL, SEARCH_GOAL = 1.2, 60.0  # times a bare keyset page; milliseconds of SQL for a word of two characters


def statements(desk: Client, url: str) -> list[tuple[str, Any]]:
    """What a page asks the database, once everything that is kept for a minute is kept."""
    desk.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = desk.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return [(query["sql"], None) for query in captured.captured_queries]


def sent_bare(asked: list[tuple[str, Any]]) -> Callable[[], None]:
    """The same statements, sent and read to the end without Django."""

    def run() -> None:
        with connection.cursor() as cursor:
            for sql, params in asked:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()

    return run


def page(desk: Client, url: str) -> float:
    return min(milliseconds(desk, url, 7)) / 1000


def rendered(views: Any, desk: Client, url: str) -> dict[str, Any]:
    """What a view renders for an address: its request, template and context."""
    seen: dict[str, Any] = {}
    real = views.render

    def keep(request: Any, template: str, context: dict[str, Any]) -> Any:
        seen.update(request=request, template=template, context=context)
        return real(request, template, context)

    with mock.patch.object(views, "render", keep):
        desk.get(url)
    return seen


def bare_list(desk: Client) -> Callable[[], object]:
    """A keyset page and nothing else: who asks, fifty rows by the index, and the list's own template."""
    seen = rendered(entry_views, desk, LIST)

    def run() -> object:
        shown = seen["context"]["page"]
        shown.object_list = list(ProblemEntry.objects.for_list().order_by("-registered_on", "-pk")[:50])
        return render_to_string(seen["template"], seen["context"], seen["request"])

    return run


def lists(sizes: Any) -> Iterator[Row]:
    """The ledger's list: plain, by light, deepest, sorted, on a past day."""
    desk, size = client("city"), f"（{sizes.entries:,} 条）"
    bare, first = best(bare_list(desk), 7), page(desk, LIST)
    asked = statements(desk, LIST)
    yield Row(f"台账首页{size}", "裸的同样一页", bare, first, KEYSET_GOAL, f"{len(asked)} 条语句")
    for name, query, goal in (
        ("最后一页", "before=end", KEYSET_GOAL),
        ("红灯", "light=red", None),
        ("按期限排序", "sort=deadline", None),
        ("按灯色排序", "sort=light", None),
        ("过去一天已化解的", "asof=2023-05-31&state=resolved", None),
    ):
        url = f"{LIST}?{query}"
        asked = statements(desk, url)
        own = best(sent_bare(asked))
        note = f"{len(asked)} 条语句，只发语句 {own * 1000:.0f} 毫秒"
        yield Row(f"台账{name}{size}", "台账首页", first, page(desk, url), goal, note)


def search(sizes: Any) -> Iterator[Row]:
    """Words of two characters: the slowest statement of the page."""
    desk = client("city")
    goal = SEARCH_GOAL if connection.vendor == "postgresql" else None
    for name, word in (("少见的", RARE), ("常见的", COMMON)):
        asked = statements(desk, f"{LIST}?q={word}")
        slowest = max(best(sent_bare([one])) for one in asked) * 1000
        note = f"{len(asked)} 条语句；整页 {page(desk, f'{LIST}?q={word}') * 1000:.0f} 毫秒"
        yield Row.measure(f"两个字检索（{name}）", slowest, goal, "毫秒", note)


def entry(sizes: Any) -> Iterator[Row]:
    desk = client("city")
    yield from against_statements("问题详情页", desk, f"/ledger/entries/{ProblemEntry.objects.latest('pk').pk}/")


def figures(sizes: Any) -> Iterator[Row]:
    """Rates on a past day, the homes and the records behind figures."""
    yield from against_statements("过去一天的两率", client("city"), "/rates/?on=2023-05-31")
    for role, name in (("officer", "干部"), ("coordinator", "联络员"), ("office", "政法委")):
        yield from against_statements(f"{name}首页", client(role), "/")


def bare_records(desk: Client, url: str) -> Callable[[], object]:
    """Fifty rows by the index, and the page's own template."""
    seen = rendered(figure_views, desk, url)
    found = seen["context"]["found"]
    rows = found.every.select_related(*found.listing.related).order_by(*found.listing.order)[:50]

    def run() -> object:
        shown = replace(seen["context"]["shown"], lines=told(found, rows.all()))
        return render_to_string(seen["template"], seen["context"] | {"shown": shown}, seen["request"])

    return run


def records(sizes: Any) -> Iterator[Row]:
    """The records behind figures: the first page, the last, one unit's; the figures counted, as the clock does."""
    recount(Period.parse("2023H1"), timezone.now())
    for name, code in (
        ("为企纾困", "relief_services"),
        ("化解困难", "problems_resolved"),
        ("化解率", "resolution_rate"),
    ):
        url, desk = f"/records/{code}/?period=2023H1", client("city")
        asked, first = statements(desk, url), page(desk, url)
        note = f"{len(asked)} 条语句，只发语句 {best(sent_bare(asked)) * 1000:.0f} 毫秒"
        yield Row(f"{name}的记录首页", "裸的同样一页", best(bare_records(desk, url), 7), first, KEYSET_GOAL, note)
        yield Row(f"{name}的记录末页", "首页", first, page(desk, f"{url}&before=end"), KEYSET_GOAL)
        yield Row(f"{name}的记录，一个单位", "首页", first, page(client("coordinator"), url), None)


def against_statements(name: str, desk: Client, url: str) -> Iterator[Row]:
    asked = statements(desk, url)
    yield Row(name, "只发同样的语句", best(sent_bare(asked)), page(desk, url), None, f"{len(asked)} 条语句")
