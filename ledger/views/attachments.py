"""The one door to attached files."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import AuthedRequest, require_action
from cases.models import LegalCase
from ledger.forms.attachments import FilesForm
from ledger.models import Attachment
from ledger.services.files import keep_with_case

PDF = "application/pdf"
# A picture shown in the browser can run nothing. Chrome shows no PDF in a sandbox, so a PDF gets the rest.
POLICIES = {
    "image": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "pdf": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'",
}


@require_GET
@require_action("ledger.view")
def attachment(request: AuthedRequest, pk: int) -> FileResponse:
    """The file of something this person may see; pictures and PDF open, all else is downloaded."""
    kept = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    kind = "image" if kept.is_image else "pdf" if kept.content_type == PDF else ""
    try:
        content = kept.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=not kind, filename=kept.name, content_type=kept.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICIES.get(kind, POLICIES["image"])
    return response


@require_POST
@require_action("case.edit")
def case_files(request: AuthedRequest, pk: int) -> HttpResponse:
    """Files of a case: the judgment, the receipt; sent from the case's own page."""
    case = get_object_or_404(LegalCase.objects.visible_to(request.user), pk=pk)
    form = FilesForm(request.POST, request.FILES)
    if form.is_valid():
        kept = keep_with_case(case, form.cleaned_data["files"], by=request.user)
        messages.success(request, f"已上传 {len(kept)} 个附件" if kept else "这些附件此前已经上传过")
    for error in form.errors.get("files", []):
        messages.error(request, str(error))
    return redirect(f"{reverse('cases:case-detail', args=[pk])}#files")
