from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import require_action
from common.pages import paginate
from jobs.models import Job
from jobs.services import cancel


@require_GET
@require_action("home.view")
def job_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, Job.objects.visible_to(request.user).select_related("owner"))
    return render(request, "jobs/job_list.html", {"page": page})


@require_GET
@require_action("home.view")
def job_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress bar; it polls itself (`?poll=1`) until the job has ended."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return render(request, "jobs/_progress.html", {"job": job})


@require_POST
@require_action("home.view")
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    cancel(job)
    if getattr(request, "htmx", False):
        job.refresh_from_db()
        return render(request, "jobs/_progress.html", {"job": job})
    return redirect("jobs:job-list")
