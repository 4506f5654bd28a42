from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.models import User
from accounts.signin.drafts import drop_draft
from accounts.trail.exports import export_response
from common.clock import today
from common.web.pages import go, paginate
from enterprises.columns import pairing_columns
from enterprises.filters import PairingFilter
from enterprises.forms import PairingEndForm, PairingForm
from enterprises.models import Pairing
from enterprises.selectors import own_officers
from enterprises.services.errors import RegisterError, RegisterPeriodClosedError
from enterprises.services.pairings import end_pairing, start_pairing
from enterprises.views.typed import opened, restored


def filtered(request: AuthedRequest) -> PairingFilter:
    return PairingFilter(request.GET, Pairing.objects.for_list(), user=request.user, today=today())


@require_GET
@require_action("register.view")
def pairing_list(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    page = paginate(request, found.rows)
    ending = own_officers(request.user, list(page.object_list))
    context = {"filter": found, "page": page, "today": today(), "ending": ending}
    return render(request, "enterprises/pairing_list.html", context)


@require_GET
@require_action("export.run")
def pairing_export(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return export_response(request, "结对联系表", pairing_columns(today()), found.rows, found.words)


@require_http_methods(["GET", "POST"])
@require_action("register.pair")
def pairing_start(request: AuthedRequest) -> HttpResponse:
    key = f"pairing:{request.GET.get('target', 'new')}"
    initial = {"starts_on": today(), "target": request.GET.get("target", ""), **restored(request, key)}
    form = PairingForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = start_pairing(pairing=form.instance, actor=request.user, today=today(), reason=form.reason)
        except RegisterError as error:
            refuse(form, error)
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已结对：{made.officer.name}与“{made.enterprise or made.project}”")
            return redirect(target_page(made))
    return opened(request, "enterprises/pairing_form.html", form, key)


@require_http_methods(["GET", "POST"])
@require_action("register.pair")
def pairing_end(request: AuthedRequest, pk: int) -> HttpResponse:
    rows = Pairing.objects.visible_to(request.user).filter(officer__in=User.objects.visible_to(request.user))
    pairing = get_object_or_404(rows.for_list(), pk=pk)
    key = f"pairing-end:{pk}"
    form = PairingEndForm(request.POST or None, initial={"ends_on": today(), **restored(request, key)})
    if request.method == "POST" and form.is_valid():
        try:
            ended = end_pairing(pairing=pairing, today=today(), actor=request.user, reason=form.reason, **form.record)
        except RegisterError as error:
            refuse(form, error)
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"{pairing.officer.name}的结对到 {ended.ends_on:%Y年%-m月%-d日} 结束")
            return go(request, target_page(pairing))
    return opened(request, "enterprises/pairing_end.html", form, key, pairing=pairing)


def refuse(form: PairingForm | PairingEndForm, error: RegisterError) -> None:
    """Says what is wrong where it is; where a closed period is touched the form asks why."""
    if isinstance(error, RegisterPeriodClosedError):
        form.ask_reason(str(error))
    else:
        form.refuse(error.field, str(error))


def target_page(pairing: Pairing) -> str:
    if pairing.enterprise_id:
        return reverse("enterprises:enterprise-detail", kwargs={"pk": pairing.enterprise_id})
    return reverse("enterprises:project-detail", kwargs={"pk": pairing.project_id})
