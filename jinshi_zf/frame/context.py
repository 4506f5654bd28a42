"""What every page's frame needs: the navigation of this person's role."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.rights.permissions import Role
from jinshi_zf.frame.navigation import Navigation, turned_by


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Worked out only by pages with a frame: parts that htmx asks for have none."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": None}
    here = request.resolver_match.view_name if request.resolver_match else ""
    cookie = f"navigation_{user.pk}"  # people who share a computer keep their own
    turned = turned_by(request.COOKIES.get(cookie, ""))
    return {
        "navigation": SimpleLazyObject(lambda: Navigation.of(user.role, here, turned, reverse)),
        "navigation_cookie": cookie,
        "is_auditor": user.role == Role.AUDITOR,
    }
