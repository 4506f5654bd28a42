from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_typed
from accounts.trail.exports import export_response
from cases import columns, selectors, services
from cases.filters import TypicalFilter
from cases.forms import TypicalCaseForm
from cases.models import TypicalCase
from cases.views.shared import attempt, first_words
from common.clock import today
from common.idempotence import repeat_words, saved_before
from common.web.pages import paginate


def filtered(request: AuthedRequest) -> TypicalFilter:
    return TypicalFilter(request.GET, selectors.typical_rows(TypicalCase.objects.all()), user=request.user)


@require_GET
@require_action("case.view")
def typical_list(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return render(request, "cases/typical_list.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("export.run")
def typical_export(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return export_response(request, "典型案例", columns.TYPICAL, found.rows, found.words)


@require_GET
@require_action("case.view")
def typical_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    """Published, so everyone reads it; the case behind it only shows to those who may see it."""
    typical = get_object_or_404(selectors.typical_case(request.user), pk=pk)
    return render(request, "cases/typical_detail.html", selectors.typical_facts(typical, request.user))


@require_http_methods(["GET", "POST"])
@require_action("case.edit")
def typical_create(request: AuthedRequest) -> HttpResponse:
    key = "typical-new"
    form = TypicalCaseForm(
        request.POST or None, user=request.user, today=today(), initial=first_words(request, key, "case")
    )
    return answer(request, form, None, key)


@require_http_methods(["GET", "POST"])
@require_action("case.edit")
def typical_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    typical = get_object_or_404(selectors.own_typical_cases(request.user), pk=pk)
    key = f"typical-{pk}"
    form = TypicalCaseForm(request.POST or None, user=request.user, instance=typical, initial=first_words(request, key))
    return answer(request, form, pk, key)


def answer(request: AuthedRequest, form: TypicalCaseForm, pk: int | None, key: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        before = None if pk else saved_before(TypicalCase, request.user, form.submission)
        saved = attempt(
            form,
            lambda: services.save_typical_case(
                pk=pk,
                by=request.user,
                today=today(),
                data=form.record,
                submission=form.submission,
                version=form.posted_version,
                reason=form.reason,
            ),
        )
        if saved:
            drop_typed(request, key)
            said = f"已{'保存' if pk else '登记'}典型案例“{saved.title}”"
            messages.success(request, repeat_words(before, saved) or said)
            return redirect("cases:typical-detail", saved.pk)
    return render(request, "cases/typical_form.html", {"form": form, "key": key, "pk": pk})
