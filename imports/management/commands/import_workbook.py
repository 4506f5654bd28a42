import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.rights.permissions import Role
from common.clock import today
from imports.errors import ImportRefusedError, MappingNeededError, UnreadableFileError
from imports.plans.summary import ALWAYS_TOLD, PARTS, rights_words
from imports.resources.kinds import RESOURCES
from imports.resources.roster import RosterResource
from imports.writing.at_once import check_file, import_file


class Command(BaseCommand):
    help = "导入一个工作簿；不加 --commit 只核对，不写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(RESOURCES), help="种类")
        parser.add_argument("file", type=Path, help="文件")
        parser.add_argument("--commit", action="store_true", help="写入；不加则只核对")
        parser.add_argument("--as", metavar="工号", help="以这位管理员的名义写入；不加则记为“系统”")
        parser.add_argument("--reason", default="", help="补录原因：有了它，会动到已结账期间的行作为更正导入")
        parser.add_argument("--rights", action="store_true", help="已逐人核对花名册里岗位、单位、范围的变动")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, kind: str, file: Path, commit: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"没有这个文件：{file}")
        why = options["reason"].strip()
        actor = self.admin(options["as"]) if options["as"] else None
        try:
            if commit and not options["rights"]:
                self.refuse_rights(
                    check_file(kind, file, today=today(), reason=why).told if kind == RosterResource.kind else {}
                )
            if commit:
                found = import_file(kind, file, actor=actor, at=timezone.now(), today=today(), reason=why)
            else:
                found = check_file(kind, file, today=today(), reason=why)
        except MappingNeededError as error:
            raise CommandError(f"{error}；请改好表头，或在“数据导入”页面上传这个文件，逐列对应表头") from error
        except (UnreadableFileError, ImportRefusedError) as error:
            raise CommandError(str(error)) from error
        told = found.told | {"committed": commit, "batch": found.batch.pk if found.batch else None}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) if options["json"] else self.words(told))

    def refuse_rights(self, told: dict[str, Any]) -> None:
        words = rights_words(told)
        if words:
            raise CommandError(f"{words}，没有写入任何内容：请先不加 --commit 逐人核对，再加 --rights 写入")

    def admin(self, username: str) -> User:
        found = User.objects.filter(username=username, is_active=True, role=Role.ADMIN).first()
        if found is None:
            raise CommandError(f"“{username}”不是在用的管理员账号")
        return found

    def words(self, told: dict[str, Any]) -> str:
        done = "没有可写入的内容" if told["committed"] else "只核对，未写入；加 --commit 写入"
        parts = " + ".join(f"{outcome.label} {told[key]}" for outcome, key in PARTS if told[key] or key in ALWAYS_TOLD)
        if told["batch"]:
            done = f"已写入，导入批次 #{told['batch']}，可在“数据导入”页面查看或撤销"
        lines = [f"读取 {told['rows']} 行 = {parts}（{done}）"]
        lines += [
            f"{e['sheet']}!{e['cell'] or e['row']} {e['column']}“{e['value']}”：{e['reason']}" for e in told["errors"]
        ]
        for asked in told["questions"]:
            where, options = f"{asked['sheet']}第{asked['row']}行", "、".join(asked["options"])
            lines.append(f"{where} {asked['reason']}：{options}；请补上信用代码，或在页面上传后选择")
        if told["ignored"]:
            lines.append(f"没有对应、不会导入的列：{'、'.join(column['heading'] for column in told['ignored'])}")
        lines += [f"{words}，写入须加 --rights"] if (words := rights_words(told)) and not told["committed"] else []
        return "\n".join(lines + told["notes"])
