"""Ways of looking at the ledger, kept by name."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from common.forms.conflicts import StaleVersionError, posted_version
from common.idempotence import AlreadySavedError
from common.web.pages import render_page
from ledger.forms.saved_views import SavedViewForm, kept_query
from ledger.models import SavedView
from ledger.services.errors import LedgerError, MoveRefusedError
from ledger.services.saved_views import change_view, delete_view, may_change_view, save_view

LIST = "ledger:entry-list"


@require_GET
@require_action("ledger.view")
def view_list(request: AuthedRequest) -> HttpResponse:
    """All views this person may use; htmx gets them as the drop-down of the list."""
    views = list(SavedView.objects.visible_to(request.user).select_related("owner", "unit"))
    for view in views:
        view.changeable = may_change_view(view, request.user)
    context = {"views": views, "query": kept_query(request.GET.urlencode())}
    return render_page(request, "ledger/view_list.html", "menu", context)


@require_http_methods(["GET", "POST"])
@require_action("ledger.view")
def view_create(request: AuthedRequest) -> HttpResponse:
    initial = {"query": kept_query(request.GET.urlencode())}
    form = SavedViewForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        try:
            view = save_view(actor=request.user, submission=form.submission, **form.view_fields)
        except AlreadySavedError as error:
            change = reverse("ledger:view-edit", args=[error.stored.pk])
            form.show_saved(error.stored, see=f"{reverse(LIST)}{error.stored.address}", change=change)
        except LedgerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已保存视图“{view}”，{view.get_audience_display()}可用")
            return redirect(f"{reverse(LIST)}{view.address}")
    return render(request, "ledger/view_form.html", {"form": form}, status=409 if form.saved else 200)


@require_http_methods(["GET", "POST"])
@require_action("ledger.view")
def view_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    """Name, audience, columns; with `?take=1` also the filter the person came with."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if not may_change_view(view, request.user):
        raise PermissionDenied(f"“{view}”由{view.owner}保存，您可以另存一个自己的")
    initial = {"query": kept_query(request.GET.urlencode())} if "take" in request.GET else {}
    form = SavedViewForm(request.POST or None, user=request.user, view=view, initial=initial)
    if form.is_valid() and changed(request, form, view):
        messages.success(request, f"视图“{view}”已更新")
        return redirect(f"{reverse(LIST)}{view.address}")
    context = {"form": form, "view": view}
    return render(request, "ledger/view_form.html", context, status=409 if form.conflict_by else 200)


def changed(request: AuthedRequest, form: SavedViewForm, view: SavedView) -> bool:
    try:
        change_view(view=view, actor=request.user, version=form.cleaned_data["version"], **form.view_fields)
    except StaleVersionError:
        form.show_conflict(SavedView.objects.get(pk=view.pk))
    except LedgerError as error:
        form.add_error(None, str(error))
    return not form.errors and not form.conflict_by


@require_POST
@require_action("ledger.view")
def view_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    try:
        delete_view(view=view, actor=request.user, version=posted_version(request.POST))
    except MoveRefusedError as error:
        raise PermissionDenied(str(error)) from error
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已删除视图“{view}”，台账里的问题不受影响")
    return redirect("ledger:view-list")
