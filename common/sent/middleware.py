from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

NUL = "\0"


class PlainInputMiddleware:
    """Takes NULs out of what is sent, by any address and any form: nobody types one, some programs paste them along,
    and PostgreSQL fails on one in any condition and any text. A path with one names no page and is refused.

    Comes before every view, and after the middleware that pages need, so that the refusal is one of our own pages.
    Names of files need nothing: reading a form leaves what cannot be printed out of them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info:
            raise BadRequest("NUL in the address")
        if holds_nul(request.GET):
            request.GET = without_nul(request.GET)  # type: ignore[assignment]
        with suppress(UnreadablePostError):  # the sender is gone; the check of the form's token says so
            if holds_nul(request.POST):
                request.POST = without_nul(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def holds_nul(sent: QueryDict) -> bool:
    return any(NUL in text for name, values in sent.lists() for text in (name, *values))


def without_nul(sent: QueryDict) -> QueryDict:
    plain = QueryDict(mutable=True)
    for name, values in sent.lists():
        for value in values:
            plain.appendlist(name.replace(NUL, ""), value.replace(NUL, ""))
    plain._mutable = False
    return plain
