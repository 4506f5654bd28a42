"""manage.py vacancies: what has nobody of its own now, why, and who receives it meanwhile. Nothing is changed."""

from typing import Any

from django.core.management.base import BaseCommand

from common.clock import today
from ledger.services.people.receiving import Office
from ledger.services.vacancies import LACKS, found, names, receives


class Command(BaseCommand):
    help = "列出没有专人负责的事：什么、为什么、现在由谁接手；与页面“没有专人负责的事”同一个判断，不写入"

    def handle(self, *args: Any, **options: Any) -> None:
        office = Office.now()
        lines = [one for kind in LACKS for one in found(kind, today())]
        for count, one in enumerate(lines, 1):
            where = f"（{one.unit}）" if one.unit else ""
            receiver = names(receives(one, office))
            self.stdout.write(f"{count}. {one.get_kind_display()} {one.what}{where}：{one.why}，现由 {receiver} 接手")
        self.stdout.write(f"共 {len(lines)} 项没有专人负责。" if lines else "每件事都有专人负责。")
