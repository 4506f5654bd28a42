"""How a view answers: whole page or htmx part, paging, redirects htmx understands."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

PAGE_SIZE = 50
ANY_KEY = 9876543210  # stands for a key in an address
COUNT_LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts to 10,000 and then says “10000+”: an exact count of a million rows costs more than the page."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[: COUNT_LIMIT + 1].count()
        return len(self.object_list)

    @property
    def count_text(self) -> str:
        return f"{COUNT_LIMIT}+" if self.count > COUNT_LIMIT else str(self.count)


def paginate(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page:
    """The page named in the address; a page that isn't there is the last one, never an error."""
    return BoundedPaginator(rows, size).get_page(request.GET.get("page"))


def render_page(request: HttpRequest, template: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The partial `part` of `template` for htmx, the whole page otherwise."""
    boosted = getattr(request, "htmx", None) and not request.htmx.boosted  # type: ignore[attr-defined]  # by middleware
    return render(request, f"{template}#{part}" if boosted else template, context)


def addresses(name: str) -> Callable[[int], str]:
    """Addresses of many records of a page, by key: to resolve the name for each costs as much as to show the row."""
    before, after = reverse(name, args=[ANY_KEY]).split(str(ANY_KEY))
    return lambda key: f"{before}{key}{after}"


def go(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """A redirect that an htmx form follows as a page change."""
    response = redirect(to, *args, **kwargs)
    if getattr(request, "htmx", None):
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


__all__ = ["go", "paginate", "render_page"]
