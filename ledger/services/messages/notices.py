"""What people are told inside the system: made with the step it is about, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.rights.permissions import Role
from ledger.models import EntryEvent, Notice, NoticeKind, ProblemEntry
from ledger.moves.spec import Audience
from ledger.moves.table import SPECS
from ledger.states import Action


def holders(entry: ProblemEntry, *, without_handler: bool = False) -> list[User]:
    """Who has to do something about an entry: its handler, else the coordinators of the unit answerable for it."""
    if entry.handler and not without_handler:
        return [entry.handler] if entry.handler.is_active else []
    rule = Q(role=Role.COORDINATOR, unit=entry.responsible_unit_id, is_active=True)
    return list(User.objects.filter(rule).order_by("pk"))


def everybody_in(entry: ProblemEntry) -> list[User]:
    """Handler, registrar and the coordinators of the units that registered and lead it: all who had set it aside."""
    rule = Q(pk__in=[entry.handler_id or -1, entry.registered_by_id or -1])
    rule |= Q(role=Role.COORDINATOR, unit__in=[entry.unit_id, entry.responsible_unit_id])
    return list(User.objects.filter(rule, is_active=True).order_by("pk"))


def tell_about(event: EntryEvent) -> list[Notice]:
    """Tells the holders of an entry what was done to it, if that is something they must know."""
    tells = SPECS[Action(event.action)].tells
    if tells is None:
        return []
    entry = event.entry
    note = f"：{event.note}" if event.note else ""
    words = f"{entry.number} {entry.title} {tells.words}{note}"
    return notify(audience(entry, tells.to), tells.kind, entry, words, by=event.actor, at=event.occurred_at)


def audience(entry: ProblemEntry, to: Audience) -> list[User]:
    if to == Audience.EVERYBODY:
        return everybody_in(entry)
    return holders(entry, without_handler=to == Audience.COORDINATORS)


def notify(
    recipients: Iterable[User], kind: NoticeKind, entry: ProblemEntry, words: str, *, by: User | None, at: datetime
) -> list[Notice]:
    """One notice a person, in one statement; nobody is told what they did themselves."""
    common = {"kind": kind, "entry": entry, "words": words[:300], "made_by": by, "made_at": at}
    return Notice.objects.bulk_create(Notice(recipient=person, **common) for person in recipients if person != by)


def mark_read(*, user: User, at: datetime, pk: int | None = None) -> int:
    """One notice, or all of this person's; how many were unread."""
    unread = Notice.objects.visible_to(user).unread()
    return (unread.filter(pk=pk) if pk else unread).update(read_at=at)
