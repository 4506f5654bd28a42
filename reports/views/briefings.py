"""工作情况汇报: listed, begun, read, issued, downloaded."""

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.models import ExportLog
from accounts.signin.drafts import drop_draft, restore
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.idempotence import AlreadySavedError
from common.web.pages import paginate
from reports.briefing.drafts import create_briefing, edit_heading, restore_missing
from reports.briefing.dropping import drop_briefing
from reports.briefing.errors import BriefingError
from reports.briefing.filters import COLUMNS, BriefingFilter
from reports.briefing.forms import BriefingForm, HeadingForm
from reports.briefing.issuing import document, issued_file, last_job, request_issue
from reports.briefing.pages import desk, names, reading
from reports.briefing.text.compose import compose
from reports.briefing.text.scopes import Scope
from reports.models import Briefing

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DRAFT_KEY = "briefing-new"


def listed(request: AuthedRequest) -> BriefingFilter:
    return BriefingFilter(request.GET, Briefing.objects.all(), user=request.user)


def visible(request: AuthedRequest, pk: int) -> Briefing:
    rows = Briefing.objects.visible_to(request.user).select_related("unit", "workstream", "template", "author")
    return get_object_or_404(rows.defer("template__content"), pk=pk)


@require_GET
@require_action("briefing.view")
def briefing_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return render(
        request, "reports/briefing_list.html", {"filter": found, "page": paginate(request, found.rows.for_list())}
    )


@require_GET
@require_action("briefing.view")
def briefing_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "工作情况汇报", COLUMNS, found.rows.for_list(), found.words)


@require_http_methods(["GET", "POST"])
@require_action("briefing.edit")
def briefing_create(request: AuthedRequest) -> HttpResponse:
    initial = {**request.GET.dict(), **restore(user=request.user, key=DRAFT_KEY)}
    form = BriefingForm(request.POST or None, user=request.user, today=today(), initial=initial)
    if form.is_valid():
        try:
            made = create_briefing(
                scope=form.scope,
                heading=form.heading,
                actor=request.user,
                now=timezone.now(),
                source=form.cleaned_data["source"],
                submission=form.submission,
            )
        except AlreadySavedError as error:
            form.show_saved(error.stored, see=reverse("reports:briefing-edit", args=[error.stored.pk]))
        except BriefingError as error:
            form.refuse(error.field, str(error))
        else:
            drop_draft(user=request.user, key=DRAFT_KEY)
            messages.success(request, f"已起草“{made.title}”，逐段核对后签发")
            return redirect("reports:briefing-edit", made.pk)
    return render(request, "reports/briefing_form.html", {"form": form, "key": DRAFT_KEY})


@require_GET
@require_action("briefing.view")
def briefing_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    briefing = visible(request, pk)
    context = {
        "briefing": briefing,
        "job": last_job(briefing, request.user),
        "reading": reading(briefing, request.user, timezone.now()),
    }
    return render(request, "reports/briefing_detail.html", context)


@require_http_methods(["GET", "POST"])
@require_action("briefing.edit")
def briefing_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    """The desk: the heading, and every paragraph in its order."""
    briefing = visible(request, pk)
    form = HeadingForm(request.POST or None, user=request.user, briefing=briefing)
    if form.is_valid():
        try:
            edit_heading(briefing=visible(request, pk), heading=form.heading, version=form.posted_version)
        except StaleVersionError:
            form.show_conflict(visible(request, pk))
        except BriefingError as error:
            form.refuse(error.field, str(error))
        else:
            messages.success(request, "已保存标题和格式")
            return redirect("reports:briefing-edit", pk)
    if not briefing.is_draft:
        return redirect("reports:briefing-detail", pk)
    now = timezone.now()
    context = {"briefing": briefing, "form": form, "desk": desk(briefing, now), "names": names(briefing, now)}
    return render(request, "reports/briefing_edit.html", context)


@require_POST
@require_action("briefing.edit")
def briefing_restore(request: AuthedRequest, pk: int) -> HttpResponse:
    return done(request, pk, "edit", lambda briefing: f"已补回 {put_back(request, briefing)} 个默认段落，放在最后")


def put_back(request: AuthedRequest, briefing: Briefing) -> int:
    return restore_missing(briefing=briefing, actor=request.user, now=timezone.now())


@require_POST
@require_action("briefing.edit")
def briefing_issue(request: AuthedRequest, pk: int) -> HttpResponse:
    """Asks for it; the briefing's page shows how far it is."""
    request_issue(briefing=visible(request, pk), actor=request.user, site=site(request))
    return redirect("reports:briefing-detail", pk)


@require_POST
@require_action("briefing.edit")
def briefing_drop(request: AuthedRequest, pk: int) -> HttpResponse:
    briefing = visible(request, pk)
    try:
        drop_briefing(briefing=briefing, seen=frozenset(request.POST.getlist("seen")))
    except BriefingError as error:
        messages.error(request, str(error))
        return redirect("reports:briefing-detail", pk)
    except StaleVersionError:
        messages.error(request, "这份草稿刚有人改过，没有删除；下面是最新的，看过以后仍要删除的，请再点一次")
        return redirect("reports:briefing-edit", pk)
    messages.success(request, f"已删除草稿“{briefing.title}”")
    return redirect("reports:briefing-list")


def done(request: AuthedRequest, pk: int, page: str, act: Callable[[Briefing], str]) -> HttpResponse:
    """Does one thing to a briefing and says what came of it."""
    try:
        messages.success(request, act(visible(request, pk)))
    except BriefingError as error:
        messages.error(request, str(error))
    return redirect(f"reports:briefing-{page}", pk)


@require_GET
@require_action("briefing.view")
def briefing_word(request: AuthedRequest, pk: int) -> HttpResponse:
    """The frozen file of an issued one, byte for byte; of a draft, what it would be now. Either is noted."""
    briefing = visible(request, pk)
    try:
        content, count = file_of(briefing, request)
    except BriefingError as error:
        messages.error(request, str(error))
        return redirect("reports:briefing-detail", pk)
    ExportLog.objects.create(user=request.user, what="工作情况汇报", query=f"briefing={pk}", rows=count)
    name = f"{briefing.title.replace(' ', '')}{'（草稿）' if briefing.is_draft else ''}.docx"
    return word(content, name)


def file_of(briefing: Briefing, request: AuthedRequest) -> tuple[bytes, int]:
    """The Word file and how many figures its text has."""
    if not briefing.is_draft:
        return issued_file(briefing.issue), briefing.issue.figure_count
    now = timezone.now()
    composed = compose(briefing, list(briefing.paragraphs.all()), Scope.of(briefing, today()), now)
    return document(briefing, composed, now, site(request)), len(composed.figures)


def site(request: AuthedRequest) -> str:
    """Where a document's links open: the office's own address, or the one this page was opened at."""
    return settings.SITE_URL or request.build_absolute_uri("/")


def word(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


def edit_url(pk: int, paragraph: int) -> str:
    return f"{reverse('reports:briefing-edit', args=[pk])}#paragraph-{paragraph}"
