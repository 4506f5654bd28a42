from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.decorators import require_action
from accounts.exports import export_response
from common.pages import paginate
from common.sheets import Column
from common.templatetags.ui import masked
from ledger.filters.surveys import SurveyFilter
from ledger.models import SurveyForm
from ledger.selectors import surveys as selectors


def phone(row: SurveyForm, user: Any) -> str:
    return row.contact_phone if selectors.sees_phone(row, user) else masked(row.contact_phone)


def columns(user: Any) -> list[Column]:
    return [
        Column("序号", lambda row: row.serial, 10),
        Column("企业", lambda row: row.enterprise, 36),
        Column("所属行业", lambda row: row.industry, 14),
        Column("所属大事", lambda row: row.workstream, 14),
        Column("走访单位", lambda row: row.unit, 16),
        Column("走访干警", lambda row: row.officer_name or row.officer, 12),
        Column("走访日期", lambda row: row.visited_on, 12),
        Column("联系人", lambda row: row.contact_name, 12),
        Column("联系电话", partial(phone, user=user), 16),
        Column("满意度", lambda row: row.get_satisfaction_display(), 10),
        Column("诉求类别", lambda row: row.category, 14),
        Column("问题诉求", lambda row: row.appeal, 50),
        Column("涉及金额（元）", lambda row: row.amount, 18),
        Column("意见建议", lambda row: row.suggestion, 40),
        Column("备注", lambda row: row.notes, 20),
    ]


def listed(request: HttpRequest) -> SurveyFilter:
    return SurveyFilter(request.GET, SurveyForm.objects.all(), user=request.user)


@require_GET
@require_action("survey.view")
def survey_list(request: HttpRequest) -> HttpResponse:
    found = listed(request)
    context = {"filter": found, "page": paginate(request, found.rows.for_list())}
    return render(request, "ledger/survey_list.html", context)


@require_GET
@require_action("survey.view")
def survey_detail(request: HttpRequest, pk: int) -> HttpResponse:
    form = get_object_or_404(SurveyForm.objects.visible_to(request.user).for_list(), pk=pk)
    return render(request, "ledger/survey_detail.html", {"page": selectors.survey_page(form, request.user)})


@require_GET
@require_action("export.run")
def survey_export(request: HttpRequest) -> HttpResponse:
    return export_response(request, "征求意见调查表", columns(request.user), listed(request).rows.for_list())
