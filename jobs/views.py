import time
from mimetypes import guess_type

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.exports import XLSX, attachment, disposition
from common.pages import paginate
from jobs.exports import file_of
from jobs.models import Job
from jobs.services import cancel


@require_GET
@require_action("home.view")
def job_list(request: AuthedRequest) -> HttpResponse:
    page = paginate(request, Job.objects.visible_to(request.user).select_related("owner"))
    return render(request, "jobs/job_list.html", {"page": page})


@require_GET
@require_action("home.view")
def job_status(request: AuthedRequest, pk: int) -> HttpResponse:
    """The progress bar; it polls itself (`?poll=1`) until the job has ended."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return render(request, "jobs/_progress.html", {"job": job})


@require_POST
@require_action("home.view")
def job_cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    cancel(job)
    if getattr(request, "htmx", False):
        job.refresh_from_db()
        return render(request, "jobs/_progress.html", {"job": job})
    return redirect("jobs:job-list")


@require_GET
@require_action("home.view")
def export_list(request: AuthedRequest) -> HttpResponse:
    """The files a worker writes or has written for this person."""
    page = paginate(request, Job.objects.exports_of(request.user))
    now = time.time()
    files = [(job, file_of(job, now) is not None) for job in page.object_list]
    context = {"page": page, "files": files, "hours": settings.EXPORT_KEPT_HOURS}
    return render(request, "jobs/export_list.html", context)


@require_GET
@require_action("home.view")
def export_download(request: AuthedRequest, pk: int) -> FileResponse:
    job = get_object_or_404(Job.objects.exports_of(request.user), pk=pk)
    path = file_of(job, time.time())
    if path is None:
        raise Http404
    name = job.result.get("name")
    response = FileResponse(path.open("rb"), content_type=(guess_type(name)[0] if name else None) or XLSX)
    response["Content-Disposition"] = attachment(name) if name else disposition(job.params["what"])
    response["X-Rows"] = str(job.result["rows"])
    return response
