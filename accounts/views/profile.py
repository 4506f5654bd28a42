from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import selectors
from accounts.decorators import require_action
from common.clock import today


@require_GET
@require_action("home.view")
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/profile.html", selectors.my_facts(request.user, today()))
