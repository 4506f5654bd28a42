"""The maintenance door: Django admin, for superusers only, signed in on the office's own page."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse  # noqa: TID251 -- the composition root answers requests
from django.urls import reverse


class MaintenanceSite(AdminSite):
    site_header = "津市政法派驻服务 · 维护入口"
    site_title = "维护入口"
    index_title = "数据维护"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one sign-in page, with its lock-out; whoever is signed in without the right is told so."""
        if request.user.is_authenticated:
            raise PermissionDenied("维护入口只供系统维护人员使用。")
        return redirect_to_login(reverse("admin:index"))
