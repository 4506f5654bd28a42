"""Issuing a briefing: the document frozen, byte for byte. A correction is a new briefing."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from jinja2 import TemplateError

from accounts.models import User
from common.periods import Period, local_date
from jobs.guards import no_guard, silent
from jobs.models import Job, JobState
from jobs.services import enqueue
from reports.briefing.changes import frozen
from reports.briefing.errors import BriefingError
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.compose import Composed, Told, compose
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annexes import annexes
from reports.briefing.word.document import write
from reports.figures.tallies import compute, store
from reports.models import Briefing, BriefingParagraph, BriefingStatus, IssuedBriefing

ISSUE = "reports.issue"


def document(briefing: Briefing, composed: Composed, now: datetime, site: str) -> bytes:
    """The Word file as it would be issued now; `site` is the address that its links open.

    Raises:
        BriefingError: a placeholder names nothing: all of them, with where they stand.
    """
    if composed.faults:
        raise BriefingError("；".join(f"{where(told)}：{fault}" for told, fault in composed.faults))
    tables = annexes(composed.scope, now, composed.figures, site) if briefing.with_annexes else None
    book = FigureBook(composed.scope, briefing.rounding, now)
    try:
        return write(briefing, composed, tables, local_date(now), book)
    except TemplateError as error:
        raise BriefingError(f"模板“{briefing.template}”填不进去：里面有算不出来的写法，请改模板后重新上传") from error


def where(told: Told) -> str:
    name = told.paragraph.lead or told.paragraph.section or "开头"
    return f"第 {told.paragraph.order} 段（{name}）"


def recount(period: Period, now: datetime) -> None:
    """The stored figures as the records give them now; a closed period keeps its own."""
    store(period, compute(period, local_date(now)), now)


def request_issue(*, briefing: Briefing, actor: User, site: str) -> Job | None:
    """Asks for the issue, so that nobody's page waits while a large ledger is counted; asked twice, it is one.

    None where it is issued already.
    """
    if not briefing.is_draft:
        return None
    params = {"briefing": briefing.pk, "site": site}
    return enqueue(kind=ISSUE, params=params, key=f"issue:{briefing.pk}", owner=actor)


def last_job(briefing: Briefing, user: User) -> Job | None:
    """The issue that is under way, or the one that came to nothing."""
    if not briefing.is_draft:
        return None
    jobs = Job.objects.visible_to(user).filter(kind=ISSUE, params__briefing=briefing.pk)
    job = jobs.order_by("-id").first()
    return job if job and job.state != JobState.DONE else None


def issue_briefing(
    *,
    briefing: Briefing,
    actor: User,
    now: datetime,
    site: str = "",
    guard: Callable[[], None] = no_guard,
    tell: Callable[[int, str], None] = silent,
) -> IssuedBriefing:
    """Freezes the document with figures counted at this moment. Run again, it finds it issued.

    Counted and written before anything is locked: others go on writing meanwhile. `guard` is called first in the
    last transaction, `tell` with each step.

    Raises:
        BriefingError: a placeholder names nothing, the template does not fit, or the draft was edited meanwhile.
    """
    held = Briefing.objects.select_related("unit", "workstream", "template").get(pk=briefing.pk)
    if not held.is_draft:
        return IssuedBriefing.objects.get(briefing=held)
    paragraphs = list(held.paragraphs.all())
    scope = Scope.of(held, local_date(now))
    tell(0, "按现在的记录统计")
    recount(scope.period, now)
    tell(1, "写正文和附件")
    composed = compose(held, paragraphs, scope, now)
    content = document(held, composed, now, site)
    figures = [frozen(figure) for figure in composed.figures]
    tell(2, "留档")
    return keep(held, paragraphs, composed, content, figures, (actor, now, guard))


@transaction.atomic
def keep(
    held: Briefing,
    paragraphs: Sequence[BriefingParagraph],
    composed: Composed,
    content: bytes,
    figures: list[dict[str, Any]],
    by: tuple[User, datetime, Callable[[], None]],
) -> IssuedBriefing:
    """The document is kept, and the draft is none any more: if it still reads as it did."""
    actor, now, guard = by
    guard()
    fresh = Briefing.objects.select_for_update().get(pk=held.pk)
    if not fresh.is_draft:
        return IssuedBriefing.objects.get(briefing=fresh)
    if fresh.version != held.version or worded(fresh.paragraphs.all()) != worded(paragraphs):
        raise BriefingError("签发时有人改了这份汇报，没有签发；请看过改动再签发")
    fresh.status = BriefingStatus.ISSUED
    fresh.save(update_fields=["status"])
    return IssuedBriefing.objects.create(
        briefing=fresh,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        body=frozen_body(composed),
        figures=figures,
        figure_count=len(figures),
        issued_by=actor,
        issued_name=str(actor),
        issued_at=now,
    )


def worded(paragraphs: Iterable[BriefingParagraph]) -> list[tuple[int, int]]:
    """Which paragraphs, in their order, in which version."""
    return [(one.pk, one.version) for one in paragraphs]


def issued_file(issue: IssuedBriefing) -> bytes:
    """The bytes as they went out.

    Raises:
        BriefingError: they are no longer those: the database was changed behind the system's back.
    """
    content = bytes(issue.content)
    if hashlib.sha256(content).hexdigest() != issue.sha256:
        raise BriefingError("留档文件与签发时的 SHA-256 不符，文件被改动过，不能下载；请联系管理员从备份恢复")
    return content


def frozen_body(composed: Composed) -> list[dict[str, Any]]:
    """The text as it was printed, for the page: each figure by its place in `figures`."""
    at = 0
    sections = []
    for section in composed.sections:
        paragraphs = []
        for told in section.paragraphs:
            pieces: list[list[Any]] = []
            for piece in told.pieces:
                pieces.append([piece.text, at if piece.figure else None])
                at += bool(piece.figure)
            paragraphs.append({"lead": told.lead, "pieces": pieces})
        sections.append({"heading": section.heading, "paragraphs": paragraphs})
    return sections
