"""Issuing a briefing: the document frozen, byte for byte. A correction is a new briefing."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from jinja2 import TemplateError

from accounts.models import User
from common.periods import Period, local_date
from reports.briefing.annexes import annexes
from reports.briefing.changes import frozen
from reports.briefing.compose import Composed, Told, compose
from reports.briefing.errors import BriefingError
from reports.briefing.figures import FigureBook
from reports.briefing.scopes import Scope
from reports.briefing.word import write
from reports.models import Briefing, BriefingStatus, IssuedBriefing
from reports.tallies import compute, store


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
        raise BriefingError(f"模板“{briefing.template}”填不进去：{error.message}，请改模板后重新上传") from error


def where(told: Told) -> str:
    name = told.paragraph.lead or told.paragraph.section or "开头"
    return f"第 {told.paragraph.order} 段（{name}）"


def recount(period: Period, now: datetime) -> None:
    """The stored figures as the records give them now; a closed period keeps its own."""
    store(period, compute(period, local_date(now)), now)


@transaction.atomic
def issue_briefing(*, briefing: Briefing, actor: User, now: datetime, site: str = "") -> IssuedBriefing:
    """Freezes the document with figures counted at this moment. Pressed twice, it is issued once.

    Raises:
        BriefingError: a placeholder names nothing, or the template does not fit.
    """
    held = (
        Briefing.objects.select_for_update(of=("self",))
        .select_related("unit", "workstream", "template")
        .get(pk=briefing.pk)
    )
    if not held.is_draft:
        return IssuedBriefing.objects.get(briefing=held)
    scope = Scope.of(held, local_date(now))
    recount(scope.period, now)
    composed = compose(held, list(held.paragraphs.all()), scope, now)
    content = document(held, composed, now, site)
    held.status = BriefingStatus.ISSUED
    held.save(update_fields=["status"])
    return IssuedBriefing.objects.create(
        briefing=held,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        body=frozen_body(composed),
        figures=[frozen(figure) for figure in composed.figures],
        figure_count=len(composed.figures),
        issued_by=actor,
        issued_name=str(actor),
        issued_at=now,
    )


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
