from django.contrib import admin

from common.admin import ReadOnlyAdmin
from imports.models import ImportBatch, ImportRow


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """Batches are applied and undone by their own rules, never edited; the file itself is personal data."""

    list_display = ["id", "kind", "name", "state", "uploaded_by", "uploaded_at", "applied_at"]
    list_select_related = ["uploaded_by"]
    list_filter = ["kind", "state"]
    search_fields = ["name", "sha256"]
    exclude = ["file"]


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ["batch", "sheet", "row_no", "outcome", "label"]
    list_select_related = ["batch"]
    list_filter = ["outcome"]
    search_fields = ["label"]
    show_full_result_count = False
