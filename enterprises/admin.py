from django.contrib import admin

from enterprises.models import Enterprise, Industry, KeyProject, Pairing, Workstream


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
