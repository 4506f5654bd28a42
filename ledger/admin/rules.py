"""What the ledger goes by, and what follows of itself: calendar, deadlines, ladder, robots, re-checks."""

from django.contrib import admin

from common.web.admin import ReadOnlyAdmin
from ledger.models import (
    CalendarDay,
    CalendarVersion,
    CalendarYear,
    DeadlineRule,
    DeadlineShift,
    EntryPause,
    Escalation,
    LadderStep,
    MoneyRule,
    NumberSequence,
    ProblemCategory,
    Recheck,
    RecheckDraw,
    RecheckRule,
    Robot,
    RobotMessage,
    RuleChange,
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


@admin.register(RecheckRule)
class RecheckRuleAdmin(ReadOnlyAdmin):
    """Changed on the re-check's own page."""

    list_display = ["percent", "every"]
    search_fields = ["every"]


@admin.register(MoneyRule)
class MoneyRuleAdmin(ReadOnlyAdmin):
    """Changed on its own page."""

    list_display = ["ask_from"]


@admin.register(RecheckDraw)
class RecheckDrawAdmin(ReadOnlyAdmin):
    list_display = ["period", "starts_on", "ends_on", "percent", "drawn_at", "drawn_by"]
    search_fields = ["period"]
    list_select_related = ["drawn_by"]


@admin.register(Recheck)
class RecheckAdmin(ReadOnlyAdmin):
    list_display = ["draw", "entry", "unit", "verdict", "judged_by", "judged_on"]
    list_filter = ["verdict"]
    search_fields = ["entry__number", "entry__title", "words"]
    list_select_related = ["draw", "entry", "unit", "judged_by"]
