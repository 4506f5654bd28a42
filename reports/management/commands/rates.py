"""manage.py rates --on DATE [--unit NAME [--only]] [--json]: both rates as they stood at the end of a day, and what
could hide behind them."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Unit
from accounts.units.trees import ONLY, Viewer
from common.periods import local_date
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.rates import WATCHED_LABELS, Rates, RateTable
from reports.pages.choosing import Kind, Typed, WrongAskError, day_of


class Command(BaseCommand):
    help = "列出某日的办结率和化解率：全部、分责任单位、分六件大事"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", required=True, metavar="DATE", help="截止日期，如 2023-10-31")
        parser.add_argument("--unit", metavar="NAME", default="", help="只看一个责任单位及其下级，如 市公安局")
        parser.add_argument("--only", action="store_true", help="和 --unit 一起用：仅本级，不含下级单位")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = day_of(options["on"], local_date(timezone.now()), Typed(Kind.DAY, options["on"]))
        except WrongAskError as error:
            raise CommandError(str(error)) from error
        if options["only"] and not options["unit"]:
            raise CommandError("--only 要和 --unit 一起写")
        unit = named_unit(options["unit"])
        table = of_unit(day, unit, only=options["only"]) if unit else rates_on(day)
        table = replace(table, by_unit=own_lines(table.by_unit))
        whose = f"{unit}{ONLY if options['only'] and unit.has_below else ''}" if unit else ""
        self.stdout.write(
            json.dumps({**table_json(table), "scope": whose or "全部"}, ensure_ascii=False, indent=1)
            if options["json"]
            else told(table, whose)
        )


def named_unit(name: str) -> Unit | None:
    """The unit of that name; None where none is asked for.

    Raises:
        CommandError: there is no such unit.
    """
    unit = Unit.objects.filter(name=name).first()
    if name and unit is None:
        raise CommandError(f"没有名为“{name}”的单位；现有：{'、'.join(Unit.objects.values_list('name', flat=True))}")
    return unit


def of_unit(day: date, unit: Unit, *, only: bool) -> RateTable:
    """What a unit and those below it answered for that day, or the unit alone; each unit's own line is among them."""
    table = rates_on(day, Viewer(unit, only))
    tables = [with_own_line(one, unit) for one in (table, table.over(Population.YEAR))]
    return replace(tables[0], year=tables[1])


def with_own_line(table: RateTable, unit: Unit) -> RateTable:
    none = Rates(target=table.target, population=table.all.population)
    return replace(table, by_unit={unit.name: none, **table.by_unit}, by_workstream={}, year=None)


def own_lines(by_unit: dict[str, Rates]) -> dict[str, Rates]:
    """Each unit's own, so that they add up; a unit that others belong to says 本级."""
    names = dict(Unit.objects.named().values_list("name", "own_name"))
    return {names.get(name, name): rates for name, rates in by_unit.items()}


def told(table: RateTable, whose: str = "") -> str:
    """This year's ledger, which the target judges, then all there ever were."""
    lines = [f"截至 {table.day}，目标 {table.target}%"]
    for one in (table.over(Population.YEAR), table):
        lines.append(f"{one.all.population.label}（{one.all.population.meaning}）：")
        for name, rates in {whose or "全部": one.all, **own_lines(one.by_unit), **one.by_workstream}.items():
            lines.append(f"{name}：{line_of(rates)}")
    return "\n".join(lines)


def line_of(rates: Rates) -> str:
    done = f"办结 {rates.completed} 件 {rates.completion_text}，化解 {rates.resolved} 件 {rates.resolution_text}"
    out = f"不予受理 {rates.rejected} 件、重复 {rates.duplicate} 件，挂账 {rates.deferred} 件"
    come = f"（历年结转 {rates.carried} 件、本年登记 {rates.fresh} 件）" if rates.carried else ""
    beside = "、".join(f"{label} {getattr(rates, name)} 次" for name, label in WATCHED_LABELS.items())
    return f"登记 {rates.registered} 件{come}，计入 {rates.total} 件，{done}；另{out}；{beside}"


def table_json(table: RateTable) -> dict[str, Any]:
    return {
        "on": table.day.isoformat(),
        "target_percent": table.target,
        "target_on": table.target_on.isoformat() if table.target_on else None,
        "all": as_json(table.all),
        "by_unit": {name: as_json(rates) for name, rates in table.by_unit.items()},
        "by_workstream": {name: as_json(rates) for name, rates in table.by_workstream.items()},
        **({"year": table_json(table.year)} if table.year else {}),
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
        **({"carried": rates.carried, "fresh": rates.fresh} if rates.population == Population.YEAR else {}),
        **{name: getattr(rates, name) for name in WATCHED_LABELS},
        "completion_rate": percent(rates.completed, rates.total),
        "resolution_rate": percent(rates.resolved, rates.total),
        "reached": rates.reached,
    }


def percent(part: int, whole: int) -> float | None:
    return part * 1000 // whole / 10 if whole else None
