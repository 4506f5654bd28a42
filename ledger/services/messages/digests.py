"""The e-mail of a working day: written for everyone in one transaction, then sent one by one.

A row is marked before its message leaves, so a process killed half-way sends nobody a second one; whether the message
under way at that moment left is not known, and it is not sent again (docs/adr/0014-messages.md).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F

from accounts.models import User, UserQuerySet
from common.periods import local_date
from ledger.calendar import WorkingCalendar
from ledger.models import Digest, DigestState, ProblemEntry
from ledger.selectors.due_work import DayOf, days_of
from ledger.worktime import DIGEST_AT, in_working_hours

DIGEST = "ledger.digest"
LINES = 15  # of a part; how many more there are is said
TRIES = 3  # of one address that the mail server refuses
UNKNOWN = "发送中断，不能确定是否已发出，不再重发"
Clock = Callable[[], datetime]


@transaction.atomic
def compose(at: datetime, calendar: WorkingCalendar) -> int:
    """Writes the day's e-mails, once; what an earlier day did not get out is too old to be sent. How many there are."""
    day = local_date(at)
    Digest.objects.filter(day__lt=day, state=DigestState.WAITING).update(state=DigestState.LAPSED)
    if Digest.objects.filter(day=day).exists():
        return 0
    people = subscribers().order_by("pk")
    days = days_of(people, at, day, calendar)
    rows = [written(person, days[person.pk], day, at) for person in people if person.pk in days]
    Digest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def subscribers() -> UserQuerySet:
    """Who gets e-mails: in use, with an address, and wanting them."""
    return User.objects.working().filter(wants_digest=True).exclude(email="")


def written(person: User, held: DayOf, day: date, at: datetime) -> Digest:
    counts = {"今天到期": len(held.due), "逾期": len(held.overdue), "待办": len(held.to_do), "新消息": len(held.news)}
    told = "，".join(f"{name} {count} {'条' if name == '新消息' else '件'}" for name, count in counts.items() if count)
    parts = [
        f"{person.name}：",
        part("今天到期（含接下来休息日到期的）", [due_line(entry, day) for entry in held.due]),
        part("已经逾期", [due_line(entry, day) for entry in held.overdue]),
        part("等您办理", held.to_do),
        part("新消息", held.news),
        "\n".join(
            line
            for line in (settings.SITE_URL, "不想收这封邮件，可在系统“我的”里关闭。系统自动发送，请勿回复。")
            if line
        ),
    ]
    return Digest(
        person=person,
        day=day,
        address=person.email,
        subject=f"{day.month}月{day.day}日 {told} · 津市政法派驻服务",
        body="\n\n".join(text for text in parts if text) + "\n",
        composed_at=at,
    )


def part(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = [f"……另有 {len(lines) - LINES} 件"] if len(lines) > LINES else []
    return "\n".join([f"【{title}】", *(f"· {line}" for line in lines[:LINES]), *more])


def due_line(entry: ProblemEntry, day: date) -> str:
    deadline = entry.deadline
    if deadline is None:
        return f"{entry.number} {entry.title}"
    year = "" if deadline.year == day.year else f"{deadline.year}年"
    return f"{entry.number} {entry.title}（期限 {year}{deadline.month}月{deadline.day}日）"


def send_waiting(day: date, clock: Clock, calendar: WorkingCalendar, guard: Callable[[], None]) -> dict[str, Any]:
    """Sends the day's e-mails that wait, in working hours of that day only; what is refused waits for the next try."""
    waiting = Digest.objects.filter(day=day, state=DigestState.WAITING)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    sent = 0
    if keys:
        mail = get_connection()
        try:
            mail.open()  # what fails here has sent nothing
        except (SMTPException, OSError) as failure:
            return {"sent": 0, "waiting": len(keys), "error": f"邮件服务器连不上（{type(failure).__name__}），稍后再试"}
        try:
            for key in keys:
                if local_date(clock()) != day or not in_working_hours(clock(), calendar, DIGEST_AT):
                    break
                guard()
                sent += send(key, mail, clock())
        finally:
            mail.close()
    return {"sent": sent, "waiting": waiting.count()}


def send(key: int, mail: Any, at: datetime) -> int:
    """Sends one, if nobody else has taken it and the person still is to have it; 1 when it left."""
    mine = Digest.objects.filter(pk=key, state=DigestState.WAITING)
    mine.exclude(person__in=subscribers()).update(state=DigestState.LAPSED, error="已停用或不再要邮件，没有发出")
    if not mine.update(state=DigestState.SENDING, tries=F("tries") + 1, error=UNKNOWN):
        return 0
    row = Digest.objects.get(pk=key)
    try:
        EmailMessage(row.subject, row.body, to=[row.address], connection=mail).send()
    except (SMTPServerDisconnected, TimeoutError, ConnectionError):
        return 0  # before or after the server took it: unknown, as after a kill
    except (SMTPException, OSError, ValueError) as refusal:
        again = row.tries < TRIES
        row.state = DigestState.WAITING if again else DigestState.LAPSED
        row.error = f"没有发出（{type(refusal).__name__}）"
    else:
        row.state, row.sent_at, row.error = DigestState.SENT, at, ""
    row.save(update_fields=["state", "sent_at", "error"])
    return int(row.state == DigestState.SENT)
