from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.decorators import require_action
from accounts.permissions import Role
from common.clock import today
from reports import home as pages
from reports.search import exact_match, search_everything

PAGES: dict[str, tuple[str, Any]] = {
    Role.STAFF: ("reports/home_staff.html", pages.my_work),
    Role.COORDINATOR: ("reports/home_coordinator.html", pages.unit_work),
    Role.ADMIN: ("reports/home_admin.html", pages.data_state),
    Role.AUDITOR: ("reports/home_auditor.html", pages.audit_state),
}


@require_GET
@require_action("home.view")
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's first page: what waits for them. Leaders land on the dashboard."""
    if request.user.role == Role.LEADER:
        return redirect("reports:dashboard")
    template, build = PAGES[request.user.role]
    return render(request, template, {"home": build(request.user, today()), "today": today()})


@require_GET
@require_action("reports.view")
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a leader, who lands on the dashboard; others have it on their first page."""
    panels = pages.panels(request.user, today())
    context = {"panels": panels, "total": sum(panel.count for panel in panels), "today": today()}
    return render(request, "reports/waiting.html", context)


@require_GET
@require_action("reports.view")
def waiting_count(request: HttpRequest) -> HttpResponse:
    """The number beside the dashboard's link, asked for once the dashboard stands."""
    return render(request, "reports/_waiting_count.html", {"total": pages.waiting_count(request.user, today())})


@require_GET
@require_action("register.view")
def search(request: HttpRequest) -> HttpResponse:
    """A whole number or code goes straight to its page; anything else shows what was found, by kind."""
    words = request.GET.get("q", "").strip()[:100]
    found = exact_match(request.user, words)
    if found:
        return redirect(found)
    groups = search_everything(request.user, words)
    return render(request, "reports/search.html", {"search_words": words, "groups": groups})
