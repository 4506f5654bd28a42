"""What the pages of recoveries need besides the rows themselves."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from cases.models import LegalCase
from ledger.models import ProblemEntry, Recovery
from ledger.services.money.recoveries import SUBJECTS, Subject, name_of

PAGES = {"case": "cases:case-detail", "entry": "ledger:entry-detail", "activity": "ledger:activity-detail"}


def sum_of(rows: QuerySet) -> Decimal:
    return rows.order_by().aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00")


def subject_named(user: Any, query: Any) -> Subject | None:
    """The one subject an address names (`?case=1`, `?entry=1`, `?activity=1`), if this person may see it."""
    named = [(name, str(query.get(name))) for name in SUBJECTS if query.get(name)]
    if len(named) != 1 or not named[0][1].isdecimal() or len(named[0][1]) > 15:
        return None
    name, key = named[0]
    return SUBJECTS[name].objects.visible_to(user).filter(pk=int(key)).first()


def subject_words(subject: Subject) -> str:
    """What a subject is, in words: `案件 （2023）湘0781民初1号`, `问题 JS-2026-0001 …`, `服务活动 …`."""
    if isinstance(subject, LegalCase):
        return f"案件 {subject.number} {subject.title}".strip()
    return f"{'问题' if isinstance(subject, ProblemEntry) else '服务活动'} {subject}"


def subject_url(subject: Subject) -> str:
    return reverse(PAGES[name_of(subject)], args=[subject.pk])


def earlier_on(subject: Subject, user: Any) -> list[Recovery]:
    """What was recorded on the subject before, oldest first."""
    rows = Recovery.objects.visible_to(user).filter(**{name_of(subject): subject})
    return list(rows.order_by("happened_on", "pk"))
