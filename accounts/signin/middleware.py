import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from auditlog.middleware import AuditlogMiddleware
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.signin.drafts import stash
from common.web.pages import go

SEEN, BEGAN = "seen_at", "began_at"
REFRESH_SECONDS = 60


class SessionLifetimeMiddleware:
    """30 minutes idle, 12 hours in all. Polling (`?poll=1`) does not count as use.

    The cookie's age alone would start again with every write to the session, so the beginning is kept in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, seen = int(time.time()), request.session.get(SEEN)
            began = request.session.get(BEGAN, now)
            if seen is None or BEGAN not in request.session:
                begin(request.session)
            elif now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen > REFRESH_SECONDS and "poll" not in request.GET:
                request.session[SEEN] = now
        return self.get_response(request)


def begin(session: Any) -> None:
    """A session's two clocks start at sign-in."""
    session[BEGAN] = session[SEEN] = int(time.time())


class SignInMiddleware(LoginRequiredMiddleware):
    """Closed by default. What was typed into an expired form is kept; htmx gets a page change, not a login in a div."""

    def handle_no_permission(  # type: ignore[override]  # htmx asks for no redirect
        self, request: HttpRequest, view_func: Callable
    ) -> HttpResponse:
        htmx = getattr(request, "htmx", False)
        back = request.get_full_path()
        if request.method == "POST":
            stash(request)
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
                return go(request, "accounts:password-change")
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """Where a request came from. Only the TLS proxy's own word (the last one) is taken; anyone can write the others."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", "")


class AuditMiddleware(AuditlogMiddleware):
    """Who and from where, beside every change; the address is one a caller can't make up."""

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> str:
        return client_address(request)
