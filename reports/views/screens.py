"""大屏: made and stopped by an admin, shown on a wall without an account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.middleware import client_address
from accounts.units.trees import Viewer
from common.clock import today
from common.web.throttle import too_many
from reports.dashboard.forms import ScreenForm
from reports.dashboard.screens import (
    ScreenRefusedError,
    find_screen,
    is_open,
    make_screen,
    revoke_screen,
    saw,
    screens,
)
from reports.dashboard.wall import wall
from reports.models import Screen

PER_MINUTE = 60  # several walls of one building share an address
UNKNOWN = "这个大屏地址不正确，请核对，或请管理员另建一个"
STOPPED = "这块大屏已停用或过期，请管理员另建一个"
TOO_MANY = "请求太频繁，请过一分钟再试"


@require_GET
@require_action("screens.manage")
def screen_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "reports/screen_list.html", {"screens": screens(request.user), "today": today()})


@require_http_methods(["GET", "POST"])
@require_action("screens.manage")
def screen_create(request: AuthedRequest) -> HttpResponse:
    """The address is in the answer to the form and nowhere else: it is shown once."""
    form = ScreenForm(request.POST or None, user=request.user, today=today())
    if request.method == "POST" and form.is_valid():
        try:
            made, key = make_screen(
                data=form.to_data(), by=request.user, now=timezone.now(), submission=form.submission
            )
        except ScreenRefusedError as error:
            form.refuse(error.field, str(error))
        else:
            address = request.build_absolute_uri(reverse("reports:screen", args=[key])) if key else ""
            return render(request, "reports/screen_made.html", {"screen": made, "address": address})
    return render(request, "reports/screen_form.html", {"form": form})


@require_POST
@require_action("screens.manage")
def screen_revoke(request: AuthedRequest, pk: int) -> HttpResponse:
    screen = get_object_or_404(Screen.objects.visible_to(request.user), pk=pk)
    if revoke_screen(screen=screen, by=request.user, now=timezone.now()):
        messages.success(request, f"“{screen.name}”的大屏已停用，一分钟内熄灭")
    else:
        messages.info(request, f"“{screen.name}”的大屏早已停用")
    return redirect("reports:screen-list")


@never_cache
@login_not_required
@require_GET
def screen(request: HttpRequest, key: str) -> HttpResponse:
    """The wall itself; `?part=1` is what it asks for every minute. No session or cookie is read or made."""
    address = client_address(request)
    if too_many("screen", address, limit=PER_MINUTE, seconds=60):
        return public(request, "reports/screen_stop.html", {"words": TOO_MANY}, 429)
    found = find_screen(key)
    if found is None or not is_open(found, today()):
        words = STOPPED if found else UNKNOWN
        return public(request, "reports/screen_stop.html", {"words": words}, 410 if found else 404)
    saw(found, address, timezone.now())
    context = {"screen": found, "wall": wall(Viewer(found.unit), today(), timezone.now()), "now": timezone.now()}
    page = "_screen_panels" if request.GET.get("part") else "screen"
    return public(request, f"reports/{page}.html", context, 200)


def public(request: HttpRequest, template: str, context: dict, status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
