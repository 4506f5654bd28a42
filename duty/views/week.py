"""The roster by week: seen, printed, exported, arranged, copied from the week before."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import book_response, whose
from common.books.sheets import Sheet
from common.clock import today
from common.web.pages import paginate
from duty.columns import book_rows, columns
from duty.forms import CellForm
from duty.selectors.gaps import empty_seats, personal_gaps
from duty.selectors.week import WeekPage, week_page
from duty.services.arranging import CellChangedError, Place, arrange, seated
from duty.services.copying import copy_plan, copy_week
from duty.services.telling import week_page as address
from duty.weeks import WEEK, asked_day, monday, sunday, week_words
from enterprises.models import Workstream
from ledger.calendar import working_calendar
from ledger.services.errors import LedgerError


def asked(request: AuthedRequest) -> date:
    """The Monday of the week an address asks for, by default this one's."""
    words = request.GET.get("week", "")
    day = asked_day(words) if words else today()
    if day is None:
        raise Http404("没有这一周，请从值班表里选择")
    return monday(day)


def shown(request: AuthedRequest) -> WeekPage:
    return week_page(request.user, asked(request), today(), working_calendar())


@require_GET
@require_action("duty.view")
def week(request: AuthedRequest) -> HttpResponse:
    return render(request, "duty/week.html", {"page": shown(request), "today": today()})


@require_GET
@require_action("export.run")
def week_export(request: AuthedRequest) -> HttpResponse:
    page = shown(request)
    about = f"{whose(request.user)}　{page.words}"
    sheet = Sheet("值班表", columns(page), book_rows(page), "驻点坐班值班表", about)
    return book_response(request, f"值班表-{page.week:%Y%m%d}", [sheet])


@require_http_methods(["GET", "POST"])
@require_action("duty.edit")
def cell(request: AuthedRequest, pk: int, day: str) -> HttpResponse:
    """One headquarters on one day."""
    wanted = asked_day(day)
    if wanted is None:
        raise Http404("没有这一天，请从值班表里选择")
    place = Place(get_object_or_404(Workstream.objects.visible_to(request.user), pk=pk), wanted)
    form = CellForm(request.POST or None, user=request.user, place=place)
    if request.method == "POST" and form.is_valid():
        try:
            seats = {"wanted": form.wanted, "seen": form.seen_seats}
            done = arrange(actor=request.user, place=place, at=timezone.now(), **seats)
        except CellChangedError:
            form.show_conflict(seated(request.user, place).select_related("officer", "made_by"))
        except LedgerError as error:
            form.add_error(None, str(error))
        else:
            words = (
                f"新排 {len(done.added)} 班，取消 {len(done.removed)} 班" if done.added or done.removed else "没有变化"
            )
            messages.success(request, f"{place}：{words}")
            return redirect(address(wanted))
    context = {"form": form, "place": place, "back": address(wanted), "is_past": wanted < today()}
    return render(request, "duty/cell.html", context, status=409 if form.conflict_by else 200)


@require_http_methods(["GET", "POST"])
@require_action("duty.edit")
def copy(request: AuthedRequest) -> HttpResponse:
    """What copying the week before would do; then does it."""
    wanted, calendar = asked(request), working_calendar()
    if request.method == "POST":
        lines = copy_week(actor=request.user, week=wanted, at=timezone.now(), calendar=calendar)
        count, left = sum(line.is_copied for line in lines), sum(bool(line.why_not) for line in lines)
        messages.success(request, f"从上一周复制了 {count} 班" + (f"，{left} 班没有复制" if left else ""))
        return redirect(address(wanted))
    lines = copy_plan(request.user, wanted, today(), calendar)
    context = {
        "copied": [line for line in lines if line.is_copied], "refused": [line for line in lines if line.why_not],
        "there": sum(line.is_there for line in lines), "words": week_words(wanted), "back": address(wanted),
        "before": week_words(wanted - WEEK), "week": wanted,
    }  # fmt: skip
    return render(request, "duty/copy.html", context)


@require_GET
@require_action("duty.edit")
def gap_list(request: AuthedRequest) -> HttpResponse:
    """Everything ahead that somebody has to arrange anew, and where nobody sits this week and the next."""
    day = today()
    page = paginate(request, personal_gaps(request.user, day).for_list())
    empty = empty_seats(day, sunday(monday(day) + WEEK), working_calendar())
    return render(request, "duty/gap_list.html", {"page": page, "empty": empty})
