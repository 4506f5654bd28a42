from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from common.clock import today
from enterprises.doubles.pages import merge_page
from enterprises.forms import FormerNameForm, WhyForm
from enterprises.models import Enterprise, EnterpriseMerge, FormerName
from enterprises.services.errors import RegisterError
from enterprises.services.formernames import add_former_name, drop_former_name
from enterprises.services.unmerging import undo_merge


@require_GET
@require_action("register.merge")
def merge_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    rows = EnterpriseMerge.objects.visible_to(request.user).select_related("survivor", "merged")
    page = merge_page(get_object_or_404(rows, pk=pk), timezone.now())
    return render(request, "enterprises/merge_detail.html", {"facts": page, "form": WhyForm(label="为什么撤销")})


@require_POST
@require_action("register.merge")
def merge_undo(request: AuthedRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(EnterpriseMerge.objects.visible_to(request.user), pk=pk)
    form = WhyForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        undone = undo_merge(merge=merge, actor=request.user, at=timezone.now(), reason=reason)
    except RegisterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤销：“{undone.merged}”恢复为单独的一家")
    return redirect("enterprises:merge-detail", pk)


@require_http_methods(["GET", "POST"])
@require_action("register.edit")
def former_names(request: AuthedRequest, pk: int) -> HttpResponse:
    """The names a firm had; one from before it was registered can be added."""
    firm = get_object_or_404(Enterprise.objects.visible_to(request.user), pk=pk)
    form = FormerNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_former_name(enterprise=firm, **form.cleaned_data, today=today(), by=request.user)
        except RegisterError as error:
            form.refuse(error.field, str(error))
        else:
            messages.success(request, f"已记下曾用名“{added}”，查找和导入都认得")
            return redirect("enterprises:former-names", pk)
    names = FormerName.objects.visible_to(request.user).filter(enterprise=firm).select_related("noted_by")
    return render(request, "enterprises/former_names.html", {"firm": firm, "form": form, "names": names})


@require_POST
@require_action("register.edit")
def former_name_drop(request: AuthedRequest, pk: int) -> HttpResponse:
    former = get_object_or_404(FormerName.objects.visible_to(request.user), pk=pk)
    try:
        drop_former_name(former=former)
    except RegisterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已去掉曾用名“{former}”")
    return redirect("enterprises:former-names", former.enterprise_id)
