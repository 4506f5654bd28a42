from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class PrivatePagesMiddleware:
    """No page of the office stays in a shared computer's or proxy's cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class PlainAddressMiddleware:
    """Refuses an address with a NUL in it: nobody types one, and PostgreSQL fails on it in any condition.

    Comes after the middleware that pages need, so that the refusal is one of our own pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or any("\0" in value for _, values in request.GET.lists() for value in values):
            raise BadRequest("NUL in the address")
        return self.get_response(request)
