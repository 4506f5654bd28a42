"""Composing a briefing: its heading, and its paragraphs one by one. What was issued is edited no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import Unit, User
from common.forms.conflicts import StaleVersionError, save_version
from common.idempotence import AlreadySavedError, differing, own_key, saved_before
from common.periods import local_date
from common.text import clean
from reports.briefing.errors import BriefingError
from reports.briefing.text import picks
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.compose import Binder
from reports.briefing.text.language import brackets_fault, speak
from reports.briefing.text.names import said, to_codes
from reports.briefing.text.outline import Default, default_picks, defaults
from reports.briefing.text.scopes import Scope
from reports.models import Briefing, BriefingParagraph, BriefingStatus, BriefingTemplate, Rounding


@dataclass(frozen=True)
class Heading:
    """What an author chooses for a briefing."""

    title: str
    rounding: str = Rounding.PROSE
    with_annexes: bool = True
    template: BriefingTemplate | None = None


def usual_title(scope: Scope) -> str:
    """The blank is where the printed title breaks into two lines."""
    period = scope.period.label
    if scope.workstream:
        return f"{period}政法系统 派驻服务保障{scope.workstream}工作情况汇报"
    return f"{scope.name}{period}{'' if scope.unit else '政法系统'} 派驻服务保障“六件大事”工作情况汇报"


def may_write(user: User, unit: Unit | None) -> bool:
    """The office writes any briefing, a unit's coordinator that unit's own."""
    if not user.can("briefing.edit"):
        return False
    return user.sees_all or bool(unit and user.scope_units().filter(pk=unit.pk).exists())


def unsaved(scope: Scope, heading: Heading, now: datetime) -> tuple[Briefing, list[BriefingParagraph]]:
    """A briefing with the usual paragraphs that is not kept: what the command prints."""
    briefing = Briefing(
        period=scope.period.code,
        unit=scope.unit,
        unit_only=scope.only,
        workstream=scope.workstream,
        title=heading.title,
        rounding=heading.rounding,
        with_annexes=heading.with_annexes,
    )
    return briefing, usual_paragraphs(briefing, scope, None, now)


def usual_paragraphs(briefing: Briefing, scope: Scope, user: User | None, now: datetime) -> list[BriefingParagraph]:
    book = FigureBook(scope, Rounding.EXACT, now)
    return [
        paragraph_of(one, briefing, order, default_picks(one, scope, book, user))
        for order, one in enumerate(defaults(scope), 1)
    ]


def paragraph_of(one: Default, briefing: Briefing, order: int, chosen: list[picks.Pick]) -> BriefingParagraph:
    return BriefingParagraph(
        briefing=briefing,
        order=order,
        key=one.key,
        section=one.section,
        lead=one.lead,
        text=one.text,
        picks=chosen,
    )


@transaction.atomic
def create_briefing(
    *, scope: Scope, heading: Heading, actor: User, now: datetime, source: Briefing | None, submission: UUID | None
) -> Briefing:
    """A draft with the usual paragraphs, or with those of an earlier briefing, whose names are then bound anew.

    Raises:
        BriefingError: not a scope this person may write about.
        AlreadySavedError: the form has begun another briefing before.
    """
    made = saved_before(Briefing, actor, submission)
    if made:
        if differing(made, asked_for(scope, heading, made)):
            raise AlreadySavedError(made)
        return made
    if not may_write(actor, scope.unit):
        raise BriefingError("只能起草本单位的汇报", "unit")
    briefing = Briefing(
        period=scope.period.code,
        unit=scope.unit,
        unit_only=scope.only,
        workstream=scope.workstream,
        title=clean(heading.title) or usual_title(scope),
        rounding=heading.rounding,
        with_annexes=heading.with_annexes,
        template=heading.template,
        author=actor,
        submission=own_key(actor, submission),
        created_at=now,
    )
    briefing.save()
    usual = usual_paragraphs(briefing, scope, actor, now)
    BriefingParagraph.objects.bulk_create(usual if source is None else carried_over(source, briefing, usual))
    return briefing


def asked_for(scope: Scope, heading: Heading, made: Briefing) -> dict[str, Any]:
    """What a form asks for, as far as the briefing it has begun still tells: its heading may have been edited since."""
    told: dict[str, Any] = {
        "period": scope.period.code, "unit": scope.unit, "unit_only": scope.only, "workstream": scope.workstream,
    }  # fmt: skip
    if made.version > 1:
        return told
    told |= {"rounding": heading.rounding, "with_annexes": heading.with_annexes, "template": heading.template}
    return told | ({"title": clean(heading.title)} if clean(heading.title) else {})


def carried_over(source: Briefing, briefing: Briefing, usual: Sequence[BriefingParagraph]) -> list[BriefingParagraph]:
    """An earlier briefing's sentences; examples are of the new period, where it is another one."""
    fresh = {one.key: one.picks for one in usual if one.key}
    about = ("period", "unit_id", "unit_only", "workstream_id")
    same = all(getattr(source, name) == getattr(briefing, name) for name in about)
    return [
        BriefingParagraph(
            briefing=briefing,
            order=order,
            key=one.key,
            section=one.section,
            lead=one.lead,
            text=one.text,
            picks=one.picks if same else fresh.get(one.key, []),
        )
        for order, one in enumerate(source.paragraphs.all(), 1)
    ]


def ensure_draft(briefing: Briefing) -> None:
    """Holds the row until the transaction ends: nothing is edited while it is being issued.

    Raises:
        BriefingError: it was issued.
    """
    held = Briefing.objects.select_for_update().filter(pk=briefing.pk).values_list("status", flat=True).first()
    if held != BriefingStatus.DRAFT:
        raise BriefingError("这份汇报已签发，不能再改；请以它为底稿另起一稿")


