"""The ledger's pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.kept.files import KeptFiles
from accounts.signin.drafts import drop_typed, restore
from accounts.trail.exports import export_response
from common.clock import today
from common.idempotence import AlreadySavedError, repeat_words, saved_before
from common.rows.keysets import Counting, keyset_page
from common.sent.numbers import whole_number
from enterprises.models import Enterprise, KeyProject
from ledger.filters.entries import EntryFilter
from ledger.filters.rounds import Finished, Round, carried
from ledger.forms.entries.registering import CorrectionForm, EntryForm, initial_entry
from ledger.models import ProblemEntry, SavedView, ServiceActivity
from ledger.selectors.entries.entry_page import entry_page, find_entry
from ledger.selectors.entries.exports import entry_columns, view_rows
from ledger.selectors.entries.lists import entry_choices, list_page
from ledger.selectors.entries.lost import lost_of
from ledger.selectors.entries.picks import OFFERS, mark_picks
from ledger.selectors.entries.similar import similar_entries
from ledger.services.entries.registering import correct_entry, create_entry, may_correct
from ledger.services.errors import (
    EditConflictError,
    LedgerError,
    MoveRefusedError,
)
from ledger.services.periods import PeriodClosedError
from ledger.services.saved_views import may_change_view

NEW = "entry-new"


@require_GET
@require_action("ledger.view")
def entry_list(request: AuthedRequest) -> HttpResponse:
    listed = EntryFilter(request.GET, ProblemEntry.objects.all(), user=request.user)
    page = keyset_page(request.GET, listed.qs, listed.order, counting=Counting(listed.count_limit))
    view, may_bulk = chosen_view(request), request.user.can("ledger.bulk")
    page.object_list = list_page(page.object_list, today(), listed.day, whole=bool(view and view.columns))
    if may_bulk:
        mark_picks(page.object_list, request.user)
    context: dict[str, Any] = {
        "filter": listed,
        "page": page,
        "view": view,
        "lost": lost_of(view, listed) if view else [],
        "may_change": view is not None and may_change_view(view, request.user),
        "may_bulk": may_bulk,
        "offers": OFFERS,
        "carried": carried(request.GET, listed),
        "finished": Finished.of(request.GET),
    }
    if view and view.columns:
        context["columns"] = entry_columns(today(), view.columns, listed.day)
        context["rows"] = view_rows(page.object_list, context["columns"])
    return render(request, "ledger/entry_list.html", context)


def chosen_view(request: AuthedRequest) -> SavedView | None:
    """The saved view the address names, if this person may use it."""
    pk = whole_number(request.GET.get("view"))
    return SavedView.objects.visible_to(request.user).filter(pk=pk).first() if pk else None


@require_GET
@require_action("ledger.view")
def entry_filters(request: AuthedRequest) -> HttpResponse:
    """The rarer filters, asked for when somebody opens them."""
    listed = EntryFilter(request.GET, ProblemEntry.objects.all(), user=request.user)
    return render(request, "ledger/_entry_filters.html", {"filter": listed, "shown": True})


@require_GET
@require_action("ledger.register")
def entry_similar(request: AuthedRequest) -> HttpResponse:
    """Entries that may be the one being registered, shown beside the title."""
    ask = request.GET
    found = similar_entries(
        user=request.user,
        title=ask.get("title", "")[:200],
        enterprise=whole_number(ask.get("enterprise")),
        project=whole_number(ask.get("project")),
    )
    return render(request, "ledger/_entry_similar.html", {"similar": found})


@require_GET
@require_action("export.run")
def entry_export(request: AuthedRequest) -> HttpResponse:
    listed, view = EntryFilter(request.GET, ProblemEntry.objects.for_list(), user=request.user), chosen_view(request)
    columns = entry_columns(today(), view.columns if view else (), listed.day)
    return export_response(request, "问题台账", columns, listed.keyed, listed.words)


@require_GET
@require_action("ledger.view")
def entry_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    shown = entry_page(entry=visible_entry(request, pk), user=request.user, today=today())
    on_the_way = Round.of(request.GET, request.user, pk)
    context = {"shown": shown, "entry": shown.entry, "round": on_the_way, "carried": on_the_way and on_the_way.carried}
    return render(request, "ledger/entry_detail.html", context)


@require_GET
@require_action("ledger.view")
def entry_choice_list(request: AuthedRequest) -> HttpResponse:
    """Entries for a chooser: {"results": [{"value", "text"}]}."""
    words, leave_out = request.GET.get("q", "")[:100], whole_number(request.GET.get("leave_out"))
    found = entry_choices(user=request.user, words=words, leave_out=leave_out)
    return JsonResponse({"results": found})


@require_http_methods(["GET", "POST"])
@require_action("ledger.register")
def entry_create(request: AuthedRequest) -> HttpResponse:
    form = EntryForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        today=today(),
        initial={**linked(request), **restore(user=request.user, key=NEW)},
        kept=KeptFiles(request, NEW),
    )
    if form.is_valid():
        before = saved_before(ProblemEntry, request.user, form.submission)
        if entry := registered(request, form):
            drop_typed(request, NEW)
            messages.success(request, repeat_words(before, entry) or f"已登记 {entry.number}，等待受理")
            return redirect("ledger:entry-detail", entry.pk)
    form.keep_files()
    return render(request, "ledger/entry_form.html", {"form": form, "key": NEW, "title": "登记问题"})


def registered(request: AuthedRequest, form: EntryForm) -> ProblemEntry | None:
    """Registers the entry, or leaves on the form why not."""
    try:
        return create_entry(actor=request.user, at=timezone.now(), submission=form.submission, **form.entry_fields)
    except AlreadySavedError as error:
        see, change = (reverse(f"ledger:entry-{page}", args=[error.stored.pk]) for page in ("detail", "edit"))
        form.show_saved(error.stored, see=see, change=change if may_correct(error.stored, request.user) else "")
    except LedgerError as error:
        form.add_error(None, str(error))
    return None


@require_http_methods(["GET", "POST"])
@require_action("ledger.register")
def entry_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    entry, key = visible_entry(request, pk), f"entry-{pk}"
    if request.method == "GET" and not may_correct(entry, request.user):
        raise PermissionDenied(f"{entry.number} 现在不能由您修改：交办前由登记人或受理单位修改")
    initial = restore(user=request.user, key=key)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    kept = KeptFiles(request, key)
    form = CorrectionForm(*given, user=request.user, today=today(), entry=entry, initial=initial, kept=kept)
    if form.is_valid() and corrected(request, form, entry):
        drop_typed(request, key)
        messages.success(request, f"{entry.number} 的内容已更新")
        return redirect("ledger:entry-detail", pk)
    form.keep_files()
    context = {"form": form, "key": key, "title": f"修改 {entry.number}", "entry": entry}
    return render(request, "ledger/entry_form.html", context, status=409 if form.conflicts or form.conflict_by else 200)


def corrected(request: AuthedRequest, form: CorrectionForm, entry: ProblemEntry) -> bool:
    """Saves the correction, or leaves on the form why not."""
    seen = form.posted_version or 0
    try:
        now, text, more = timezone.now(), form.text_fields, form.cleaned_data["files"]
        saved = {"version": seen, "fields": text, "files": more, "reason": form.reason}
        correct_entry(entry=entry, actor=request.user, at=now, **saved)
    except EditConflictError as error:
        form.show_conflict(error.theirs)
        return False
    except MoveRefusedError as error:
        raise PermissionDenied(str(error)) from error
    except PeriodClosedError as error:
        form.ask_reason(str(error))
    except LedgerError as error:
        form.add_error(None, str(error))
    return not form.errors


def visible_entry(request: AuthedRequest, pk: int) -> ProblemEntry:
    entry = find_entry(pk, request.user)
    if entry is None:
        raise Http404
    return entry


def of_address(model: type[Any], user: Any) -> Any:
    """The rows that an address may name: also a firm that was merged, which stands for the one it is part of."""
    rows = Enterprise.every.select_related("merged_into") if model is Enterprise else model.objects.all()
    return rows.visible_to(user)


def linked(request: AuthedRequest) -> dict[str, Any]:
    """What the address (`?activity=`, `?enterprise=`, `?project=`) says it came from, as far as it may be seen."""
    found: list[Any] = []
    for name, model in (("activity", ServiceActivity), ("enterprise", Enterprise), ("project", KeyProject)):
        pk = whole_number(request.GET.get(name))
        row = None if pk is None else get_object_or_404(of_address(model, request.user), pk=pk)
        found.append(row.standing() if isinstance(row, Enterprise) else row)
    return initial_entry(request.user, *found)
