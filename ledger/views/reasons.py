"""A button's write that a closed period refused: the same page for all asks for the reason."""

from django.http import HttpResponse
from django.shortcuts import render, resolve_url

from accounts.decorators import AuthedRequest
from ledger.services.periods import PeriodClosedError


def ask_reason(request: AuthedRequest, error: PeriodClosedError, *, what: str, button: str, back: str) -> HttpResponse:
    """`back` is an address or the name of one."""
    context = {"error": error, "what": what, "button": button, "back": resolve_url(back)}
    return render(request, "components/ask_reason.html", context)