def ensure_seen(paragraph: BriefingParagraph, seen: int | None) -> None:
    """What somebody has just written goes only when it has been seen; `ensure_draft` holds the briefing."""
    paragraph.refresh_from_db()
    if seen is not None and paragraph.version != seen:
        raise StaleVersionError


@transaction.atomic
def edit_heading(*, briefing: Briefing, heading: Heading, version: int | None) -> None:
    """Raises: BriefingError: issued. StaleVersionError: somebody saved it since."""
    ensure_draft(briefing)
    briefing.title, briefing.rounding = clean(heading.title), heading.rounding
    briefing.with_annexes, briefing.template = heading.with_annexes, heading.template
    save_version(briefing, version)


@dataclass(frozen=True)
class Wording:
    """What an author writes in a paragraph."""

    section: str
    lead: str
    text: str
    picks: list[picks.Pick]


@transaction.atomic
def edit_paragraph(
    *, paragraph: BriefingParagraph, wording: Wording, actor: User, now: datetime, version: int | None
) -> None:
    """Saves an author's sentences.

    Raises:
        BriefingError: a placeholder names nothing, or a record was picked that this person may not see; or issued.
        StaleVersionError: somebody saved it since.
    """
    ensure_draft(paragraph.briefing)
    scope = Scope.of(paragraph.briefing, local_date(now))
    text = to_codes(clean(wording.text), scope)
    check_wording(text, scope, now)
    kept = {picks.value_of(one) for one in paragraph.picks}
    found = picks.find(wording.picks, lambda kind: picks.KINDS[kind].of(scope, actor))
    strange = [one for one in wording.picks if picks.value_of(one) not in kept | set(found)]
    if strange:
        raise BriefingError("所选记录里有不属于本期、本范围的，请重新选择", "picks")
    paragraph.section, paragraph.lead = clean(wording.section), clean(wording.lead)
    paragraph.text, paragraph.picks = text, wording.picks
    save_version(paragraph, version)


def check_wording(text: str, scope: Scope, now: datetime) -> None:
    """Raises: BriefingError: every placeholder that names nothing, with the nearest known names."""
    if fault := brackets_fault(text):
        raise BriefingError(fault, "text")
    faults = speak(text, Binder(scope, Rounding.PROSE, now).checked).faults
    if faults:
        raise BriefingError("；".join(said(fault, scope) for fault in faults), "text")


@transaction.atomic
def add_paragraph(*, after: BriefingParagraph) -> BriefingParagraph:
    """An empty paragraph of the author's own, in the same section."""
    ensure_draft(after.briefing)
    rows = BriefingParagraph.objects.filter(briefing=after.briefing, order__gt=after.order)
    rows.update(order=F("order") + 1)
    return BriefingParagraph.objects.create(
        briefing=after.briefing, order=after.order + 1, section=after.section, text=""
    )


@transaction.atomic
def move_paragraph(*, paragraph: BriefingParagraph, down: bool) -> None:
    """Changes places with its neighbour; the first does not go up, nor the last down."""
    ensure_draft(paragraph.briefing)
    rows = list(BriefingParagraph.objects.filter(briefing=paragraph.briefing))
    at = next(n for n, row in enumerate(rows) if row.pk == paragraph.pk)
    to = at + (1 if down else -1)
    if 0 <= to < len(rows):
        rows.insert(to, rows.pop(at))
    for order, row in enumerate(rows, 1):
        row.order = order
    BriefingParagraph.objects.bulk_update(rows, ["order"])


@transaction.atomic
def drop_paragraph(*, paragraph: BriefingParagraph, seen: int | None = None) -> None:
    """Raises: BriefingError: the last one, or issued. StaleVersionError: it is no longer as it was `seen`."""
    ensure_draft(paragraph.briefing)
    ensure_seen(paragraph, seen)
    if not BriefingParagraph.objects.filter(briefing=paragraph.briefing).exclude(pk=paragraph.pk).exists():
        raise BriefingError("至少留一段")
    paragraph.delete()


@transaction.atomic
def restore_paragraph(*, paragraph: BriefingParagraph, actor: User, now: datetime, seen: int | None = None) -> None:
    """The usual sentences and examples again; a paragraph of the author's own has none.

    Raises:
        BriefingError: it never was one of the usual ones, or the briefing was issued.
        StaleVersionError: it is no longer as it was `seen`.
    """
    ensure_draft(paragraph.briefing)
    ensure_seen(paragraph, seen)
    scope = Scope.of(paragraph.briefing, local_date(now))
    one = next((one for one in defaults(scope) if one.key == paragraph.key), None)
    if one is None:
        raise BriefingError("这一段是自己添加的，没有默认文字")
    paragraph.section, paragraph.lead, paragraph.text = one.section, one.lead, one.text
    paragraph.picks = default_picks(one, scope, FigureBook(scope, Rounding.EXACT, now), actor)
    save_version(paragraph, paragraph.version)


@transaction.atomic
def restore_missing(*, briefing: Briefing, actor: User, now: datetime) -> int:
    """Puts back, at the end, the usual paragraphs that were dropped; says how many."""
    ensure_draft(briefing)
    scope = Scope.of(briefing, local_date(now))
    rows = list(briefing.paragraphs.all())
    known, last = {row.key for row in rows}, max((row.order for row in rows), default=0)
    usual = [row for row in usual_paragraphs(briefing, scope, actor, now) if row.key not in known]
    for order, row in enumerate(usual, last + 1):
        row.order = order
    BriefingParagraph.objects.bulk_create(usual)
    return len(usual)
