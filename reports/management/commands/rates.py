"""manage.py rates --on DATE [--json]: 办结率 and 化解率 as they stood at the end of a day."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.rates import Rates, rates_on


class Command(BaseCommand):
    help = "列出某日的办结率和化解率：全部、分责任单位、分六件大事"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", required=True, metavar="DATE", help="截止日期，如 2023-10-31")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["on"])
        except ValueError as error:
            raise CommandError(f"“{options['on']}”不是日期，请写成 2023-10-31") from error
        table = rates_on(day)
        groups = {"全部": table.all, **table.by_unit, **table.by_workstream}
        if options["json"]:
            told = {
                "on": day.isoformat(),
                "target_percent": table.target,
                "target_on": table.target_on.isoformat() if table.target_on else None,
                "all": as_json(table.all),
                "by_unit": {name: as_json(rates) for name, rates in table.by_unit.items()},
                "by_workstream": {name: as_json(rates) for name, rates in table.by_workstream.items()},
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"截至 {day}，目标 {table.target}%")
        for name, rates in groups.items():
            self.stdout.write(
                f"{name}：计 {rates.total} 件，办结 {rates.completed} 件 {rates.completion_text}，"
                f"化解 {rates.resolved} 件 {rates.resolution_text}；"
                f"另不予受理 {rates.rejected} 件、重复 {rates.duplicate} 件，重新打开 {rates.reopened} 次"
            )


def as_json(rates: Rates) -> dict[str, Any]:
    """Counts, and both rates in percent floored to one decimal; null where there is nothing to divide by."""
    return {
        "registered": rates.registered,
        "rejected": rates.rejected,
        "duplicate": rates.duplicate,
        "total": rates.total,
        "completed": rates.completed,
        "resolved": rates.resolved,
        "reopened": rates.reopened,
        "completion_rate": percent(rates.completed, rates.total),
        "resolution_rate": percent(rates.resolved, rates.total),
        "reached": rates.reached,
    }


def percent(part: int, whole: int) -> float | None:
    return part * 1000 // whole / 10 if whole else None
