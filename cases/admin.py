from django.contrib import admin

from cases.models import Campaign, LegalCase, ProcuratorialRecommendation, TypicalCase


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = ["name", "lead_unit", "starts_on", "ends_on"]
    list_select_related = ["lead_unit"]
    search_fields = ["name"]
    autocomplete_fields = ["lead_unit"]


@admin.register(LegalCase)
class LegalCaseAdmin(admin.ModelAdmin):
    list_display = ["number", "kind", "unit", "filed_on", "closed_on", "state", "result"]
    list_select_related = ["unit"]
    list_filter = ["kind", "state", "result", "unit"]
    search_fields = ["number", "title", "party_names"]
    autocomplete_fields = ["unit", "officer", "workstream", "campaign", "enterprises", "project"]
    date_hierarchy = "filed_on"


@admin.register(ProcuratorialRecommendation)
class RecommendationAdmin(admin.ModelAdmin):
    list_display = ["number", "unit", "addressee", "subject", "issued_on", "replied_on", "is_adopted"]
    list_select_related = ["unit"]
    search_fields = ["number", "addressee", "subject"]
    autocomplete_fields = ["case", "unit", "workstream"]


@admin.register(TypicalCase)
class TypicalCaseAdmin(admin.ModelAdmin):
    list_display = ["title", "unit", "published_on", "channel"]
    list_select_related = ["unit"]
    search_fields = ["title", "channel"]
    autocomplete_fields = ["unit", "workstream", "case"]
