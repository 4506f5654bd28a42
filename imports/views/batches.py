from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.models import ExportLog
from accounts.trail.exports import XLSX, export_response
from common.templatetags.ui import moment
from common.text import clean
from common.web.pages import paginate
from imports.errors import ImportRefusedError, UnreadableFileError
from imports.filters import BatchFilter
from imports.forms import UploadForm
from imports.models import BatchState, ImportBatch, ImportKind
from imports.pages.marked import ask_marked, is_small, marked_file
from imports.pages.selectors import BATCH_COLUMNS, batch_page, batches, came_of
from imports.pages.shown import offered, shown
from imports.pages.workbooks import template, wrong_rows, wrong_rows_of
from imports.plans.pipeline import limits
from imports.reading.limits import LARGEST
from imports.resources.kinds import RESOURCES
from imports.writing import services
from imports.writing.undo import ask_undo, told
from imports.writing.undo_plan import plan_undo
from imports.writing.uploads import sizes_in_words


def list_page(request: AuthedRequest, form: UploadForm) -> HttpResponse:
    found = BatchFilter(request.GET, batches(request.user), user=request.user)
    context = {
        "filter": found,
        "page": paginate(request, found.rows),
        "form": form,
        "kinds": ImportKind.choices,
        "limits": limits(),
        "sizes": sizes_in_words(),
        "extensions": list(LARGEST),
    }
    return render(request, "imports/batch_list.html", context)


@require_GET
@require_action("import.run")
def batch_list(request: AuthedRequest) -> HttpResponse:
    return list_page(request, UploadForm(initial={"kind": request.GET.get("kind", "")}))


@require_GET
@require_action("import.run")
def batch_export(request: AuthedRequest) -> HttpResponse:
    found = BatchFilter(request.GET, batches(request.user), user=request.user)
    return export_response(request, "导入批次", BATCH_COLUMNS, found.rows, found.words)


@require_POST
@require_action("import.run")
def upload(request: AuthedRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return list_page(request, form)
    taken, new = [], 0
    for file in form.cleaned_data["files"]:
        try:
            batch, earlier = services.take_in(kind=form.cleaned_data["kind"], file=file, actor=request.user)
        except UnreadableFileError as error:
            form.add_error("files", str(error))
            continue
        taken.append(batch)
        new += batch != earlier
        if earlier:
            messages.info(request, known_words(file.name, earlier, is_new=batch != earlier))
    if form.errors:
        return list_page(request, form)
    if len(taken) == 1:
        return redirect("imports:batch-detail", pk=taken[0].pk)
    if new:
        messages.success(request, f"已收到 {new} 个文件，正在逐个读取；点开可看进度和预览")
    return redirect("imports:batch-list")


def known_words(name: str, earlier: ImportBatch, *, is_new: bool) -> str:
    return format_html(
        '“{}”与 {} 上传的<a href="{}">“{}”</a>是同一个文件（{}）：{}；{}',
        name,
        moment(earlier.uploaded_at),
        reverse("imports:batch-detail", args=[earlier.pk]),
        earlier.name,
        earlier.get_state_display(),
        came_of(earlier),
        "这次重新读取" if is_new else "没有重复读取",
    )


def own(request: AuthedRequest, pk: int) -> ImportBatch:
    return get_object_or_404(batches(request.user), pk=pk)


@require_GET
@require_action("import.run")
def batch_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    found = batch_page(own(request, pk), request.GET.get("outcome", ""))
    if request.GET.get("poll") == "recheck":
        ended = not found.batch.is_rechecking or found.recheck_stopped
        return HttpResponse(status=204, headers={"HX-Trigger": "imports-rechecked"} if ended else {})
    if "poll" in request.GET:
        if not found.busy or found.stalled:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "imports/_progress.html", {"batch": found.batch, "job": found.batch.job})
    page = paginate(request, found.rows)
    rows = shown(found.batch, page, request.GET.get("open", ""))
    lists = offered(found.batch, rows)
    context = {
        "found": found,
        "batch": found.batch,
        "page": page,
        "rows": rows,
        "lists": lists,
        "job": found.batch.job,
    }
    return render(request, "imports/batch_detail.html", context)


def do(request: AuthedRequest, pk: int, action: Any, done: str = "", **kwargs: Any) -> HttpResponse:
    """One service call on a batch, then its page again, with what happened or why it did not."""
    batch = own(request, pk)
    try:
        answer = action(batch, **kwargs)
    except ImportRefusedError as error:
        messages.error(request, str(error))
    else:
        batch = answer or batch
        if done:
            messages.success(request, done.format(name=batch.name))
    return redirect("imports:batch-detail", pk=batch.pk)


@require_POST
@require_action("import.run")
def batch_confirm(request: AuthedRequest, pk: int) -> HttpResponse:
    return do(request, pk, services.confirm, actor=request.user, rights=request.POST.get("rights", ""))


@require_POST
@require_action("import.run")
def batch_cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    return do(request, pk, services.cancel_batch, "已取消导入“{name}”，没有写入任何内容")


@require_POST
@require_action("import.run")
def batch_retry(request: AuthedRequest, pk: int) -> HttpResponse:
    return do(request, pk, services.read_again, actor=request.user)


@require_POST
@require_action("import.run")
def batch_again(request: AuthedRequest, pk: int) -> HttpResponse:
    return do(request, pk, services.check_again, actor=request.user)


@require_http_methods(["GET", "POST"])
@require_action("import.run")
def batch_undo(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return do(request, pk, ask_undo, actor=request.user, reason=clean(request.POST.get("reason", ""))[:500])
    batch = own(request, pk)
    if batch.state != BatchState.APPLIED:
        messages.error(request, "只有已导入的批次可以撤销")
        return redirect("imports:batch-detail", pk=pk)
    return render(request, "imports/batch_undo.html", {"batch": batch, "plan": told(plan_undo(batch))})


def workbook_response(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@require_GET
@require_action("import.run")
def batch_wrong(request: AuthedRequest, pk: int) -> HttpResponse:
    batch = own(request, pk)
    rows = wrong_rows_of(batch)
    ExportLog.objects.create(user=request.user, what="导入有误的行", query=f"批次 {batch.pk}", rows=rows.count())
    stem = batch.name.rsplit(".", 1)[0]
    return workbook_response(wrong_rows(batch, rows), f"{stem}-待改正-{timezone.localdate():%Y%m%d}.xlsx")


@require_GET
@require_action("import.run")
def batch_marked(request: AuthedRequest, pk: int) -> HttpResponse:
    batch = own(request, pk)
    if not is_small(batch):
        ask_marked(batch, request.user)
        log_marked(request, batch)
        messages.info(request, f"“{batch.name}”较大，正在后台标注，完成后在这里下载。")
        return redirect("jobs:export-list")
    try:
        marked = marked_file(batch)
    except UnreadableFileError as error:
        messages.error(request, str(error))
        return redirect("imports:batch-detail", pk=pk)
    log_marked(request, batch)
    return workbook_response(marked.content, marked.name, marked.content_type)


def log_marked(request: AuthedRequest, batch: ImportBatch) -> None:
    rows, query = batch.figures.get("wrong", 0), f"批次 {batch.pk}"
    ExportLog.objects.create(user=request.user, what="导入文件的问题标注", query=query, rows=rows)


@require_GET
@require_action("import.run")
def kind_template(request: AuthedRequest, kind: str) -> HttpResponse:
    if kind not in RESOURCES:
        raise Http404
    return workbook_response(template(kind), f"{RESOURCES[kind].title}-模板.xlsx")
