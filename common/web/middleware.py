from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.web.views import not_opened


class PrivatePagesMiddleware:
    """No page of the office stays in a shared computer's or proxy's cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class OpenedDirectlyMiddleware:
    """An address that only a form sends to, opened by itself (a tab restored after a refused form, a bookmark), answers
    with a page and not with nothing, of which browsers make a page of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = not_opened(request)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page
