"""Word of the roster inside the system."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from duty.models import WEEKDAYS, DutyShift, Half, hq_words
from duty.weeks import monday, sunday, week_words
from ledger.models import Notice, NoticeKind
from ledger.services.messages.notices import notify_of

LONGEST = 300  # characters of a notice


def mine() -> str:
    return reverse("duty:mine")


def week_page(day: date) -> str:
    return f"{reverse('duty:week')}?week={monday(day).isoformat()}"


def tell(people: Iterable[User], words: str, link: str, *, by: User | None, at: datetime) -> list[Notice]:
    """One notice a person; nobody is told what they did themselves."""
    return notify_of(people, NoticeKind.DUTY, link, words, by=by, at=at)


def tell_week(person: User, day: date, *, by: User, at: datetime) -> None:
    """What stands for the person in that week now: a notice of it not read yet is written anew, so that whoever plans a
    whole week sends each person one."""
    if person == by or not person.works:
        return
    week = monday(day)
    link = f"{mine()}?week={week.isoformat()}"
    words = {"words": f"您{week_words(week)}的值班：{in_words(person, week)}"[:LONGEST], "made_at": at, "made_by": by}
    unread = Notice.objects.filter(recipient=person, kind=NoticeKind.DUTY, link=link, read_at=None)
    if not unread.update(**words):
        Notice.objects.create(recipient=person, kind=NoticeKind.DUTY, link=link, **words)


def in_words(person: User, week: date) -> str:
    """“周一上午 津市港指挥部、周三全天 津港新城指挥部”."""
    rows = DutyShift.objects.filter(officer=person).of_days(week, sunday(week)).select_related("workstream")
    by_place: dict[tuple[date, str], list[Half]] = {}
    for row in rows.order_by("day", "half"):
        by_place.setdefault((row.day, hq_words(row.workstream)), []).append(Half(row.half))
    told = [
        f"周{WEEKDAYS[day.weekday()]}{'全天' if len(halves) > 1 else halves[0].label} {hq}"
        for (day, hq), halves in by_place.items()
    ]
    return "、".join(told) or "没有安排"
