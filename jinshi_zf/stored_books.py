"""What `manage.py verify` asks of what is stored of a period: figures, shares and sequels as the records give them."""

from collections.abc import Callable, Iterator
from datetime import date

from accounts.models import Unit, User, WorkGroup
from common.periods import local_date, read_period
from enterprises.models import Industry, Workstream
from jinshi_zf.closed_books import (
    adjusted_figures,
    amount,
    describe,
    frozen_figures,
    frozen_shares,
    label_of,
    sums,
)
from ledger.models import RecoveryKind
from reports.figures.sequels import compute_sequels
from reports.figures.shares import FIELDS as SHARE_FIELDS
from reports.figures.shares import Dimension, ShareCell, compute_shares
from reports.figures.tallies import Cell, compute
from reports.models import PeriodClose, Sequel, Share, Tally

Check = Callable[[], Iterator[str]]
FIELDS = ("level", "workstream_id", "unit_id", "value")


def period_checks(today: date) -> dict[str, Check]:
    """The checks of every period that anything is stored of, each by its name, so that one that breaks off keeps no
    other from its turn."""
    stored = {*Tally.objects.order_by().values_list("period", flat=True).distinct()}
    stored |= {*Share.objects.order_by().values_list("period", flat=True).distinct()}
    stored |= {*Sequel.objects.order_by().values_list("period", flat=True).distinct()}
    in_force = PeriodClose.objects.filter(reopening=None).select_related("book").order_by("version")
    closes = {close.book.code: close for close in in_force}
    checks: dict[str, Check] = {}
    for code in sorted(stored | closes.keys()):
        checks |= {f"{code} {what}": check for what, check in checks_of(code, closes.get(code), today).items()}
    return checks


def checks_of(code: str, close: PeriodClose | None, today: date) -> dict[str, Check]:
    """The checks of one period, of a closed one by what was frozen."""
    checks: dict[str, Check] = {"期间对账": lambda: sums(code, names())}
    if close:
        checks["冻结的数字"] = lambda: frozen_figures(close)
        checks["冻结的分布"] = lambda: frozen_shares(close)
        checks["结账后的调整"] = lambda: adjusted_figures(close, today, names())
    else:
        checks["统计数"] = lambda: stored_figures(code, today)
        checks["统计数的分布"] = lambda: stored_shares(code)
    checks["化解以后"] = lambda: stored_sequels(code)
    return checks


def names() -> dict[str, dict[int, str]]:
    return {
        "workstream": dict(Workstream.objects.values_list("pk", "name")),
        "unit": dict(Unit.objects.values_list("pk", "name")),
    }


def stored_figures(code: str, today: date) -> Iterator[str]:
    """Counts an open period again. What depends on the day (months that are over) is taken as of the tally."""
    rows = Tally.objects.of(code).order_by("pk")
    moment = rows.values_list("computed_at", flat=True).first()
    as_of = local_date(moment) if moment else today
    kept = {
        (cell.indicator, cell.slot): cell for cell in (Cell(*row) for row in rows.values_list("indicator", *FIELDS))
    }
    fresh = {(cell.indicator, cell.slot): cell for cell in compute(read_period(code), as_of)}
    place = names()
    for key in sorted(kept.keys() | fresh.keys()):
        was, now = kept.get(key), fresh.get(key)
        if (was and was.value) != (now and now.value):
            yield f"{code} {describe(was or now, place)}：存 {amount(was)}，重新统计为 {amount(now)}"


def stored_sequels(code: str) -> Iterator[str]:
    """What became of resolved problems, of closed periods too. A period that was never counted whole has none."""
    kept = {(cell.indicator, cell.slot): cell for cell in sequel_cells(code)}
    if not kept:
        return
    fresh = {(cell.indicator, cell.slot): cell for cell in compute_sequels(read_period(code))}
    place = names()
    for key in sorted(kept.keys() | fresh.keys()):
        was, now = kept.get(key), fresh.get(key)
        if (was and was.value) != (now and now.value):
            yield f"{code} {describe(was or now, place)}：存 {amount(was)}，重新统计为 {amount(now)}"


def sequel_cells(code: str) -> Iterator[Cell]:
    for row in Sequel.objects.of(code).order_by("pk").values_list("kind", *FIELDS):
        yield Cell(*row)


def stored_shares(code: str) -> Iterator[str]:
    """Counts what every work group, officer, industry, month and kind has of the figures again; those of closed
    periods are compared with what was frozen (`closed_books.frozen_shares`)."""
    rows = Share.objects.of(code).order_by("pk").values_list(*SHARE_FIELDS)
    kept = {(cell.indicator, cell.slot): cell for cell in (ShareCell(*row) for row in rows)}
    if not kept:
        return
    units = dict(Unit.objects.values_list("pk", "name"))
    known: dict[str, dict[int, str]] = {
        Dimension.GROUP: dict(WorkGroup.objects.values_list("pk", "name")),
        Dimension.OFFICER: dict(User.objects.values_list("pk", "name")),
        Dimension.INDUSTRY: dict(Industry.objects.values_list("pk", "name")),
        Dimension.KIND: dict(enumerate(map(str, RecoveryKind.labels))),
    }
    fresh = {(cell.indicator, cell.slot): cell for cell in compute_shares(read_period(code))}
    for key in sorted(kept.keys() | fresh.keys()):
        was, now = kept.get(key), fresh.get(key)
        one = was or now
        if one and was != now:
            place = key_name(one, known)
            where = "" if one.whole else f"、{units.get(one.unit or 0, '未注明单位')}"
            label = f"{code} {label_of(one)}（{Dimension(one.dimension).label}{place}{where}）"
            yield f"{label}：存 {amount(was)}，重新统计为 {amount(now)}"


def key_name(one: ShareCell, known: dict[str, dict[int, str]]) -> str:
    """“干警甲”, “2023年5月”; a kind's key may be 0."""
    if one.key is None:
        return "未注明"
    if one.dimension == Dimension.MONTH:
        return f"{one.key // 100}年{one.key % 100}月"
    return known.get(one.dimension, {}).get(one.key, "未注明")
