"""Short ways of declaring figures of one shape: narrowed rows, activities, outputs, money, who was covered."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from common.periods import AnyPeriod
from enterprises.models import EnterpriseKind
from ledger.models import ActivityKind, Measure, RecoveryKind
from reports.figures.registry import sources
from reports.figures.registry.dates import within
from reports.figures.registry.definitions import Indicator


def always(rule: Q) -> Callable[[AnyPeriod], Q]:
    return lambda period: rule


def kinds(*chosen: ActivityKind) -> Callable[[AnyPeriod], Q]:
    return always(Q(kind__in=chosen))


def closed(rule: Q) -> Callable[[AnyPeriod], Q]:
    return lambda period: rule & within("closed_on", period)


def filed(rule: Q) -> Callable[[AnyPeriod], Q]:
    return lambda period: rule & within("filed_on", period)


def activity(code: str, label: str, unit_word: str, chosen: tuple[ActivityKind, ...], **more: Any) -> Indicator:
    names = "、".join(kind.label for kind in chosen)
    definition = f"活动日期在统计期内、类型为{names}的服务活动，按次数合计"
    return Indicator(
        code, label, unit_word, sources.ACTIVITIES, definition, where=kinds(*chosen), amount="times", **more
    )


def output(code: str, label: str, measure: Measure, **more: Any) -> Indicator:
    definition = f"活动日期在统计期内的服务活动所记“{measure.label}”数量合计"
    more = {"where": always(Q(measure=measure)), "definition": definition, **more}
    return Indicator(code, label, measure.unit_word, sources.OUTPUTS, amount="quantity", **more)


def money(code: str, label: str, chosen: tuple[RecoveryKind, ...], definition: str, **more: Any) -> Indicator:
    more = {"where": always(Q(kind__in=chosen)), **more}
    return Indicator(code, label, "元", sources.RECOVERIES, definition, amount="amount", is_money=True, **more)


def covered(code: str, label: str, unit_word: str, kind: EnterpriseKind, **more: Any) -> Indicator:
    return Indicator(
        code,
        label,
        unit_word,
        sources.ENTERPRISES_SERVED,
        f"活动日期在统计期内的服务活动（不限类型）到过的在册{kind.label}，同一家只计一次",
        where=always(Q(enterprise__kind=kind)),
        adds_up=False,
        **more,
    )
