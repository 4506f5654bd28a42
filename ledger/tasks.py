"""The ledger's work in the background: recounts of deadlines, what a working day brings by itself, re-checks drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from celery import shared_task
from django.utils import timezone

from common.periods import local_date
from jobs.registry import JobRefusedError, handles
from jobs.runner import JobContext
from ledger.calendar import working_calendar
from ledger.sampling import parse_span
from ledger.services.checking.rechecks import DRAW, draw, request_draws
from ledger.services.daily import request_due_work
from ledger.services.deadlines.calendars import recount_behind
from ledger.services.deadlines.recount_jobs import FOLLOW, RECOUNT, causes_of, recount_all
from ledger.services.messages.digests import DIGEST, compose, send_waiting
from ledger.services.messages.robot_post import send_due
from ledger.services.messages.robots import ROBOTS
from ledger.services.supervising.ladder import LADDER, climb
from ledger.services.vacancies import VACANCIES, check_vacancies
from ledger.worktime import DIGEST_AT, in_working_hours

FOLLOWS = "日历或时限规则已经改了，办理期限必须跟着重算"
OUT_OF_HOURS = {"skipped": "不在工作时间，由下一个工作日的任务处理"}


def spans_of(params: Sequence[Mapping[str, Any]]) -> list[str]:
    return [span.label if (span := parse_span(str(one["period"]))) else "" for one in params]


@handles(RECOUNT, "核对办理期限", needed=FOLLOWS)
def run_recount(context: JobContext) -> dict[str, Any]:
    context.progress(0, 1, "正在核对办理期限")
    return {"moved": recount_behind(timezone.now())}


@handles(FOLLOW, "重算办理期限", needed=FOLLOWS, about=causes_of)
def run_recount_all(context: JobContext) -> dict[str, Any]:
    """Every deadline set by rule, after a change of the calendar or the rules."""
    return recount_all(context, timezone.now())


@handles(LADDER, "逾期提级", needed="逾期的问题每个工作日都要逐级告知，取消了也会再来")
def run_ladder(context: JobContext) -> dict[str, Any]:
    """The ladder of the day on which it runs; a job that waited into the night leaves it to the next working day."""
    now = timezone.now()
    if not in_working_hours(now, working_calendar()):
        return OUT_OF_HOURS
    context.progress(0, 1, "正在核对逾期问题")
    return climb(at=now, guard=context.assert_lease)


@handles(VACANCIES, "核对没有专人负责的事", needed="每个工作日都要核对，取消了也会再来")
def run_vacancies(context: JobContext) -> dict[str, Any]:
    context.progress(0, 1, "正在核对谁的事没有人接手")
    return dict(check_vacancies(at=timezone.now()))


@handles(DIGEST, "发送提醒邮件")
def run_digest(context: JobContext) -> dict[str, Any]:
    """The e-mails of the day on which it runs, from half past eight on; those of another day are too old to be sent."""
    now, calendar = timezone.now(), working_calendar()
    if not in_working_hours(now, calendar, DIGEST_AT):
        return OUT_OF_HOURS
    context.progress(0, 1, "正在写邮件")
    written = compose(now, calendar)
    return {"written": written, **send_waiting(local_date(now), timezone.now, calendar, context.assert_lease)}


@handles(ROBOTS, "发送群消息")
def run_robots(context: JobContext) -> dict[str, Any]:
    return dict(send_due(timezone.now, working_calendar(), context.assert_lease))


@shared_task(name="ledger.request_due_work", ignore_result=True)
def ask_for_due_work(**kwargs: Any) -> list[str]:
    """Asks for what the working day brings; beat calls it every minute."""
    return request_due_work(at=timezone.now())


@handles(DRAW, "抽取撤单质检", needed="每一期的质检都要抽取，取消了也会再来", about=spans_of)
def run_draw(context: JobContext) -> dict[str, Any]:
    span = parse_span(str(context.params["period"]))
    if span is None:
        raise JobRefusedError(f"“{context.params['period']}”不是抽查期")
    context.progress(0, 1, f"正在抽取 {span.label}")
    made, fresh = draw(span=span, at=timezone.now())
    return {"period": made.period, "drawn": fresh}


@shared_task(name="ledger.draw_rechecks", ignore_result=True)
def draw_rechecks(**kwargs: Any) -> list[str]:
    """Asks for the draws of periods that are over; beat calls it every hour, each period is drawn once."""
    return request_draws(local_date(timezone.now()))
