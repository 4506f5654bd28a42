"""manage.py briefing PERIOD --out FILE.docx [--unit NAME [--only]] [--workstream NAME] [--exact]: the usual one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Unit
from common.periods import Period, UnknownPeriodError, local_date
from enterprises.models import Workstream
from reports.briefing.drafts import Heading, unsaved, usual_title
from reports.briefing.issuing import BriefingError, document, recount
from reports.briefing.text.compose import compose
from reports.briefing.text.scopes import Scope
from reports.models import Rounding
from reports.pages.choosing import checked_period


class Command(BaseCommand):
    help = "按默认段落写出一个统计期的工作情况汇报（Word），不保存、不签发；数字现算"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", help="统计期：2023H1、2023H2……")
        parser.add_argument("--out", required=True, metavar="FILE", help="写到哪个 .docx 文件")
        parser.add_argument("--unit", metavar="NAME", default="", help="只写一个单位及其下级，如 市公安局")
        parser.add_argument("--only", action="store_true", help="和 --unit 一起用：仅本级，不含下级单位")
        parser.add_argument("--workstream", metavar="NAME", default="", help="只写一件大事，如 五好园区")
        parser.add_argument("--exact", action="store_true", help="行文用准确值，不取余")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            period = checked_period(options["period"], local_date(now))
        except UnknownPeriodError as error:
            raise CommandError(str(error)) from error
        if not isinstance(period, Period):
            raise CommandError(f"{period.label}不是统计期，请写成 2023H1（上半年）、2023H2（下半年）")
        if options["unit"] and options["workstream"]:
            raise CommandError("--unit 和 --workstream 只能写一个")
        if options["only"] and not options["unit"]:
            raise CommandError("--only 要和 --unit 一起写")
        unit, workstream = named(Unit, options["unit"]), named(Workstream, options["workstream"])
        scope = Scope.about(period, local_date(now), unit, workstream, only=options["only"])
        recount(period, now)
        rounding = Rounding.EXACT if options["exact"] else Rounding.PROSE
        briefing, paragraphs = unsaved(scope, Heading(usual_title(scope), rounding), now)
        composed = compose(briefing, paragraphs, scope, now)
        try:
            Path(options["out"]).write_bytes(document(briefing, composed, now, settings.SITE_URL))
        except BriefingError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"写不进 {options['out']}，请核对路径和权限") from error
        self.stdout.write(f"{briefing.title}：{len(composed.figures)} 个数字，已写入 {options['out']}")


def named(model: Any, name: str) -> Any:
    """The unit or matter of that name; None where none is asked for.

    Raises:
        CommandError: there is none.
    """
    if not name:
        return None
    found = model.objects.filter(name=name).first()
    if found is None:
        known = "、".join(model.objects.values_list("name", flat=True))
        raise CommandError(f"没有名为“{name}”的{model._meta.verbose_name}；现有：{known}")
    return found
