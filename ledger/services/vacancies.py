"""What has nobody of its own: found every working day, told to the office when something is new, and shown until it is
mended.

Somebody receives it all the same (`people.receiving`); this is what stays with a fall-back until a person is named.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.leaving import in_words
from accounts.models import Unit, User
from accounts.rights.permissions import Role
from cases.models import CaseState, LegalCase
from common.periods import local_date
from common.rows.database import one_at_a_time
from ledger.models import Notice, NoticeKind, ProblemEntry, SupervisionOrder, SupportingUnit, Vacancy, VacancyKind
from ledger.services.handover import KINDS
from ledger.services.leaving import UNFINISHED, of_unit
from ledger.services.messages.notices import named
from ledger.services.people.receiving import Office, once_each
from ledger.states import IN_HAND, Asked

VACANCIES = "ledger.vacancies"
HOLDERS = {VacancyKind.ENTRY, VacancyKind.CALLBACK, VacancyKind.PART, VacancyKind.PAIRING, VacancyKind.CASE}


@dataclass(frozen=True)
class Lack:
    """One kind: which rows lack somebody, as (unit, person) by their paths, and the words for one of them."""

    rows: Callable[[], QuerySet[Any]]
    unit: Any  # an expression or a path
    person: str
    what: Callable[[Any], str]
    why: Callable[[Any, User | None], str]


def gone_q(person: str) -> Q:
    """Named, and not working here any more."""
    named = Q(**{f"{person}__isnull": False})
    return named & (Q(**{f"{person}__is_active": False}) | Q(**{f"{person}__role": Role.AUDITOR}))


def elsewhere_q(person: str, unit: str) -> Q:
    """Named, and working in a unit that is not within the one that has the work."""
    named = Q(**{f"{person}__isnull": False, f"{unit}__isnull": False})
    outside = ~Q(**{f"{person}__unit__path__startswith": F(f"{unit}__path")})
    return named & (Q(**{f"{person}__unit__isnull": True}) | outside)


def went(row: Any, person: User | None) -> str:
    """Where the person went, in words."""
    if person is None:
        return ""
    if not person.is_active:
        return f"{person.name} 的账号已停用"
    return f"{person.name} 已改为审计员" if not person.works else f"{person.name} 在{person.unit or '单位之外'}"


def left_by(kind: str, unit: Any) -> Lack:
    """What is handed over kind by kind (`services.handover`), where its holder has left or moved."""
    held = KINDS[kind]

    def rows() -> QuerySet[Any]:
        rule = gone_q(held.owner)
        return held.rows().filter(rule | elsewhere_q(held.owner, held.within) if held.within else rule)

    return Lack(rows, unit, held.owner, held.name, went)


def lapsed_requests() -> QuerySet[Any]:
    return ProblemEntry.objects.exclude(asked="").filter(gone_q("asked_by"))


def lapsed_orders() -> QuerySet[Any]:
    """Not answered, and whoever signed for it has left, or the unit is no more in use."""
    return SupervisionOrder.objects.unanswered().filter(gone_q("acknowledged_by") | Q(unit__is_active=False))


def why_order(order: SupervisionOrder, person: User | None) -> str:
    return went(order, person) if person and not person.works else f"{order.unit}已停用"


def with_work() -> Q:
    """Units that something open is with (`services.leaving.of_unit`)."""
    entries = ProblemEntry.objects.filter(state__in=UNFINISHED)
    led = Exists(entries.filter(lead_unit=OuterRef("pk")))
    received = Exists(entries.filter(lead_unit=None, unit=OuterRef("pk")))
    parts = SupportingUnit.objects.filter(unit=OuterRef("pk"), result="", entry__state__in=IN_HAND)
    open_cases = LegalCase.objects.filter(unit=OuterRef("pk"), state=CaseState.OPEN)
    return Q(led) | Q(received) | Q(Exists(parts)) | Q(Exists(open_cases))


def units_off() -> QuerySet[Unit]:
    return Unit.objects.filter(with_work(), is_active=False)


def units_without_clerk() -> QuerySet[Unit]:
    """In use, with people or work, and nobody of their own who receives."""
    people = User.objects.working().filter(unit=OuterRef("pk"))
    clerks = people.filter(role=Role.COORDINATOR)
    return Unit.objects.filter(with_work() | Q(Exists(people)), ~Exists(clerks), is_active=True)


def why_off(unit: Unit, person: User | None) -> str:
    return f"单位已停用，还有{in_words(of_unit(unit))}"


def why_unclerked(unit: Unit, person: User | None) -> str:
    waiting = in_words(of_unit(unit))
    return f"没有自己的联络员，{f'有{waiting}' if waiting else '眼下没有未了的事'}"


LACKS: dict[str, Lack] = {
    VacancyKind.ENTRY: left_by("entry", Coalesce("lead_unit", "unit")),
    VacancyKind.CALLBACK: left_by("callback", F("unit")),
    VacancyKind.PART: left_by("part", F("unit")),
    VacancyKind.REQUEST: Lack(
        lapsed_requests,
        Coalesce("lead_unit", "unit"),
        "asked_by",
        lambda entry: f"{entry} 申请{Asked(entry.asked).label}",
        lambda entry, person: f"申请人{went(entry, person)}",
    ),
    VacancyKind.ORDER: Lack(
        lapsed_orders, F("unit"), "acknowledged_by", lambda order: f"{order.number} {order.entry}", why_order
    ),
    VacancyKind.PAIRING: left_by("pairing", F("officer__unit")),
    VacancyKind.CASE: left_by("case", F("unit")),
    VacancyKind.UNIT_OFF: Lack(units_off, F("pk"), "", str, why_off),
    VacancyKind.NO_CLERK: Lack(units_without_clerk, F("pk"), "", str, why_unclerked),
}


def found(kind: str, day: date) -> list[Vacancy]:
    """What of this kind has nobody now."""
    lack = LACKS[kind]
    rows = lack.rows().annotate(at_unit=lack.unit)
    if lack.person:
        rows = rows.select_related(f"{lack.person}__unit")
    if kind == VacancyKind.ORDER:
        rows = rows.select_related("entry", "unit", f"{lack.person}__unit")
    return [vacancy(kind, row, lack, day) for row in rows]


def vacancy(kind: str, row: Any, lack: Lack, day: date) -> Vacancy:
    person = getattr(row, lack.person) if lack.person else None
    return Vacancy(
        kind=kind,
        row=row.pk,
        unit_id=row.at_unit,
        person=person,
        what=lack.what(row)[:200],
        why=lack.why(row, person)[:200],
        found_on=day,
    )


def still_q() -> Q:
    """Of the stored rows those that still have nobody."""
    rule = Q(pk__in=[])
    for kind, lack in LACKS.items():
        rule |= Q(Exists(lack.rows().order_by().filter(pk=OuterRef("row"))), kind=kind)
    return rule


@transaction.atomic
def check_vacancies(*, at: datetime, tell: bool = True) -> dict[str, int]:
    """Stores what has nobody now, drops what has somebody again, and tells the office once of what is new.

    Gives back how many there are and how many of them the office was told of now.
    """
    one_at_a_time(VACANCIES)
    day = local_date(at)
    now = {(one.kind, one.row): one for kind in LACKS for one in found(kind, day)}
    known = {(one.kind, one.row): one for one in Vacancy.objects.all()}
    Vacancy.objects.filter(pk__in=[one.pk for key, one in known.items() if key not in now]).delete()
    Vacancy.objects.bulk_create([one for key, one in now.items() if key not in known], batch_size=500)
    for key in now.keys() & known.keys():
        refresh(known[key], now[key])
    return {"found": len(now), "told": tell_office(at) if tell else 0}


def refresh(stored: Vacancy, now: Vacancy) -> None:
    """The words as they are now; since when stays, unless it is somebody else who is missing."""
    if stored.person_id != now.person_id:
        stored.found_on, stored.told_on = now.found_on, None
    fields = ("unit_id", "person_id", "what", "why")
    if any(getattr(stored, name) != getattr(now, name) for name in fields):
        for name in fields:
            setattr(stored, name, getattr(now, name))
        stored.save()


def tell_office(at: datetime) -> int:
    """One notice each to the office and the administrators about what they were not told of; never twice a day."""
    day, link = local_date(at), reverse("ledger:vacancy-list")
    fresh = list(Vacancy.objects.filter(told_on=None).order_by("kind", "pk"))
    told_today = Notice.objects.filter(kind=NoticeKind.REMINDED, link=link, made_at__date=day)
    if not fresh or told_today.exists():
        return 0
    office = Office.now()
    whole = Vacancy.objects.count()
    words = f"{len(fresh)} 项事没有专人负责：{named([one.what[:60] for one in fresh])}"
    words += f"；连同以前的共 {whole} 项，请逐项落实" if whole > len(fresh) else "，请逐项落实"
    common = {"kind": NoticeKind.REMINDED, "link": link, "words": words[:300], "made_at": at}
    people = once_each([*office.of_office(), *office.admins])
    Notice.objects.bulk_create(Notice(recipient=person, **common) for person in people)
    Vacancy.objects.filter(pk__in=[one.pk for one in fresh]).update(told_on=day)
    return len(fresh)


def receives(one: Vacancy, office: Office) -> list[User]:
    """Who receives it until somebody is named: its holder as long as they work here, else by the fall-back."""
    if one.kind in HOLDERS and one.person and one.person.works:
        return [one.person]
    return office.receivers(one.unit_id) if one.unit_id else office.of_office()


def names(people: Iterable[User]) -> str:
    return "、".join(f"{person.name}（{person.unit or '管理员'}）" for person in people)
