"""What people are told inside the system: made with the step it is about, in the same transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from accounts.models import User
from ledger.models import EntryEvent, Notice, NoticeKind, ProblemEntry
from ledger.moves.spec import Audience
from ledger.moves.table import SPECS
from ledger.services.people.receiving import once_each, receivers_of, receiving
from ledger.services.rights import coordinates
from ledger.states import Action

NAMED = 3  # entries a notice names before it says that there are more


def everybody_in(entry: ProblemEntry) -> list[User]:
    """Handler, registrar and who receives for the units that registered and lead it: all who had set it aside."""
    own = [person for person in (entry.handler, entry.registered_by) if person and person.works]
    units = {unit.pk: unit for unit in (entry.unit, entry.lead_unit) if unit}
    return once_each([*own, *(person for unit in units.values() for person in receivers_of(unit))])


def tell_about(event: EntryEvent) -> list[Notice]:
    """Tells the holders of an entry what was done to it, if that is something they must know."""
    tells = SPECS[Action(event.action)].tells
    if tells is None:
        return []
    entry, unit = event.entry, event.entry.lead_unit or event.entry.unit
    note = f"：{event.note}" if event.note else ""
    by_words: dict[str, list[User]] = defaultdict(list)
    for person in audience(entry, tells.to):
        clerks = tells.clerks and person != entry.handler and coordinates(person, unit)
        by_words[tells.clerks if clerks else tells.words].append(person)
    made = []
    for words, people in by_words.items():
        told = f"{entry.number} {entry.title} {words}{note}"
        made += notify(people, tells.kind, entry, told, by=event.actor, at=event.occurred_at)
    return made


def audience(entry: ProblemEntry, to: Audience) -> list[User]:
    if to == Audience.EVERYBODY:
        return everybody_in(entry)
    return receivers_of(entry.lead_unit or entry.unit) if to == Audience.COORDINATORS else receiving(entry)


def notify(
    recipients: Iterable[User], kind: NoticeKind, entry: ProblemEntry, words: str, *, by: User | None, at: datetime
) -> list[Notice]:
    """One notice a person, in one statement; nobody is told what they did themselves."""
    common = {"kind": kind, "entry": entry, "words": words[:300], "made_by": by, "made_at": at}
    return Notice.objects.bulk_create(Notice(recipient=person, **common) for person in recipients if person != by)


def notify_of(
    recipients: Iterable[User], kind: NoticeKind, link: str, words: str, *, by: User | None, at: datetime
) -> list[Notice]:
    """The same of something that is no entry: opens the page that it names."""
    common = {"kind": kind, "link": link, "words": words[:300], "made_by": by, "made_at": at}
    told = once_each(person for person in recipients if person.works and person != by)
    return Notice.objects.bulk_create(Notice(recipient=person, **common) for person in told)


def tell_together(
    entries: Collection[ProblemEntry], kind: NoticeKind, words: str, link: str, *, at: datetime, more: str = ""
) -> None:
    """Puts what each person was told one by one at this moment about several of the entries into one notice.

    `words` come before the number of entries and their numbers, `more` after them; `link` opens the list of them all.
    """
    numbers: dict[int | None, str] = {entry.pk: entry.number for entry in entries}
    by_person: dict[int, list[Notice]] = defaultdict(list)
    told = Notice.objects.filter(entry__in=[entry.pk for entry in entries], kind=kind, made_at=at)
    for notice in told.order_by("entry__number"):
        by_person[notice.recipient_id].append(notice)
    several = {person: notices for person, notices in by_person.items() if len(notices) > 1}
    Notice.objects.filter(pk__in=[notice.pk for notices in several.values() for notice in notices]).delete()
    Notice.objects.bulk_create(
        Notice(
            recipient_id=person,
            kind=kind,
            link=link,
            words=f"{words} {len(notices)} 件：{named([numbers[notice.entry_id] for notice in notices])}{more}"[:300],
            made_by_id=notices[0].made_by_id,
            made_at=at,
        )
        for person, notices in several.items()
    )


def named(numbers: Sequence[str]) -> str:
    """The first of them by number, and that there are more."""
    return f"{'、'.join(numbers[:NAMED])}{' 等' if len(numbers) > NAMED else ''}"


def mark_read(*, user: User, at: datetime, pk: int | None = None) -> int:
    """One notice, or all of this person's; how many were unread."""
    unread = Notice.objects.visible_to(user).unread()
    return (unread.filter(pk=pk) if pk else unread).update(read_at=at)
