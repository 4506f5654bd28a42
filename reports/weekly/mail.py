"""A week's figures by e-mail, on the week's first working day from half past eight, to leaders who asked for them.

What is sent is what the person may see at that moment. A row is marked before its message leaves, as with the daily
e-mail (docs/adr/0014-messages.md): killed half-way, nobody gets a second one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from accounts.models import ExportLog, User
from accounts.trail.exports import XLSX, whose
from common.books.sheets import Column, Sheet, book_of
from common.periods import AnyPeriod, Period, local_date, span_of
from ledger.calendar import WorkingCalendar
from ledger.models import DigestState
from ledger.services.daily import once
from ledger.services.messages.digests import TRIES, UNKNOWN
from ledger.worktime import DIGEST_AT, in_working_hours
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.figures.blank import NO_DATA, is_blank
from reports.figures.counting import recount
from reports.figures.requests import keep_counting
from reports.figures.values import Figure, figures
from reports.figures.words import NOT_COUNTED
from reports.models import FiguresMail

KIND = "reports.figures_mail"


@dataclass(frozen=True)
class Pair:
    """A figure of the week beside the same of the half-year so far."""

    week: Figure
    half: Figure
    is_week_blank: bool = False  # nothing was recorded in it
    is_half_blank: bool = False


def told(one: Figure, *, is_blank: bool) -> Any:
    return NO_DATA if is_blank else NOT_COUNTED if one.value is None else one.value


def columns(half: Period) -> list[Column]:
    return [
        Column("指标", lambda one: one.week.label, 28),
        Column("上周", lambda one: told(one.week, is_blank=one.is_week_blank), 16),
        Column(f"{half.label}累计", lambda one: told(one.half, is_blank=one.is_half_blank), 20),
        Column("计量单位", lambda one: one.week.indicator.unit_word, 10),
        Column("口径", lambda one: one.week.indicator.definition, 70),
    ]


def is_due(at: datetime, calendar: WorkingCalendar) -> bool:
    """Half past eight or later on the first working day of the week."""
    day = local_date(at)
    monday = day - timedelta(days=day.weekday())
    before = (monday + timedelta(days=n) for n in range(day.weekday()))
    return in_working_hours(at, calendar, DIGEST_AT) and not any(calendar.is_working(one) for one in before)


def request_figures_mail(at: datetime, calendar: WorkingCalendar) -> list[str]:
    """Asks for the week's e-mails once, and every half hour again while some could not be sent."""
    if not is_due(at, calendar):
        return []
    waiting = FiguresMail.objects.filter(week=monday_of(at), state=DigestState.WAITING).exists()
    again = f":{at.hour:02d}{at.minute // 30 * 30:02d}" if waiting else ""
    return once(KIND, at) or (once(KIND, at, again) if again else [])


def monday_of(at: datetime) -> date:
    day = local_date(at)
    return day - timedelta(days=day.weekday())


def subscribers() -> Any:
    return User.objects.working().filter(wants_figures=True).exclude(email="").order_by("pk")


def send_figures(at: datetime, guard: Callable[[], None]) -> dict[str, int]:
    """Writes down who gets the week's e-mail and sends what waits; how many left, and how many still wait."""
    monday = monday_of(at)
    week, half = spans(monday)
    people = [person for person in subscribers() if person.can("reports.view")]
    rows = [FiguresMail(person=person, week=monday) for person in people]
    FiguresMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    waiting = FiguresMail.objects.filter(week=monday, state=DigestState.WAITING)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    if keys:
        for period in (week, half):
            recount(period, at)
        keep_counting(week, at)
    sent = 0
    for key in keys:
        guard()
        sent += send(key, week, half, at)
    return {"sent": sent, "waiting": waiting.count()}


def spans(monday: date) -> tuple[AnyPeriod, Period]:
    """The week before a Monday, and the half-year in which that week ended: it is told as part of that one."""
    sunday = monday - timedelta(days=1)
    return span_of(monday - timedelta(days=7), sunday), Period.half_of(sunday)


