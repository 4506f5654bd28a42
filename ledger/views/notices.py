"""What the system told this person."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from common.rows.keysets import Order, keyset_page
from ledger.models import Notice
from ledger.services.messages.notices import mark_read


@require_GET
@require_action("ledger.view")
def notice_list(request: AuthedRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user)
    page = keyset_page(request.GET, notices, Order("made_at", descending=True))
    found = notices.select_related("entry", "made_by").in_bulk(page.object_list)
    page.object_list = [found[pk] for pk in page.object_list]
    return render(request, "ledger/notice_list.html", {"page": page, "unread": notices.unread().count()})


@require_GET
@require_action("ledger.view")
def notice_count(request: AuthedRequest) -> HttpResponse:
    """The number beside the bell; asked for after the page, so that no page waits for it."""
    return render(
        request, "ledger/_notice_count.html", {"unread": Notice.objects.visible_to(request.user).unread().count()}
    )


@require_POST
@require_action("ledger.view")
def notice_open(request: AuthedRequest, pk: int) -> HttpResponse:
    """Read by being opened: the entry, or the list of those it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_read(user=request.user, at=timezone.now(), pk=pk)
    return redirect(notice.link) if notice.link else redirect("ledger:entry-detail", notice.entry_id)


@require_POST
@require_action("ledger.view")
def notice_read_all(request: AuthedRequest) -> HttpResponse:
    mark_read(user=request.user, at=timezone.now())
    return redirect("ledger:notice-list")
