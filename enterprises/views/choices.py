from django.http import JsonResponse
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from common.clock import today
from enterprises import selectors

KINDS = ("enterprise", "project")


@require_GET
@require_action("register.view")
def choices(request: AuthedRequest) -> JsonResponse:
    """For Tom Select's `data-url`: `?kind=enterprise|project` or `?both=1`, and `q`."""
    kind = request.GET.get("kind")
    kinds = KINDS if request.GET.get("both") else (kind if kind in KINDS else "enterprise",)
    words = request.GET.get("q", "")[:100]
    found = selectors.choices(user=request.user, words=words, kinds=kinds, today=today())
    return JsonResponse({"results": found})
