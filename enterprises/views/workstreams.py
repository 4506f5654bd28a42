from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from enterprises.matters import work_groups, workstream_cards, workstream_page


@require_GET
@require_action("register.view")
def workstream_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "enterprises/workstream_list.html", {"workstreams": workstream_cards(request.user)})


@require_GET
@require_action("register.view")
def workstream_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    workstream = get_object_or_404(workstream_cards(request.user), pk=pk)
    page = workstream_page(workstream, request.user)
    return render(request, "enterprises/workstream_detail.html", {"workstream": workstream, "facts": page})


@require_GET
@require_action("register.view")
def workgroup_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "enterprises/workgroup_list.html", {"groups": work_groups(request.user)})
