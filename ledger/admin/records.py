"""What was recorded: entries and their history, visits, forms, money, plans."""

from django.contrib import admin

from common.web.admin import KeptAdmin, ReadOnlyAdmin
from ledger.models import (
    ActionPlan,
    ActivityOutput,
    Attachment,
    BulkRun,
    ClosedPeriod,
    ConfirmationLink,
    Correction,
    EntryEvent,
    KeyTask,
    PlanGoal,
    PlanPhase,
    ProblemEntry,
    Recovery,
    SavedView,
    ServiceActivity,
    SupervisionOrder,
    SurveyForm,
    Vacancy,
)


class OutputInline(admin.TabularInline):
    model = ActivityOutput
    extra = 0


@admin.register(ServiceActivity)
class ServiceActivityAdmin(admin.ModelAdmin):
    list_display = ["happened_on", "kind", "unit", "officer", "enterprise", "project", "workstream"]
    list_select_related = ["unit", "officer", "enterprise", "project", "workstream"]
    list_filter = ["kind", "unit", "workstream"]
    search_fields = ["summary", "target_name", "enterprise__name", "project__name", "officer__name"]
    autocomplete_fields = ["unit", "officer", "participants", "workstream", "campaign", "enterprise", "project"]
    date_hierarchy = "happened_on"
    inlines = [OutputInline]


@admin.register(ProblemEntry)
class ProblemEntryAdmin(KeptAdmin):
    """Words may be put right; what a move decides (state, units, people, dates) comes from moves alone."""

    list_display = ["number", "title", "state", "unit", "lead_unit", "handler", "registered_on", "deadline"]
    list_select_related = ["unit", "lead_unit", "handler"]
    list_filter = ["state", "category", "source", "unit"]
    search_fields = ["number", "title", "content", "enterprise__name"]
    autocomplete_fields = ["category", "enterprise", "project", "workstream", "source_activity", "source_form"]
    readonly_fields = [
        "number",
        "state",
        "unit",
        "lead_unit",
        "handler",
        "deadline",
        "deadline_basis",
        "deadline_reason",
        "case",
        "duplicate_of",
        "outcome",
        "rating",
        "registered_on",
        "registered_by",
        "completed_on",
        "confirmed_on",
        "closed_on",
        "reopen_count",
    ]
    date_hierarchy = "registered_on"


@admin.register(EntryEvent)
class EntryEventAdmin(ReadOnlyAdmin):
    list_display = ["entry", "seq", "action", "from_state", "to_state", "actor_name", "occurred_at", "happened_on"]
    list_select_related = ["entry"]
    list_filter = ["action"]
    search_fields = ["entry__number", "actor_name", "note"]
    date_hierarchy = "happened_on"


@admin.register(SurveyForm)
class SurveyFormAdmin(admin.ModelAdmin):
    list_display = ["serial", "enterprise", "unit", "officer_name", "visited_on", "satisfaction"]
    list_select_related = ["enterprise", "unit"]
    list_filter = ["satisfaction", "unit", "workstream"]
    search_fields = ["serial", "enterprise__name", "appeal", "officer_name"]
    autocomplete_fields = ["enterprise", "industry", "workstream", "unit", "officer", "category"]

    def has_add_permission(self, request: object) -> bool:
        """Forms come by import, which gives each its fingerprint."""
        return False


@admin.register(Recovery)
class RecoveryAdmin(KeptAdmin):
    """Unit and matter follow what the money is tied to, so that link is not changed here."""

    list_display = ["happened_on", "kind", "amount", "unit", "case", "entry", "activity"]
    list_select_related = ["unit", "case", "entry", "activity__enterprise", "activity__project"]
    list_filter = ["kind", "unit"]
    search_fields = ["basis", "case__number", "entry__number"]
    readonly_fields = ["case", "entry", "activity", "unit", "workstream"]
    date_hierarchy = "happened_on"


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "size", "content_type", "entry", "activity", "case", "uploaded_at"]
    list_select_related = ["entry", "activity__enterprise", "activity__project", "case"]
    search_fields = ["name", "sha256", "entry__number"]
    exclude = ["file"]


@admin.register(SupervisionOrder)
class SupervisionOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "entry", "unit", "issued_by", "issued_on", "deadline", "replied_on"]
    list_select_related = ["entry", "unit", "issued_by"]
    search_fields = ["number", "entry__number"]


class GoalInline(admin.TabularInline):
    model = PlanGoal
    extra = 0


class PhaseInline(admin.TabularInline):
    model = PlanPhase
    extra = 0


@admin.register(ActionPlan)
class ActionPlanAdmin(admin.ModelAdmin):
    list_display = ["year", "title", "target_percent", "target_on", "concentrated_from"]
    search_fields = ["title"]
    inlines = [GoalInline, PhaseInline]


@admin.register(KeyTask)
class KeyTaskAdmin(admin.ModelAdmin):
    list_display = ["plan", "number", "name", "lead_unit", "starts_on", "ends_on", "progress"]
    list_select_related = ["plan", "lead_unit"]
    list_filter = ["plan"]
    search_fields = ["name", "content"]
    autocomplete_fields = ["plan", "lead_unit", "supporting_units"]
    raw_id_fields = ["goal"]


@admin.register(ClosedPeriod)
class ClosedPeriodAdmin(ReadOnlyAdmin):
    list_display = ["code", "starts_on", "ends_on", "closed_at", "closed_by"]


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ["period", "label", "words", "reason", "made_by_name", "made_at"]
    list_filter = ["period"]
    search_fields = ["label", "words", "reason"]


@admin.register(ConfirmationLink)
class ConfirmationLinkAdmin(ReadOnlyAdmin):
    list_display = ["entry", "created_by", "created_at", "expires_at", "answered_at", "rating"]
    list_select_related = ["entry", "created_by"]
    exclude = ["key"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "audience", "unit", "owner"]
    list_select_related = ["unit", "owner"]
    search_fields = ["name"]


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    list_display = ["run_at", "operation", "actor"]
    list_select_related = ["actor"]


@admin.register(Vacancy)
class VacancyAdmin(ReadOnlyAdmin):
    """Worked out anew every working day."""

    list_display = ["kind", "what", "unit", "why", "found_on", "told_on"]
    list_select_related = ["unit"]
    list_filter = ["kind"]
