"""Telling the administrators of background work that has failed for good, here and by their e-mail of the day."""

from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.rights.permissions import Role
from common.periods import local_date
from common.rows.database import one_at_a_time
from jobs.models import Job
from jobs.runner import ASK_ADMINS
from ledger.models import Notice, NoticeKind


@transaction.atomic
def tell_admins(*, job: Job, **kwargs: Any) -> list[Notice]:
    """One notice for every admin in use, once a day for a kind of work, however often it fails."""
    at = job.finished_at
    if at is None:
        return []
    one_at_a_time(f"failed:{job.kind}")
    link = f"{reverse('jobs:job-list')}?state=failed&kind={job.kind}"
    if Notice.objects.filter(kind=NoticeKind.REMINDED, link=link, made_at__date=local_date(at)).exists():
        return []
    then = "系统每半小时再做一次，请查看日志找到原因" if job.needed else "请查看日志找到原因，在后台任务页重新运行"
    words = f"后台任务“{job.name}”没有完成：{job.message.removesuffix(ASK_ADMINS)}。{then}"
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk")
    common = {"kind": NoticeKind.REMINDED, "link": link, "words": words[:300], "made_at": at}
    return Notice.objects.bulk_create(Notice(recipient=person, **common) for person in admins)
