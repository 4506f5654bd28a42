import time
from mimetypes import guess_type

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import XLSX, attachment, disposition
from common.web.pages import paginate
from jobs.exports import file_of
from jobs.models import Job, JobState
from jobs.registry import NAMES
from jobs.services import cancel, retry
from jobs.telling import told


@require_GET
@require_action("home.view")
def job_list(request: AuthedRequest) -> HttpResponse:
    """Every job this person sees; `?state=failed` only those that failed, `&kind=…` only work of one kind."""
    jobs, asked = Job.objects.visible_to(request.user).select_related("owner"), request.GET
    shown = JobState(asked["state"]) if asked.get("state") in JobState.values else None
    if shown:
        jobs = jobs.filter(state=shown)
    if asked.get("kind") in NAMES:
        jobs = jobs.filter(kind=asked["kind"])
    page = paginate(request, jobs)
    return render(request, "jobs/job_list.html", {"page": page, "jobs": told(page.object_list), "shown": shown})


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
    refused = f"不能取消：{job.needed}" if job.needed else "已经结束，没有可取消的"
    return shown_again(request, job, "" if cancel(job) else refused)


@require_POST
@require_action("home.view")
def job_retry(request: AuthedRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    refused = "没有重新运行：它没有失败，或已另外发起，或只能由发起人重新运行"
    return shown_again(request, job, "" if retry(job, request.user) else refused)


def shown_again(request: AuthedRequest, job: Job, refused: str) -> HttpResponse:
    """The job as it stands now; why nothing was done is said on the list, where the page does not show it itself."""
    if not getattr(request, "htmx", False):
        if refused:
            messages.warning(request, f"{job.name}第 {job.pk} 号{refused}")
        return redirect("jobs:job-list")
    job.refresh_from_db()
    return render(request, "jobs/_progress.html", {"job": job})


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
