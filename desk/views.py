from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from accounts.rights.permissions import Role
from common.clock import today
from desk.coordinator import unit_work
from desk.office import audit_state, data_state
from desk.search import exact_match, search_everything
from desk.staff import my_work
from desk.waiting import panels, waiting_number

PAGES: dict[str, tuple[str, Any]] = {
    Role.STAFF: ("desk/home_staff.html", my_work),
    Role.COORDINATOR: ("desk/home_coordinator.html", unit_work),
    Role.ADMIN: ("desk/home_admin.html", data_state),
    Role.AUDITOR: ("desk/home_auditor.html", audit_state),
}


@require_GET
@require_action("home.view")
def home(request: AuthedRequest) -> HttpResponse:
    """Everyone's first page: what waits for them. Leaders land on the dashboard."""
    if request.user.role == Role.LEADER:
        return redirect("reports:dashboard")
    template, build = PAGES[request.user.role]
    return render(request, template, {"home": build(request.user, today()), "today": today()})


@require_GET
@require_action("reports.view")
def waiting(request: AuthedRequest) -> HttpResponse:
    """What waits for a leader, who lands on the dashboard; others have it on their first page."""
    shown = panels(request.user, today())
    context = {"panels": shown, "total": sum(panel.count for panel in shown), "today": today()}
    return render(request, "desk/waiting.html", context)


@require_GET
@require_action("reports.view")
def waiting_count(request: AuthedRequest) -> HttpResponse:
    """The number beside the dashboard's link, asked for once the dashboard stands."""
    return render(request, "desk/_waiting_count.html", {"total": waiting_number(request.user, today())})


@require_GET
@require_action("register.view")
def search(request: AuthedRequest) -> HttpResponse:
    """A whole number or code goes straight to its page; anything else shows what was found, by kind."""
    words = request.GET.get("q", "").strip()[:100]
    found = exact_match(request.user, words)
    if found:
        return redirect(found)
    groups = search_everything(request.user, words)
    return render(request, "desk/search.html", {"search_words": words, "groups": groups})
