import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from common.clock import today
from imports.apply import write_plan
from imports.errors import ImportRefusedError, MappingNeededError, UnreadableFileError
from imports.kinds import RESOURCES
from imports.pipeline import make_plan
from imports.summary import ALWAYS_TOLD, PARTS, problems, summarise


class Command(BaseCommand):
    help = "导入一个工作簿；不加 --commit 只核对，不写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(RESOURCES), help="种类")
        parser.add_argument("file", type=Path, help="文件")
        parser.add_argument("--commit", action="store_true", help="写入；不加则只核对")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, kind: str, file: Path, commit: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"没有这个文件：{file}")
        try:
            with transaction.atomic():
                plan = make_plan(file, file.name, kind, today=today())
                told = summarise(plan)
                if commit:
                    told["made"] = write_plan(plan, actor=None, batch=None, at=timezone.now())
        except MappingNeededError as error:
            raise CommandError(f"{error}；请改好表头，或在“数据导入”页面上传这个文件，逐列对应表头") from error
        except (UnreadableFileError, ImportRefusedError) as error:
            raise CommandError(str(error)) from error
        told |= {"committed": commit, "errors": problems(plan), "notes": plan.notes}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) if options["json"] else self.words(told))

    def words(self, told: dict[str, Any]) -> str:
        done = "已写入" if told["committed"] else "只核对，未写入；加 --commit 写入"
        parts = " + ".join(f"{outcome.label} {told[key]}" for outcome, key in PARTS if told[key] or key in ALWAYS_TOLD)
        lines = [f"读取 {told['rows']} 行 = {parts}（{done}）"]
        lines += [
            f"{e['sheet']}!{e['cell'] or e['row']} {e['column']}“{e['value']}”：{e['reason']}" for e in told["errors"]
        ]
        return "\n".join(lines + told["notes"])
