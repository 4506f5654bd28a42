import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.drafts import stash

SEEN = "seen_at"
REFRESH_SECONDS = 60


class SessionLifetimeMiddleware:
    """30 minutes idle, 12 hours in all (the cookie's age). Polling (`?poll=1`) does not count as use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, seen = int(time.time()), request.session.get(SEEN)
            if seen is not None and now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif seen is None or (now - seen > REFRESH_SECONDS and "poll" not in request.GET):
                request.session[SEEN] = now
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Closed by default. What was typed into an expired form is kept; htmx gets a page change, not a login in a div."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        htmx = getattr(request, "htmx", False)
        back = request.get_full_path()
        if request.method == "POST":
            stash(request.session, request.POST)
            back = request.POST.get("draft_page") or request.headers.get("HX-Current-URL") or back
        elif htmx:
            back = request.headers.get("HX-Current-URL", back)
        url = f"{reverse(settings.LOGIN_URL)}?{urlencode({REDIRECT_FIELD_NAME: back})}"
        if htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)


class PasswordChangeMiddleware:
    """A first or out-of-date password lets its owner change it and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.password_expired(timezone.now()):
            allowed = {reverse("accounts:password-change"), reverse("accounts:logout")}
            if request.path not in allowed:
                return HttpResponseRedirect(reverse("accounts:password-change"))
        return self.get_response(request)
