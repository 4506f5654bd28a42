from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.web.pages import paginate
from enterprises.columns import enterprise_columns
from enterprises.doubles.finding import doubles_of
from enterprises.filters import EnterpriseFilter
from enterprises.forms import EnterpriseForm
from enterprises.models import Enterprise
from enterprises.selectors import register_page, register_rows
from enterprises.services.errors import RegisterError, SimilarNamesError
from enterprises.services.register import create_enterprise, update_enterprise
from enterprises.views.traces import firm_or_trace, to_survivor
from enterprises.views.typed import opened, restored


def filtered(request: AuthedRequest) -> EnterpriseFilter:
    rows = register_rows(Enterprise, request.user, today())
    if request.GET.get("q"):  # which may have been a name of before
        rows = rows.prefetch_related("former_names")
    return EnterpriseFilter(request.GET, rows, user=request.user, today=today())


@require_GET
@require_action("register.view")
def enterprise_list(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return render(request, "enterprises/enterprise_list.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("export.run")
def enterprise_export(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return export_response(request, "企业名录", enterprise_columns(request.user, today()), found.rows, found.words)


@require_GET
@require_action("register.view")
def enterprise_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    enterprise = firm_or_trace(request.user, pk)
    if enterprise.merged_into:
        return to_survivor(request, enterprise)
    facts = {
        "facts": register_page(enterprise, request.user, today(), request.GET),
        "former_names": enterprise.former_names.all(),
        "doubles": doubles_of(enterprise, request.user) if request.user.can("register.edit") else [],
    }
    return render(request, "enterprises/enterprise_detail.html", {"enterprise": enterprise, **facts})


@require_http_methods(["GET", "POST"])
@require_action("register.edit")
def enterprise_create(request: AuthedRequest) -> HttpResponse:
    key = "enterprise:new"
    form = EnterpriseForm(request.POST or None, user=request.user, initial=restored(request, key))
    if request.method == "POST" and form.is_valid():
        confirmed = form.cleaned_data["confirmed"]
        try:
            made = create_enterprise(enterprise=form.instance, actor=request.user, today=today(), confirmed=confirmed)
        except SimilarNamesError as error:
            form.warn(error)
        except RegisterError as error:
            form.refuse(error.field, str(error))
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已登记企业“{made.name}”")
            return redirect("enterprises:enterprise-detail", made.pk)
    return opened(request, "enterprises/enterprise_form.html", form, key)


@require_http_methods(["GET", "POST"])
@require_action("register.edit")
def enterprise_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    enterprise = firm_or_trace(request.user, pk)
    if enterprise.merged_into:
        return to_survivor(request, enterprise)
    key = f"enterprise:{pk}"
    form = EnterpriseForm(request.POST or None, user=request.user, instance=enterprise, initial=restored(request, key))
    if request.method == "POST" and form.is_valid():
        try:
            update_enterprise(enterprise=form.instance, version=form.posted_version, today=today(), by=request.user)
        except StaleVersionError:
            form.show_conflict(Enterprise.objects.get(pk=pk))
        except RegisterError as error:
            form.refuse(error.field, str(error))
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已更新“{enterprise.name}”")
            return redirect("enterprises:enterprise-detail", pk)
    return opened(request, "enterprises/enterprise_form.html", form, key)
