"""The tally as a job: asked for by a person or by the clock, run by whichever worker claims it."""

from collections.abc import Mapping, Sequence
from typing import Any

from celery import shared_task
from django.utils import timezone

from common.periods import AnyPeriod, Period, UnknownPeriodError, local_date, read_period
from jobs.registry import JobRefusedError, handles
from jobs.runner import JobContext
from ledger.calendar import working_calendar
from reports.briefing.errors import BriefingError
from reports.briefing.issuing import ISSUE, issue_briefing
from reports.closing.adjusting import CorrectedMeanwhileError, recount_closed, request_recounts
from reports.closing.books import ClosingError, close_period, current_close
from reports.closing.jobs import CLOSE
from reports.closing.target_day import KIND as TARGET_DAY
from reports.closing.target_day import freeze_target_days, request_target_days
from reports.figures.counting import recount
from reports.figures.requests import forget_tallies, request_tallies, request_tally
from reports.models import Briefing
from reports.weekly.freezing import WEEKLY, freeze_weeks, request_weekly
from reports.weekly.mail import KIND, is_due, request_figures_mail, send_figures


def periods_of(params: Sequence[Mapping[str, Any]]) -> list[str]:
    """The periods, and the reason where one is given: 2023年上半年（理由）."""
    reasons = [one.get("reason", "") for one in params]
    periods = [period_words(one["period"]) for one in params]
    return [f"{period}（{reason}）" if reason else period for period, reason in zip(periods, reasons, strict=True)]


def period_words(code: str) -> str:
    try:
        return read_period(code).label
    except UnknownPeriodError:
        return ""


def briefings_of(params: Sequence[Mapping[str, Any]]) -> list[str]:
    titles = dict(Briefing.objects.filter(pk__in=[one["briefing"] for one in params]).values_list("pk", "title"))
    return [titles.get(one["briefing"], "草稿已删除") for one in params]


@handles("reports.tally", "统计", about=periods_of)
def run_tally(context: JobContext) -> dict[str, Any]:
    """Counts a period and replaces its figures."""
    try:
        period = read_period(context.params["period"])
    except UnknownPeriodError as error:
        raise JobRefusedError(str(error)) from error
    if current_close(period):
        return count_closed(context, period)
    done = recount(
        period,
        timezone.now(),
        whole=context.params.get("whole", False),
        guard=context.assert_lease,
        tell=lambda step, words: context.progress(step, 3, words),
    )
    return {"period": period.code, "cells": done.cells, "stored": done.stored, "sources": done.sources}


def count_closed(context: JobContext, period: AnyPeriod) -> dict[str, Any]:
    """A closed period keeps its figures; what moved is kept beside them."""
    try:
        made = recount_closed(period, timezone.now(), guard=context.assert_lease)
    except CorrectedMeanwhileError:
        request_tally(period)  # this job has the key: it runs again when it ends
        made = None
    return {"period": period.code, "stored": False, "adjustments": made.adjustments.count() if made else 0}


@handles(CLOSE, "结账", about=periods_of)
def run_close(context: JobContext) -> dict[str, Any]:
    """Closes a half-year in the name of who asked for it; run again, it finds it closed."""
    period, actor = Period.parse(context.params["period"]), context.job.owner
    if actor is None or not actor.is_active:
        raise JobRefusedError("发起人已停用，没有结账，请另一位管理员办理")
    try:
        made = close_period(
            period=period,
            actor=actor,
            now=timezone.now(),
            reason=context.params.get("reason", ""),
            guard=context.assert_lease,
            tell=lambda step, words: context.progress(step, 3, words),
        )
    except ClosingError as refused:
        raise JobRefusedError(str(refused)) from refused
    return {"period": period.code, "version": made.version}


@handles(ISSUE, "签发汇报", about=briefings_of)
def run_issue(context: JobContext) -> dict[str, Any]:
    """Issues a briefing in the name of who asked for it; run again, it finds it issued."""
    actor = context.job.owner
    if actor is None or not actor.is_active or not actor.can("briefing.edit"):
        raise JobRefusedError("发起人已停用或不再办这项工作，没有签发")
    briefing = Briefing.objects.visible_to(actor).filter(pk=context.params["briefing"]).first()
    if briefing is None:
        raise JobRefusedError("草稿已删除，没有签发")
    try:
        made = issue_briefing(
            briefing=briefing,
            actor=actor,
            now=timezone.now(),
            site=context.params["site"],
            guard=context.assert_lease,
            tell=lambda step, words: context.progress(step, 3, words),
        )
    except BriefingError as refused:
        raise JobRefusedError(str(refused)) from refused
    return {"briefing": briefing.pk, "sha256": made.sha256}


@handles(WEEKLY, "每周通报定稿", needed="每一周的通报都要定稿，取消了也会再来")
def run_weekly(context: JobContext) -> dict[str, Any]:
    """Freezes the weekly tables of the weeks that are over."""
    context.progress(0, 1, "正在统计每周通报")
    return {"weeks": freeze_weeks(at=timezone.now(), guard=context.assert_lease)}


@shared_task(name="reports.request_weekly", ignore_result=True)
def freeze_weekly(**kwargs: Any) -> str:
    """Asks for the freezing of the week that is over; beat calls it every ten minutes."""
    return request_weekly(today=local_date(timezone.now()))


@handles(TARGET_DAY, "目标日冻结", needed="目标日的结果必须冻结，取消了也会再来")
def run_target_day(context: JobContext) -> dict[str, Any]:
    """Freezes the target days that are over; run again, it finds them frozen."""
    context.progress(0, 1, "正在冻结目标日的两率和清单")
    return {"days": freeze_target_days(now=timezone.now(), guard=context.assert_lease)}


@shared_task(name="reports.request_target_days", ignore_result=True)
def ask_for_target_days(**kwargs: Any) -> list[str]:
    """Asks for the freezing of target days that are over; beat calls it every ten minutes."""
    return request_target_days(today=local_date(timezone.now()))


@handles(KIND, "发送每周数字邮件")
def run_figures_mail(context: JobContext) -> dict[str, Any]:
    """The week's e-mails; a job that waited past the day leaves the week without."""
    now = timezone.now()
    if not is_due(now, working_calendar()):
        return {"skipped": "不在每周第一个工作日的工作时间"}
    context.progress(0, 1, "正在发送每周数字")
    return dict(send_figures(now, context.assert_lease))


@shared_task(name="reports.ask_for_figures_mail", ignore_result=True)
def ask_for_figures_mail(**kwargs: Any) -> list[str]:
    """Asks for the week's e-mails when their time has come; beat calls it every minute."""
    return request_figures_mail(timezone.now(), working_calendar())


@shared_task(name="reports.tally_open_period", ignore_result=True)
def tally_open_period(**kwargs: Any) -> list[str]:
    """Asks for fresh tallies where records changed since the last; beat calls it every minute."""
    now = timezone.now()
    forget_tallies(now=now)
    return [*request_tallies(now=now), *request_recounts(now=now)]
