from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.web.pages import paginate
from imports.pages.records import RECORD_COLUMNS, made_records, told
from imports.views.batches import own


@require_GET
@require_action("import.run")
def batch_records(request: AuthedRequest, pk: int) -> HttpResponse:
    batch = own(request, pk)
    page = paginate(request, made_records(batch))
    return render(request, "imports/batch_records.html", {"batch": batch, "page": page, "rows": told(batch, page)})


@require_GET
@require_action("import.run")
def batch_records_export(request: AuthedRequest, pk: int) -> HttpResponse:
    return export_response(request, f"导入批次{pk}生成的记录", RECORD_COLUMNS, made_records(own(request, pk)))
