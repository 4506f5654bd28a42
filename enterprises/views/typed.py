"""Forms that keep what was typed: a draft put back, or dropped when its owner wants a clean form."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import AuthedRequest
from accounts.signin.drafts import drop_draft, restore

FRESH = "fresh"


def restored(request: AuthedRequest, key: str) -> dict[str, Any]:
    """The draft as initial values; `?fresh=1` drops it."""
    if request.method != "GET":
        return {}
    if FRESH in request.GET:
        drop_draft(user=request.user, key=key)
    return restore(user=request.user, key=key)


def opened(request: AuthedRequest, template: str, form: Any, key: str, **more: Any) -> HttpResponse:
    """The form's page; it says so when a draft was put back."""
    put_back = not form.is_bound and bool(restore(user=request.user, key=key))
    return render(request, template, {"form": form, "draft_key": key, "put_back": put_back, **more})
