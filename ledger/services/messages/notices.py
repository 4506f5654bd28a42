"""What people are told inside the system: made with the step it is about, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.permissions import Role
from ledger.models import EntryEvent, Notice, NoticeKind, ProblemEntry

# step → kind and words; told to whoever holds the entry after it
TOLD: dict[str, tuple[NoticeKind, str]] = {
    "assign": (NoticeKind.ASSIGNED, "交办给您"),
    "transfer": (NoticeKind.ASSIGNED, "转办给您"),
    "hand_over": (NoticeKind.ASSIGNED, "交接给您"),
    "send_back": (NoticeKind.RETURNED, "退回重办"),
    "return": (NoticeKind.RETURNED, "被退单，请重新交办"),
    "reopen": (NoticeKind.RETURNED, "重新打开，请继续办理"),
    "extend": (NoticeKind.DECIDED, "同意延期"),
    "refuse_extension": (NoticeKind.DECIDED, "不同意延期"),
    "defer": (NoticeKind.DECIDED, "同意挂账"),
    "refuse_deferral": (NoticeKind.DECIDED, "不同意挂账"),
    "reinstate": (NoticeKind.RETURNED, "质检不属实，已恢复受理，请重新交办"),
}


def holders(entry: ProblemEntry, *, without_handler: bool = False) -> list[User]:
    """Who has to do something about an entry: its handler, else the coordinators of the unit answerable for it."""
    if entry.handler_id and not without_handler:
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
    if event.action not in TOLD:
        return []
    kind, words = TOLD[event.action]
    entry = event.entry
    told = holders(entry, without_handler=event.action == "return")
    if event.action == "reinstate":
        told = everybody_in(entry)
    note = f"：{event.note}" if event.note else ""
    return notify(
        told, kind, entry, f"{entry.number} {entry.title} {words}{note}", by=event.actor, at=event.occurred_at
    )


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
