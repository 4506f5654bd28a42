from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_typed
from accounts.trail.exports import export_response
from cases import columns, selectors, services
from cases.filters import RecommendationFilter
from cases.forms import RecommendationForm
from cases.models import ProcuratorialRecommendation
from cases.views.shared import attempt, first_words
from common.clock import today
from common.idempotence import repeat_words, saved_before
from common.web.pages import paginate


def filtered(request: AuthedRequest) -> RecommendationFilter:
    rows = selectors.recommendation_rows(ProcuratorialRecommendation.objects.all())
    return RecommendationFilter(request.GET, rows, user=request.user)


@require_GET
@require_action("case.view")
def recommendation_list(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return render(request, "cases/recommendation_list.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("export.run")
def recommendation_export(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return export_response(request, "检察建议", columns.RECOMMENDATIONS, found.rows, found.words)


@require_http_methods(["GET", "POST"])
@require_action("case.edit")
def recommendation_create(request: AuthedRequest) -> HttpResponse:
    key = "recommendation-new"
    form = RecommendationForm(
        request.POST or None, user=request.user, today=today(), initial=first_words(request, key, "case")
    )
    return answer(request, form, None, key)


@require_http_methods(["GET", "POST"])
@require_action("case.edit")
def recommendation_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ProcuratorialRecommendation.objects.visible_to(request.user), pk=pk)
    key = f"recommendation-{pk}"
    form = RecommendationForm(request.POST or None, user=request.user, instance=row, initial=first_words(request, key))
    return answer(request, form, pk, key)


def answer(request: AuthedRequest, form: RecommendationForm, pk: int | None, key: str) -> HttpResponse:
    """Saves a sound form and goes on to the case it belongs to; shows the form otherwise."""
    if request.method == "POST" and form.is_valid():
        before = None if pk else saved_before(ProcuratorialRecommendation, request.user, form.submission)
        saved = attempt(
            form,
            lambda: services.save_recommendation(
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
            said = f"已{'保存' if pk else '登记'}检察建议 {saved.number}"
            messages.success(request, repeat_words(before, saved) or said)
            return (
                redirect("cases:case-detail", saved.case_id) if saved.case_id else redirect("cases:recommendation-list")
            )
    return render(request, "cases/recommendation_form.html", {"form": form, "key": key, "pk": pk})
