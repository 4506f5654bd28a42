from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.rights.permissions import ACTIONS, can


class AuthedRequest(HttpRequest):
    """A request of somebody signed in, as every view gets it that is not `login_not_required` (SignInMiddleware)."""

    user: User
    htmx: HtmxDetails


def require_action(action: str) -> Callable:
    """Declares the right a view needs; the URL × role matrix test reads `view.action`."""
    if action not in ACTIONS:
        raise LookupError(f"{action} is not in accounts.rights.permissions.ACTIONS")

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: AuthedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not can(request.user, action):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]  # for the test that reads it
        return guarded

    return decorate