def send(key: int, week: AnyPeriod, half: Period, at: datetime) -> int:
    """Sends one, if nobody else has taken it and the person still may and wants to have it; 1 when it left."""
    mine = FiguresMail.objects.filter(pk=key, state=DigestState.WAITING)
    if not mine.update(state=DigestState.SENDING, tries=F("tries") + 1, error=UNKNOWN):
        return 0
    row = FiguresMail.objects.select_related("person__unit").get(pk=key)
    try:
        if not subscribers().filter(pk=row.person_id).exists() or not row.person.can("reports.view"):
            row.state, row.error = DigestState.LAPSED, "已停用、已取消或不再有权查看"
        else:
            message(row.person, week, half, at).send()
            row.state, row.sent_at, row.error = DigestState.SENT, at, ""
    except (SMTPServerDisconnected, TimeoutError):
        return 0  # before or after the server took it: unknown, as after a kill
    except (SMTPException, OSError, ValueError) as refusal:
        row.state = DigestState.WAITING if row.tries < TRIES else DigestState.LAPSED
        row.error = f"没有发出（{type(refusal).__name__}）"
    row.save(update_fields=["state", "sent_at", "error"])
    return int(row.state == DigestState.SENT)


def message(person: User, week: AnyPeriod, half: Period, at: datetime) -> EmailMessage:
    """The figures this person may see, in words and as an Excel; the export is logged."""
    by_half = {one.code: one for one in figures(half, person, now=at)}
    blank = [is_blank(one, person, now=at) for one in (week, half)]
    pairs = [Pair(one, by_half[one.code], *blank) for one in figures(week, person, now=at) if one.code in by_half]
    title = f"每周数字{week.start:%m%d}-{week.end:%m%d}"
    heading, about = f"派驻服务每周数字（{week.label}）", f"范围：{whose(person)}　金额单位：元"
    content, count = book_of(
        [Sheet("每周数字", columns(half), pairs, heading, about)], lambda: f"收件人：{person.name}"
    )
    told = {"query": f"period={week.code}", "filtered": f"{week.label}　{about}"}
    ExportLog.objects.create(user=person, what="每周数字（邮件）", rows=count, **told)
    text = body(person, (week, half), pairs, is_blank=blank[1])
    letter = EmailMessage(f"{week.label}的数字 · 津市政法派驻服务", text, to=[person.email])
    letter.attach(f"{title}.xlsx", content, XLSX)
    return letter


def body(person: User, spans: tuple[AnyPeriod, Period], pairs: list[Pair], *, is_blank: bool) -> str:
    week, half = spans
    done = [f"· {one.week.label} {one.week.exact}" for one in pairs if one.week.value and not one.is_week_blank]
    parts = [
        f"{person.name}：",
        f"{half.label}没有记录，无数据。" if is_blank else standing(person, week.end),
        "\n".join([f"【{week.label}】", *(done or ["· 没有新的记录"])]),
        f"全部指标和{half.label}累计见附件。",
        "\n".join([*filter(None, [settings.SITE_URL]), "不想再收，可在系统“我的”里关闭。系统自动发送，请勿回复。"]),
    ]
    return "\n\n".join(parts) + "\n"


def standing(person: User, day: date) -> str:
    """Both rates at the end of a day, in a sentence."""
    table, scope = rates_on(day, person), "全市" if person.sees_all else str(person.unit)
    rates = table.over(Population.YEAR).all
    return (
        f"截至{day.month}月{day.day}日，{scope}{rates.population.label}化解率 {rates.resolution_text}，办结率 "
        f"{rates.completion_text}（{rates.counted_words}，目标 {rates.target}%）；{table.all.population.label}化解率 "
        f"{table.all.resolution_text}，办结率 {table.all.completion_text}。"
    )
