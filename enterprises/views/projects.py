from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.web.pages import paginate
from enterprises.columns import PROJECT_COLUMNS
from enterprises.filters import ProjectFilter
from enterprises.forms import ProjectForm
from enterprises.models import KeyProject
from enterprises.selectors import register_page, register_rows
from enterprises.services.errors import RegisterError, SimilarNamesError
from enterprises.services.register import create_project, update_project
from enterprises.views.typed import opened, restored


def filtered(request: AuthedRequest) -> ProjectFilter:
    rows = register_rows(KeyProject, request.user, today())
    return ProjectFilter(request.GET, rows, user=request.user, today=today())


@require_GET
@require_action("register.view")
def project_list(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return render(request, "enterprises/project_list.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("export.run")
def project_export(request: AuthedRequest) -> HttpResponse:
    found = filtered(request)
    return export_response(request, "重点项目清单", PROJECT_COLUMNS, found.rows, found.words)


@require_GET
@require_action("register.view")
def project_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    rows = KeyProject.objects.visible_to(request.user)
    project = get_object_or_404(rows.select_related("workstream", "lead_unit", "contact__unit", "enterprise"), pk=pk)
    page = register_page(project, request.user, today(), request.GET)
    return render(request, "enterprises/project_detail.html", {"project": project, "facts": page})


@require_http_methods(["GET", "POST"])
@require_action("register.edit")
def project_create(request: AuthedRequest) -> HttpResponse:
    key = "project:new"
    form = ProjectForm(request.POST or None, user=request.user, initial=restored(request, key))
    if request.method == "POST" and form.is_valid():
        try:
            made = create_project(project=form.instance, actor=request.user, confirmed=form.cleaned_data["confirmed"])
        except SimilarNamesError as error:
            form.warn(error)
        except RegisterError as error:
            form.refuse(error.field, str(error))
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已登记项目“{made.name}”")
            return redirect("enterprises:project-detail", made.pk)
    return opened(request, "enterprises/project_form.html", form, key)


@require_http_methods(["GET", "POST"])
@require_action("register.edit")
def project_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    project = get_object_or_404(KeyProject.objects.visible_to(request.user), pk=pk)
    key = f"project:{pk}"
    form = ProjectForm(request.POST or None, user=request.user, instance=project, initial=restored(request, key))
    if request.method == "POST" and form.is_valid():
        try:
            update_project(project=form.instance, version=form.posted_version)
        except StaleVersionError:
            form.show_conflict(KeyProject.objects.get(pk=pk))
        except RegisterError as error:
            form.refuse(error.field, str(error))
        else:
            drop_draft(user=request.user, key=key)
            messages.success(request, f"已更新“{project.name}”")
            return redirect("enterprises:project-detail", pk)
    return opened(request, "enterprises/project_form.html", form, key)
