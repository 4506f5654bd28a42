"""The working calendar: looking at a year, announcing one, putting days right."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.fields import overwrite
from common.sent.numbers import whole_number
from common.web.pages import paginate
from jobs.models import Job
from ledger.deadlines import rule_book
from ledger.filters.shifts import ShiftFilter
from ledger.forms.office.calendars import AnnounceForm, CalendarForm, DaysForm
from ledger.forms.office.rules import RulesForm
from ledger.models import CalendarVersion, DeadlineShift, RuleChange
from ledger.selectors.entries.exports import SHIFT_COLUMNS
from ledger.selectors.office.calendars import rule_changes, year_page
from ledger.services.deadlines.calendars import Preview, change_calendar, preview
from ledger.services.deadlines.recount_jobs import job_of
from ledger.services.deadlines.rules import RulesPreview, change_rules, preview_rules
from ledger.services.errors import LedgerError

FIRST, LAST = 2004, 2100


def asked_year(request: AuthedRequest, otherwise: int) -> int:
    asked = whole_number(request.GET.get("year"))
    return asked if asked is not None and FIRST <= asked <= LAST else otherwise


@require_GET
@require_action("ledger.view")
def calendar_year(request: AuthedRequest) -> HttpResponse:
    page = year_page(asked_year(request, today().year), today())
    return render(request, "ledger/calendar.html", {"page": page})


@require_http_methods(["GET", "POST"])
@require_action("calendar.edit")
def calendar_announce(request: AuthedRequest) -> HttpResponse:
    form = AnnounceForm(
        request.POST or None, request.FILES or None, year=asked_year(request, today().year + 1), today=today()
    )
    return change_form(request, form, "公布一年的放假安排")


@require_http_methods(["GET", "POST"])
@require_action("calendar.edit")
def calendar_days(request: AuthedRequest) -> HttpResponse:
    form = DaysForm(request.POST or None, day=asked_day(request))
    return change_form(request, form, "修改个别日子")


def asked_day(request: AuthedRequest) -> date | None:
    try:
        return parse_date(request.GET.get("day", ""))
    except ValueError:
        return None


def change_form(request: AuthedRequest, form: CalendarForm, title: str) -> HttpResponse:
    """First what the change would do; made only when confirmed as it was shown."""
    shown = None
    if form.is_valid():
        try:
            if form.is_confirmed:
                seen = form.cleaned_data["seen"] or 0
                return told(
                    request, change_calendar(change=form.change, seen=seen, actor=request.user, at=timezone.now())
                )
            shown = look(form)
        except LedgerError as error:
            form.add_error(None, str(error))
    context = {"form": form, "title": title, "shown": shown}
    return render(request, "ledger/calendar_change.html", context, status=422 if form.errors else 200)


def look(form: CalendarForm) -> Preview:
    """The preview, with what the confirming button has to send back."""
    shown = preview(form.change, today())
    overwrite(form, {"looked_at": form.fingerprint, "seen": str(shown.version)})
    return shown


def told(request: AuthedRequest, change: CalendarVersion | RuleChange) -> HttpResponse:
    moved = change.shifts.count()
    what, name = (
        (f"日历已是第 {change.pk} 版", "version")
        if isinstance(change, CalendarVersion)
        else ("时限规则已修改", "rule_change")
    )
    words = f"{moved} 件未办结问题的期限随之变动" if moved else "没有期限变动"
    if job_of(change):
        words = "未办结问题较多，期限正在后台重算，变动逐条列在这里"
    messages.success(request, f"{what}，{words}")
    return redirect(f"{reverse('ledger:shift-list')}?{name}={change.pk}")


@require_http_methods(["GET", "POST"])
@require_action("calendar.edit")
def rules(request: AuthedRequest) -> HttpResponse:
    form, shown = RulesForm(request.POST or None, book=rule_book()), None
    if form.is_valid():
        try:
            if form.is_confirmed:
                return told(
                    request,
                    change_rules(book=form.new_book, seen=form.seen_book, actor=request.user, at=timezone.now()),
                )
            shown = look_at_rules(form)
        except LedgerError as error:
            form.add_error(None, str(error))
    context: dict[str, Any] = {"form": form, "shown": shown, "changes": rule_changes()[:20]}
    return render(request, "ledger/rules.html", context, status=422 if form.errors else 200)


def look_at_rules(form: RulesForm) -> RulesPreview:
    shown = preview_rules(form.new_book, today())
    overwrite(form, {"looked_at": form.fingerprint})
    return shown


CAUSES: dict[str, type[CalendarVersion | RuleChange]] = {"version": CalendarVersion, "rule_change": RuleChange}


@require_GET
@require_action("ledger.view")
def shift_list(request: AuthedRequest) -> HttpResponse:
    listed = ShiftFilter(request.GET, DeadlineShift.objects.for_list(), user=request.user)
    context = {"filter": listed, "page": paginate(request, listed.rows), "job": recount_job(request)}
    return render(request, "ledger/shift_list.html", context)


def recount_job(request: AuthedRequest) -> Job | None:
    """The job that still counts after the change asked for, to whoever makes such changes."""
    asked = {model: request.GET.get(name, "") for name, model in CAUSES.items() if request.GET.get(name)}
    if not asked or not request.user.can("calendar.edit"):
        return None
    ((model, pk),) = list(asked.items())[:1]
    number = whole_number(pk)
    job = None if number is None else job_of(model(pk=number))
    return job if job and job.is_active else None


@require_GET
@require_action("export.run")
def shift_export(request: AuthedRequest) -> HttpResponse:
    listed = ShiftFilter(request.GET, DeadlineShift.objects.for_list(), user=request.user)
    return export_response(request, "期限变动", SHIFT_COLUMNS, listed.rows, listed.words)
