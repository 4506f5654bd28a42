from django.contrib import admin

from common.admin import KeptAdmin, ReadOnlyAdmin
from ledger.models import (
    ActionPlan,
    ActivityOutput,
    Attachment,
    BulkRun,
    CalendarDay,
    CalendarVersion,
    CalendarYear,
    ClosedPeriod,
    ConfirmationLink,
    Correction,
    DeadlineRule,
    DeadlineShift,
    EntryEvent,
    EntryPause,
    Escalation,
    KeyTask,
    LadderStep,
    NumberSequence,
    PlanGoal,
    PlanPhase,
    ProblemCategory,
    ProblemEntry,
    Recovery,
    Robot,
    RobotMessage,
    RuleChange,
    SavedView,
    ServiceActivity,
    SupervisionOrder,
    SurveyForm,
)


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnlyAdmin):
    """Changed on the calendar's own page, which recounts the deadlines and says what moved."""

    list_display = ["day", "is_working", "name", "source"]
    list_filter = ["is_working"]
    search_fields = ["name"]
    date_hierarchy = "day"


@admin.register(ProblemCategory)
class ProblemCategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "order", "is_active"]
    search_fields = ["name"]


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


@admin.register(NumberSequence)
class NumberSequenceAdmin(ReadOnlyAdmin):
    list_display = ["series", "year", "last"]


@admin.register(CalendarYear)
class CalendarYearAdmin(ReadOnlyAdmin):
    list_display = ["year", "notice", "issued_on"]
    search_fields = ["notice"]


@admin.register(CalendarVersion)
class CalendarVersionAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "source", "made_at", "made_by"]
    list_select_related = ["made_by"]
    search_fields = ["title", "source"]


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(ReadOnlyAdmin):
    """Changed on the rules' own page, which says first what moves."""

    list_display = ["category", "priority", "working_days"]
    list_select_related = ["category"]


@admin.register(RuleChange)
class RuleChangeAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "made_by"]
    list_select_related = ["made_by"]


@admin.register(DeadlineShift)
class DeadlineShiftAdmin(ReadOnlyAdmin):
    list_display = ["entry", "unit", "was", "now", "version", "rule_change"]
    list_select_related = ["entry", "unit", "version", "rule_change"]
    search_fields = ["entry__number"]


@admin.register(EntryPause)
class EntryPauseAdmin(ReadOnlyAdmin):
    list_display = ["entry", "waiting_for", "started_on", "ended_on"]
    list_select_related = ["entry"]
    search_fields = ["entry__number", "waiting_for"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "audience", "unit", "owner"]
    list_select_related = ["unit", "owner"]
    search_fields = ["name"]


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    list_display = ["run_at", "operation", "actor"]
    list_select_related = ["actor"]


@admin.register(LadderStep)
class LadderStepAdmin(ReadOnlyAdmin):
    """Changed on its own page, which keeps a version."""

    list_display = ["after_days", "audience", "issues_order", "is_active"]
    search_fields = ["after_days"]

    @admin.display(description="告知")
    def audience(self, step: LadderStep) -> str:
        return "、".join(step.audiences)


@admin.register(Escalation)
class EscalationAdmin(ReadOnlyAdmin):
    list_display = ["day", "entry", "after_days", "unit", "told", "told_to", "order"]
    list_select_related = ["entry", "unit", "order"]
    list_filter = ["told", "unit"]
    search_fields = ["entry__number", "told_to"]
    date_hierarchy = "day"


@admin.register(Robot)
class RobotAdmin(ReadOnlyAdmin):
    """Address and secret are used and never shown."""

    exclude = ["url", "secret"]
    list_display = ["name", "kind", "unit", "is_active"]
    list_select_related = ["unit"]
    search_fields = ["name"]


@admin.register(RobotMessage)
class RobotMessageAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "robot", "event", "state", "tries", "error"]
    list_select_related = ["robot"]
    list_filter = ["state", "event"]
    search_fields = ["words", "robot__name"]
