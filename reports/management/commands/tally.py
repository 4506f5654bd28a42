"""manage.py tally PERIOD [--json]: counts a period from the records, stores it and prints every figure."""

import json
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.periods import AnyPeriod, UnknownPeriodError, local_date
from reports.figures.blank import blank_words, is_blank
from reports.figures.counting import recount
from reports.figures.sequels import BESIDE, Told, sequels
from reports.figures.values import Figure, figures
from reports.models import PeriodBook
from reports.pages.choosing import checked_period


class Command(BaseCommand):
    help = "重新统计一个统计期（如 2023H1），保存并列出全部指标；已结账的只列出结账时的数字"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", help="统计期：2023H1、2023Q2、2023M06、2023 或 2023-01-05..2023-03-31")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            period = checked_period(options["period"], local_date(now))
        except UnknownPeriodError as error:
            raise CommandError(str(error)) from error
        stored = recount(period, now, whole=True).stored
        if not period.is_half:
            PeriodBook.objects.filter(code=period.code).update(asked_at=now)
        found, after, blank = figures(period, now=now), sequels(period), is_blank(period, now=now)
        if options["json"]:
            told = as_json(period, found, after) | ({"no_data": True} if blank else {})
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        if blank:
            self.stdout.write(f"{blank_words(period, is_current=local_date(now) in period)}，无数据")
            return
        self.stdout.write(f"{period.label}{'' if stored else '（已结账，以下为结账时的数字）'}")
        for figure in found:
            beside = "；".join(filter(None, [figure.remark, str(after) if figure.code == BESIDE.code else ""]))
            self.stdout.write(f"{figure.label}：{figure.exact}{f'（{beside}）' if beside else ''}")
            for name, value in figure.by_workstream.items():
                self.stdout.write(f"    {name}：{figure.indicator.exact(value)}")


def as_json(period: AnyPeriod, found: list[Figure], after: Told) -> dict[str, Any]:
    return {
        "period": period.code,
        "figures": [
            {
                "code": figure.code,
                "label": figure.label,
                "value": number(figure.value),
                "text": figure.text,
                "by_workstream": {name: number(value) for name, value in figure.by_workstream.items()},
                "by_unit": {name: number(value) for name, value in figure.by_unit.items()},
                **({"signed_version": figure.signed_version} if figure.signed_version else {}),
                **({"resolved_again": after.repeated, "open_again": after.reopened} if is_beside(figure) else {}),
            }
            for figure in found
        ],
    }


def is_beside(figure: Figure) -> bool:
    return figure.code == BESIDE.code


def number(value: int | Decimal | None) -> int | float | None:
    """A JSON number; yuan with 分 have two decimals, which a double prints exactly. What was not counted is null."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
