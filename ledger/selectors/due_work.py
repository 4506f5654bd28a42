"""What a working day holds for each person: due, overdue, newly told. Read once for the whole office."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from ledger.calendar import WorkingCalendar
from ledger.lights import running_q
from ledger.models import Digest, Notice, ProblemEntry
from ledger.services.people.receiving import Office

NEWS_DAYS = 7  # what is older and unread was left unread on purpose


@dataclass
class DayOf:
    """One person's day."""

    due: list[ProblemEntry] = field(default_factory=list)
    overdue: list[ProblemEntry] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    to_do: list[str] = field(default_factory=list)  # what other apps wait for

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.overdue or self.news or self.to_do)


Waiting = Callable[[Iterable[User], date], Iterable[tuple[int, str]]]
WAITING: list[Waiting] = []  # of the apps above, such as a period to be signed for


def register_waiting(provider: Waiting) -> None:
    """Adds what waits for people, by person, to their day; apps do so when they load."""
    if provider not in WAITING:
        WAITING.append(provider)


def days_of(people: Iterable[User], at: datetime, today: date, calendar: WorkingCalendar) -> Mapping[int, DayOf]:
    """By person: what is due before the next working day, what is overdue, what was told since the last e-mail.

    An entry is its handler's and that of the coordinators of the unit answerable for it and of those above it: as
    many as their first page says, which for whoever sees everything are all. Where nobody handles it, it is that of
    whoever receives it too, be it an administrator.
    """
    people = list(people)
    office = Office.now()
    found: dict[int, DayOf] = defaultdict(DayOf)
    clerks = clerks_of(people)
    wanted = {person.pk for person in people}
    last_day = calendar.add(today, 1) - timedelta(days=1)
    entries = ProblemEntry.objects.filter(running_q(), deadline__lte=last_day)
    for entry in entries.select_related("handler").order_by("deadline", "pk"):
        is_late = entry.deadline is not None and entry.deadline < today
        receive = {*clerks[entry.responsible_unit_id], *(person.pk for person in office.receiving(entry))}
        for person in wanted & receive:
            (found[person].overdue if is_late else found[person].due).append(entry)
    for person, words in news(wanted, at):
        found[person].news.append(words)
    for provider in WAITING:
        for person, words in provider(people, today):
            found[person].to_do.append(words)
    return found


def clerks_of(people: Iterable[User]) -> Mapping[int, set[int]]:
    """By unit, the coordinators among these people who look after its entries."""
    found: dict[int, set[int]] = defaultdict(set)
    clerks = [person for person in people if person.role == Role.COORDINATOR]
    paths = Unit.objects.paths() if clerks else {}
    for person in clerks:
        own = "" if person.sees_all else paths.get(person.unit_id or 0)
        for unit, path in paths.items():
            if own is not None and path.startswith(own):
                found[unit].add(person.pk)
    return found


def news(people: Iterable[int], at: datetime) -> Iterable[tuple[int, str]]:
    """What these people were told and have not read, since their last e-mail."""
    last = dict(Digest.objects.order_by().values_list("person").annotate(Max("composed_at")))
    oldest = at - timedelta(days=NEWS_DAYS)
    rows = Notice.objects.unread().filter(made_at__gt=oldest, recipient__in=list(people)).order_by("made_at", "pk")
    for person, words, made_at in rows.values_list("recipient", "words", "made_at"):
        if made_at > last.get(person, oldest):
            yield person, words
