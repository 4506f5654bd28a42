"""manage.py rates --on DATE [--unit NAME] [--json]: both rates as they stood at the end of a day, and what could hide
behind them."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Unit
from common.periods import local_date
from reports.days.rates import WATCHED_LABELS, Rates, RateTable, rates_on
from reports.pages.choosing import Kind, Typed, WrongAskError, day_of


class Command(BaseCommand):
    help = "列出某日的办结率和化解率：全部、分责任单位、分六件大事"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", required=True, metavar="DATE", help="截止日期，如 2023-10-31")
        parser.add_argument("--unit", metavar="NAME", default="", help="只看一个责任单位，如 市公安局")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = day_of(options["on"], local_date(timezone.now()), Typed(Kind.DAY, options["on"]))
        except WrongAskError as error:
            raise CommandError(str(error)) from error
        table = rates_on(day)
        if options["unit"]:
            table = of_unit(table, options["unit"])
        self.stdout.write(
            json.dumps(table_json(table), ensure_ascii=False, indent=1) if options["json"] else told(table)
        )


def of_unit(table: RateTable, name: str) -> RateTable:
    """What one unit answered for that day; a unit with nothing has nothing.

    Raises:
        CommandError: there is no such unit.
    """
    if not Unit.objects.filter(name=name).exists():
        raise CommandError(f"没有名为“{name}”的单位；现有：{'、'.join(Unit.objects.values_list('name', flat=True))}")
    own = table.by_unit.get(name, Rates(target=table.target))
    return replace(table, all=own, by_unit={name: own}, by_workstream={})


def told(table: RateTable) -> str:
    lines = [f"截至 {table.day}，目标 {table.target}%"]
    for name, rates in {"全部": table.all, **table.by_unit, **table.by_workstream}.items():
        done = f"办结 {rates.completed} 件 {rates.completion_text}，化解 {rates.resolved} 件 {rates.resolution_text}"
        out = f"不予受理 {rates.rejected} 件、重复 {rates.duplicate} 件，挂账 {rates.deferred} 件"
        beside = "、".join(f"{label} {getattr(rates, name)} 次" for name, label in WATCHED_LABELS.items())
        lines.append(f"{name}：登记 {rates.registered} 件，计 {rates.total} 件，{done}；另{out}；{beside}")
    return "\n".join(lines)


def table_json(table: RateTable) -> dict[str, Any]:
    return {
        "on": table.day.isoformat(),
        "target_percent": table.target,
        "target_on": table.target_on.isoformat() if table.target_on else None,
        "all": as_json(table.all),
        "by_unit": {name: as_json(rates) for name, rates in table.by_unit.items()},
        "by_workstream": {name: as_json(rates) for name, rates in table.by_workstream.items()},
    }


def as_json(rates: Rates) -> dict[str, Any]:
    """Counts, and both rates in percent floored to one decimal; null where there is nothing to divide by."""
    return {
        "registered": rates.registered,
        "rejected": rates.rejected,
        "duplicate": rates.duplicate,
        "total": rates.total,
        "completed": rates.completed,
        "resolved": rates.resolved,
        "deferred": rates.deferred,
        **{name: getattr(rates, name) for name in WATCHED_LABELS},
        "completion_rate": percent(rates.completed, rates.total),
        "resolution_rate": percent(rates.resolved, rates.total),
        "reached": rates.reached,
    }


def percent(part: int, whole: int) -> float | None:
    return part * 1000 // whole / 10 if whole else None
