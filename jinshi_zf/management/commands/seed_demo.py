"""manage.py seed_demo [--scale N]: an office to try everything on; its first half of 2023 is the published one."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.periods import local_date
from jinshi_zf.demo import office
from jinshi_zf.demo.people import SIGN_INS, new_password


class Command(BaseCommand):
    help = "在空库中写入演示单位：2023 年上半年的统计与公布数字一致；再次运行不作任何改动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, default=1, metavar="N", help="业务记录成倍写入，用于压力测试")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scale"] < 1:
            raise CommandError("倍数应为 1 或更大的整数")
        if office.exists():
            self.stdout.write("演示数据已在库中，未作改动。登录密码只在首次写入时显示。")
            return
        password = os.environ.get("JINSHI_DEMO_PASSWORD") or new_password()
        now = timezone.now()
        try:
            world = office.make(now=now, today=local_date(now), password=password, times=options["scale"])
        except office.RealDataError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("演示数据已写入。登录账号（密码只显示这一次）：")
        for username, *_ in SIGN_INS:
            user = world.people[username]
            where = user.unit.label if user.unit else "—"
            self.stdout.write(f"  {username:<12} {password:<20} {user.name}　{where}　{user.post}")
