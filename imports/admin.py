from django.contrib import admin

from common.web.admin import ReadOnlyAdmin
from imports.models import HeaderMapping, HeaderSynonym, ImportBatch, ImportRow, RowAdjustment


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """Batches are applied and undone by their own rules, never edited; the file itself is personal data."""

    list_display = ["id", "kind", "name", "state", "uploaded_by", "uploaded_at", "applied_at"]
    list_select_related = ["uploaded_by"]
    list_filter = ["kind", "state"]
    search_fields = ["name", "sha256"]
    exclude = ["file", "sheets"]


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ["batch", "sheet", "row_no", "outcome", "label"]
    list_select_related = ["batch"]
    list_filter = ["outcome"]
    search_fields = ["label"]
    show_full_result_count = False


@admin.register(RowAdjustment)
class RowAdjustmentAdmin(ReadOnlyAdmin):
    list_display = ["batch", "sheet", "row_no", "action", "field", "by", "at"]
    list_select_related = ["batch", "by"]
    list_filter = ["action"]


@admin.register(HeaderMapping)
class HeaderMappingAdmin(ReadOnlyAdmin):
    """Made and changed on the page of the batch that shows the headings with their values."""

    list_display = ["id", "kind", "headings", "is_left_out", "made_by", "made_at"]
    list_select_related = ["made_by"]
    list_filter = ["kind", "is_form", "is_left_out"]
    search_fields = ["fingerprint"]


@admin.register(HeaderSynonym)
class HeaderSynonymAdmin(ReadOnlyAdmin):
    list_display = ["kind", "field", "words", "added_by", "added_at"]
    list_select_related = ["added_by"]
    list_filter = ["kind"]
    search_fields = ["words"]
