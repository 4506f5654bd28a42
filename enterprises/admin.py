from typing import Any

from django.contrib import admin

from common.clock import today
from common.web.admin import ReadOnlyAdmin
from enterprises.models import (
    Enterprise,
    EnterpriseMerge,
    FormerName,
    Industry,
    KeyProject,
    LikelyDouble,
    MergedRow,
    NameOrigin,
    NotDoubles,
    Pairing,
    Workstream,
)
from enterprises.services.renaming import note_renames


@admin.register(Workstream)
class WorkstreamAdmin(admin.ModelAdmin):
    list_display = ["name", "hq_name", "leader", "work_group", "order"]
    list_select_related = ["work_group"]
    search_fields = ["name", "hq_name"]
    autocomplete_fields = ["work_group"]


@admin.register(Industry)
class IndustryAdmin(admin.ModelAdmin):
    list_display = ["name", "order"]
    search_fields = ["name"]


@admin.register(Enterprise)
class EnterpriseAdmin(admin.ModelAdmin):
    list_display = ["name", "uscc", "kind", "is_above_scale", "industry", "workstream", "is_verified", "is_active"]
    list_select_related = ["industry", "workstream"]
    list_filter = ["kind", "is_above_scale", "industry", "workstream", "is_verified", "is_active"]
    search_fields = ["name", "uscc", "pinyin"]
    autocomplete_fields = ["industry", "workstream"]

    def save_model(self, request: Any, obj: Enterprise, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            had = [(obj, form.initial["name"])]
            note_renames(had, origin=NameOrigin.RENAMED, today=today(), by=request.user)


@admin.register(KeyProject)
class KeyProjectAdmin(admin.ModelAdmin):
    list_display = ["name", "number", "workstream", "builder", "investment", "lead_unit", "is_active"]
    list_select_related = ["workstream", "lead_unit"]
    list_filter = ["workstream", "lead_unit", "is_active"]
    search_fields = ["name", "number", "pinyin"]
    autocomplete_fields = ["workstream", "enterprise", "lead_unit", "contact"]


@admin.register(Pairing)
class PairingAdmin(admin.ModelAdmin):
    list_display = ["officer", "enterprise", "project", "starts_on", "ends_on"]
    list_select_related = ["officer", "enterprise", "project"]
    list_filter = ["officer__unit"]
    search_fields = ["officer__name", "enterprise__name", "project__name"]
    autocomplete_fields = ["officer", "enterprise", "project"]
    date_hierarchy = "starts_on"


@admin.register(EnterpriseMerge)
class EnterpriseMergeAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "merged", "survivor", "made_by_name", "reason", "undone_at"]
    list_select_related = ["merged", "survivor"]
    search_fields = ["merged__name", "survivor__name", "reason"]
    date_hierarchy = "made_at"


@admin.register(MergedRow)
class MergedRowAdmin(ReadOnlyAdmin):
    list_display = ["merge", "relation", "key", "fate"]
    list_select_related = ["merge__merged", "merge__survivor"]
    search_fields = ["relation"]


@admin.register(NotDoubles)
class NotDoublesAdmin(ReadOnlyAdmin):
    list_display = ["one", "other", "reason", "decided_by_name", "decided_at"]
    list_select_related = ["one", "other"]
    search_fields = ["one__name", "other__name", "reason"]


@admin.register(LikelyDouble)
class LikelyDoubleAdmin(ReadOnlyAdmin):
    list_display = ["one", "other", "points"]
    list_select_related = ["one", "other"]
    search_fields = ["one__name", "other__name"]


@admin.register(FormerName)
class FormerNameAdmin(ReadOnlyAdmin):
    list_display = ["name", "enterprise", "uscc", "used_from", "used_until", "origin"]
    list_select_related = ["enterprise"]
    search_fields = ["name", "enterprise__name", "uscc"]
