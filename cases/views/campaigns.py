from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft
from cases import selectors, services
from cases.forms import CampaignForm
from cases.models import Campaign
from cases.views.shared import attempt, first_words
from common.clock import today
from common.web.pages import paginate


@require_GET
@require_action("case.view")
def campaign_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "cases/campaign_list.html", {"campaigns": selectors.campaign_rows(request.user)})


@require_GET
@require_action("case.view")
def campaign_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).select_related("lead_unit"), pk=pk)
    facts = selectors.campaign_facts(campaign, request.user)
    page = paginate(request, facts["cases"])
    return render(request, "cases/campaign_detail.html", {**facts, "page": page})


@require_http_methods(["GET", "POST"])
@require_action("campaign.edit")
def campaign_create(request: AuthedRequest) -> HttpResponse:
    key = "campaign-new"
    form = CampaignForm(request.POST or None, user=request.user, today=today(), initial=first_words(request, key))
    return answer(request, form, None, key)


@require_http_methods(["GET", "POST"])
@require_action("campaign.edit")
def campaign_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    key = f"campaign-{pk}"
    form = CampaignForm(request.POST or None, user=request.user, instance=campaign, initial=first_words(request, key))
    return answer(request, form, pk, key)


def answer(request: AuthedRequest, form: CampaignForm, pk: int | None, key: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: services.save_campaign(pk=pk, data=form.record, version=form.posted_version))
        if saved:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已{'保存' if pk else '新建'}专项行动“{saved.name}”")
            return redirect("cases:campaign-detail", saved.pk)
    return render(request, "cases/campaign_form.html", {"form": form, "key": key, "pk": pk})
