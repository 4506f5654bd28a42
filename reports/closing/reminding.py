"""Who has still to sign for a period that is over: told where they work, in the day's e-mail, and by the office."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import Unit, User
from accounts.rights.permissions import Role, can
from common.periods import Period, local_date
from ledger.models import Notice, NoticeKind
from reports.closing.books import (
    ClosingError,
    check_close,
    current_close,
    next_version,
    unsigned,
)
from reports.closing.digests import digest_of, part_cells, stored_cells
from reports.figures.registry.half_years import FIRST
from reports.figures.tallies import hold
from reports.models import PeriodClose, UnitSignoff

SIGNERS = (Role.COORDINATOR, Role.LEADER)


def open_periods(today: date) -> list[Period]:
    """Half-years to be signed for: the one just over, and those opened again; the earliest first."""
    last = Period.half_of(today).previous()
    newest: dict[str, PeriodClose] = {}
    for close in PeriodClose.objects.select_related("book", "reopening").order_by("version"):
        newest[close.book.code] = close
    reopened = [Period.parse(code) for code, close in newest.items() if hasattr(close, "reopening")]
    fresh = [last] if last >= FIRST and last.code not in newest else []
    return sorted([*reopened, *fresh])


def waiting_signature(user: User, today: date) -> Period | None:
    """The half-year that waits for the signature of this person's unit."""
    if not can(user, "period.sign") or user.unit_id is None:
        return None
    for period in open_periods(today):
        cells = part_cells(period, user.unit_id)
        if cells:
            given = UnitSignoff.objects.filter(book__code=period.code, version=next_version(period), unit=user.unit_id)
            if not given.filter(digest=digest_of(period, cells, user.unit_id)).exists():
                return period
    return None


def signatures_due(people: Iterable[User], today: date) -> Iterator[tuple[int, str]]:
    """By person, what the day's e-mail says of a signature their unit owes (`ledger.selectors.due_work`)."""
    signers = [person for person in people if person.role in SIGNERS and person.unit_id]
    for period in open_periods(today) if signers else []:
        lacking = {unit.pk: unit for unit in unsigned(period, stored_cells(period))}
        for person in signers:
            if person.unit_id in lacking:
                yield person.pk, f"{period.label}已过完，请核对{lacking[person.unit_id]}的数字并签字"


def link_of(period: Period) -> str:
    return reverse("reports:period-sign", args=[period.code])


def reminded_on(period: Period, day: date) -> set[int]:
    """The units whose people were reminded on a day."""
    told = Notice.objects.filter(kind=NoticeKind.REMINDED, link=link_of(period), made_at__date=day)
    return set(told.values_list("recipient__unit", flat=True))


@transaction.atomic
def remind(*, period: Period, actor: User, now: datetime) -> list[Unit]:
    """Tells coordinators and leaders of every unit that has not signed; a unit is told once a day at most.

    Raises:
        ClosingError: not the office's admin, not over, closed, nobody to be told, or all of them were today.
    """
    check_close(period, actor, local_date(now))
    hold(period)
    if current_close(period):
        raise ClosingError(f"{period.label}已经结账，不用再签字")
    lacking = unsigned(period, stored_cells(period))
    if not lacking:
        raise ClosingError("各单位都已签字，不用提醒")
    told = reminded_on(period, local_date(now))
    units = {unit.pk: unit for unit in lacking if unit.pk not in told}
    if not units:
        raise ClosingError("没有签字的单位今天都提醒过了，明天再提醒")
    people = list(User.objects.filter(is_active=True, role__in=SIGNERS, unit__in=units).order_by("pk"))
    if not people:
        names = "、".join(unit.name for unit in units.values())
        raise ClosingError(f"{names}没有在用的联络员和领导账号，提醒不到人；请先开通，或直接电话联系")
    words = f"请核对{period.label}的数字并签字：签完各单位才能结账"
    common = {"kind": NoticeKind.REMINDED, "link": link_of(period), "words": words, "made_by": actor, "made_at": now}
    Notice.objects.bulk_create(Notice(recipient=person, **common) for person in people)
    reached = {person.unit_id for person in people}
    return [unit for pk, unit in units.items() if pk in reached]
