"""manage.py verify: recounts every stored figure from the records and checks event chains, money and files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.periods import local_date
from jinshi_zf.verification import differences
from ledger.services.vacancies import LACKS


class Command(BaseCommand):
    help = "核对：用原始记录重新统计已存的全部数字，检查台账事件、期限、金额归属、编号和附件；有差异时列出，退出码非零"

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for count, difference in enumerate(differences(local_date(timezone.now())), 1):
            self.stdout.write(f"{count}. {difference}")
        without = sum(lack.rows().count() for lack in LACKS.values())
        if without:
            self.stdout.write(f"另有 {without} 项没有专人负责（不是差异）：manage.py vacancies 逐项列出")
        if count:
            raise CommandError(f"共 {count} 处差异；统计数有差异的，请先运行 manage.py tally 统计期，再核对一次")
        self.stdout.write("核对无差异：统计数、台账事件、办理期限、金额归属、编号、附件均一致。")
