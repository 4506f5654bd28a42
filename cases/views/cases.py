from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_typed
from accounts.trail.exports import export_response
from cases import columns, selectors, services
from cases.filters import CaseFilter
from cases.forms import CaseForm
from cases.models import LegalCase
from cases.views.shared import attempt, first_words
from common.clock import today
from common.idempotence import repeat_words, saved_before
from common.web.pages import paginate


@require_GET
@require_action("case.view")
def case_list(request: AuthedRequest) -> HttpResponse:
    cases = CaseFilter(request.GET, selectors.case_rows(LegalCase.objects.all()), user=request.user)
    context = {"filter": cases, "page": paginate(request, cases.rows), "money": selectors.money_of(cases.qs)}
    return render(request, "cases/case_list.html", context)


@require_GET
@require_action("export.run")
def case_export(request: AuthedRequest) -> HttpResponse:
    rows = selectors.case_rows(LegalCase.objects.all())
    cases = CaseFilter(request.GET, rows, user=request.user)
    return export_response(request, "涉企案件", columns.CASES, cases.rows, cases.words)


@require_GET
@require_action("case.view")
def case_choices(request: AuthedRequest) -> JsonResponse:
    return JsonResponse({"results": selectors.case_choices(request.user, request.GET.get("q", "")[:100])})


@require_GET
@require_action("case.view")
def case_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(selectors.full_case(request.user), pk=pk)
    return render(request, "cases/case_detail.html", selectors.case_facts(case, request.user))


@require_http_methods(["GET", "POST"])
@require_action("case.edit")
def case_create(request: AuthedRequest) -> HttpResponse:
    key, day = "case-new", today()
    start = {"enterprises": request.GET.get("enterprise", ""), **first_words(request, key, "project", "campaign")}
    form = CaseForm(request.POST or None, user=request.user, today=day, initial=start)
    if request.method == "POST" and form.is_valid():
        before = saved_before(LegalCase, request.user, form.submission)
        case = attempt(
            form,
            lambda: services.create_case(
                by=request.user, today=day, data=form.record, submission=form.submission, reason=form.reason
            ),
        )
        if case:
            drop_typed(request, key)
            messages.success(request, repeat_words(before, case) or f"已登记 {case.number}")
            return redirect("cases:case-detail", case.pk)
    return render(request, "cases/case_form.html", {"form": form, "key": key})


@require_http_methods(["GET", "POST"])
@require_action("case.edit")
def case_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(LegalCase.objects.visible_to(request.user), pk=pk)
    key, user = f"case-{pk}", request.user
    form = CaseForm(request.POST or None, user=user, instance=case, today=today(), initial=first_words(request, key))
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.edit_case(
                case=case, by=user, today=today(), data=form.record, version=form.posted_version, reason=form.reason
            ),
        )
        if saved:
            drop_typed(request, key)
            messages.success(request, f"已保存 {saved.number}")
            return redirect("cases:case-detail", pk)
    return render(request, "cases/case_form.html", {"form": form, "key": key, "case": case})
