from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.decorators import AuthedRequest, require_action
from accounts.forms import UnitForm
from accounts.models import Unit, User
from accounts.services import AccountError
from accounts.views.people import passwords
from common.forms.conflicts import StaleVersionError


@require_GET
@require_action("users.manage")
def unit_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "accounts/unit_list.html", {"units": selectors.unit_rows(request.user)})


@require_http_methods(["GET", "POST"])
@require_action("users.manage")
def unit_create(request: AuthedRequest) -> HttpResponse:
    return answer(request, UnitForm(request.POST or None, user=request.user), None)


@require_http_methods(["GET", "POST"])
@require_action("users.manage")
def unit_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    return answer(request, UnitForm(request.POST or None, instance=unit, user=request.user), pk)


@require_POST
@require_action("users.manage")
def unit_invite(request: AuthedRequest, pk: int) -> HttpResponse:
    """Everyone of the unit who was never let in gets an initial password; the answer is the sheet to hand out."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    try:
        given = services.invite_people(User.objects.visible_to(request.user).filter(unit=unit))
    except AccountError as error:
        messages.error(request, str(error))
        return redirect("accounts:unit-list")
    if not given:
        messages.info(request, f"{unit} 没有未启用的人员")
        return redirect("accounts:unit-list")
    return passwords(request, given, unit.name)


def answer(request: AuthedRequest, form: UnitForm, pk: int | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.save_unit(pk=pk, data=form.record, version=form.posted_version)
        except AccountError as error:
            form.refuse(error.field, str(error))
        except StaleVersionError:
            form.show_conflict(Unit.objects.get(pk=form.instance.pk))
        else:
            messages.success(request, f"已{'保存' if pk else '新增'}单位“{unit}”{received(form, pk, unit)}")
            return redirect("accounts:unit-list")
    facts = selectors.unit_facts(Unit.objects.get(pk=pk)) if pk else {}
    return render(request, "accounts/unit_form.html", {"form": form, "pk": pk, **facts})


def received(form: UnitForm, pk: int | None, unit: Unit) -> str:
    """Who receives for a unit that has been hung elsewhere."""
    if not pk or "parent" not in form.changed_data:
        return ""
    return f"，它的事现由 {selectors.unit_facts(unit)['receivers']} 接收"
