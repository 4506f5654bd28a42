from django.contrib import admin

from common.admin import ReadOnlyAdmin
from reports.models import Tally


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    """Computed from the records: recompute it, don't edit it."""

    list_display = ["period", "indicator", "level", "workstream", "unit", "value", "computed_at"]
    list_select_related = ["workstream", "unit"]
    list_filter = ["period", "level"]
    search_fields = ["indicator"]
    show_full_result_count = False
