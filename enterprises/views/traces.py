"""The address of a firm that was merged leads to the one it is part of now."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.decorators import AuthedRequest
from enterprises.models import Enterprise, EnterpriseMerge


def firm_or_trace(user: Any, pk: int) -> Enterprise:
    """The firm of an address, whether it stands or was merged.

    Raises:
        Http404: there never was one.
    """
    rows = Enterprise.every.visible_to(user).select_related("industry", "workstream", "merged_into")
    found: Enterprise = get_object_or_404(rows, pk=pk)
    return found


def to_survivor(request: AuthedRequest, trace: Enterprise) -> HttpResponse:
    """Not for good: browsers keep such an answer, and a merge can be taken back."""
    merge = EnterpriseMerge.objects.visible_to(request.user).filter(merged=trace, undone_at=None).first()
    survivor = trace.standing()
    when = f"{timezone.localtime(merge.made_at):%Y年%-m月%-d日}" if merge else "以前"
    messages.info(request, f"“{trace}”已于{when}并入“{survivor}”，这里是合并后的企业")
    return redirect("enterprises:enterprise-detail", survivor.pk)
