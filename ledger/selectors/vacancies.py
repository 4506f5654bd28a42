"""What the page of things without anybody of their own shows: who receives each meanwhile, and where it is mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from common.books.sheets import Column
from ledger.models import Vacancy, VacancyKind
from ledger.querysets import VacancyQuerySet
from ledger.services.handover import KINDS
from ledger.services.people.receiving import Office
from ledger.services.rights import coordinates
from ledger.services.vacancies import HOLDERS, names, receives, still_q


@dataclass(frozen=True)
class VacancyLine:
    vacancy: Vacancy
    receiver: str
    url: str
    step: str
    step_url: str


COLUMNS = [
    Column("类别", lambda line: line.vacancy.get_kind_display(), 18),
    Column("什么", lambda line: line.vacancy.what, 44),
    Column("责任单位", lambda line: line.vacancy.unit and line.vacancy.unit.name, 20),
    Column("为什么没有专人", lambda line: line.vacancy.why, 34),
    Column("现在由谁接手", lambda line: line.receiver, 34),
    Column("从哪天起", lambda line: line.vacancy.found_on, 12),
]


def standing() -> VacancyQuerySet:
    """What the last check found and nobody has mended since."""
    return Vacancy.objects.filter(still_q())


def waiting_vacancies(user: User) -> int:
    """How many of them this person can see to; none for who hands nothing over."""
    return standing().visible_to(user).count() if user.can("users.handover") else 0


class Lines:
    """Makes lines of stored rows, a page or a chunk of an export at a time; the people are read once."""

    def __init__(self, user: User) -> None:
        self.user, self.office = user, Office.now()

    def __call__(self, rows: Iterable[Vacancy]) -> list[VacancyLine]:
        found = list(rows)
        urls = {kind: addresses(kind, [one.row for one in found if one.kind == kind]) for kind in MADE_OF}
        return [self.line(one, urls) for one in found]

    def line(self, one: Vacancy, urls: dict[str, dict[int, str]]) -> VacancyLine:
        url = urls[one.kind].get(one.row, "") if one.kind in urls else subject_url(one)
        step, step_url = self.step(one, url)
        return VacancyLine(one, names(receives(one, self.office)), url, step, step_url)

    def step(self, one: Vacancy, url: str) -> tuple[str, str]:
        """Where it is mended, for whom may do so."""
        if one.kind == VacancyKind.NO_CLERK:
            mends = self.user.can("users.manage")
            return ("设联络员", f"{reverse('accounts:user-list')}?unit={one.row}&state=active") if mends else ("", "")
        if one.kind in HOLDERS and one.person and coordinates(self.user, one.person.unit):
            return "交接", reverse("ledger:handover", args=[one.person.pk])
        steps = {VacancyKind.REQUEST: "批复", VacancyKind.ORDER: "督促回复", VacancyKind.UNIT_OFF: "转办"}
        return steps.get(VacancyKind(one.kind), "打开"), url


MADE_OF: tuple[str, ...] = (
    VacancyKind.PART,
    VacancyKind.PAIRING,
)  # without a page of their own


def addresses(kind: str, keys: list[int]) -> dict[int, str]:
    held = KINDS[kind]
    return {row.pk: held.url(row) for row in held.rows().filter(pk__in=keys)}


def subject_url(one: Vacancy) -> str:
    """The page of what it is about; of a unit, the problems it answers for."""
    if one.kind in (VacancyKind.UNIT_OFF, VacancyKind.NO_CLERK):
        return f"{reverse('ledger:entry-list')}?{urlencode({'answerable': one.row, 'only': 1})}"
    pages = {VacancyKind.ORDER: "ledger:order-detail", VacancyKind.CASE: "cases:case-detail"}
    return reverse(pages.get(VacancyKind(one.kind), "ledger:entry-detail"), args=[one.row])
