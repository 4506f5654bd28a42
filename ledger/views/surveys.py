from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.web.pages import paginate
from ledger.filters.surveys import SurveyFilter
from ledger.models import SurveyForm
from ledger.selectors import surveys as selectors
from ledger.selectors.entries.exports import survey_columns


def listed(request: AuthedRequest) -> SurveyFilter:
    return SurveyFilter(request.GET, SurveyForm.objects.all(), user=request.user)


@require_GET
@require_action("survey.view")
def survey_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    context = {"filter": found, "page": paginate(request, found.rows.for_list())}
    return render(request, "ledger/survey_list.html", context)


@require_GET
@require_action("survey.view")
def survey_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    form = get_object_or_404(SurveyForm.objects.visible_to(request.user).for_list(), pk=pk)
    return render(request, "ledger/survey_detail.html", {"page": selectors.survey_page(form, request.user)})


@require_GET
@require_action("export.run")
def survey_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "征求意见调查表", survey_columns(request.user), found.rows.for_list(), found.words)
