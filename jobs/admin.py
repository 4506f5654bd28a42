from django.contrib import admin

from common.web.admin import ReadOnlyAdmin
from jobs.models import Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs are claimed, finished and cancelled by their own rules; the page 后台任务 cancels one."""

    list_display = ["id", "kind", "state", "attempts", "done", "total", "owner", "created_at", "finished_at"]
    list_select_related = ["owner"]
    list_filter = ["state", "kind"]
    search_fields = ["kind", "key", "message"]
