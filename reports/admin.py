from django.contrib import admin

from common.web.admin import ReadOnlyAdmin
from reports.models import (
    Adjustment,
    Briefing,
    BriefingTemplate,
    FiguresMail,
    FrozenDefinition,
    FrozenFigure,
    IssuedBriefing,
    LedgerDay,
    LedgerMonth,
    LedgerSteps,
    PeriodBook,
    PeriodClose,
    PeriodReopening,
    Recount,
    Screen,
    Sequel,
    Share,
    Tally,
    TargetEntry,
    TargetLine,
    TargetResult,
    UnitSignoff,
    WeeklyLine,
    WeeklyTable,
)


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    """Computed from the records: recompute it, don't edit it."""

    list_display = ["period", "indicator", "level", "workstream", "unit", "value", "computed_at"]
    list_select_related = ["workstream", "unit"]
    list_filter = ["period", "level"]
    search_fields = ["indicator"]
    show_full_result_count = False


@admin.register(Sequel)
class SequelAdmin(ReadOnlyAdmin):
    """As the figures, of what became of resolved problems."""

    list_display = ["period", "kind", "level", "workstream", "unit", "value", "computed_at"]
    list_select_related = ["workstream", "unit"]
    list_filter = ["period", "kind", "level"]
    show_full_result_count = False


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    """As the figures, by work group, officer and industry."""

    list_display = ["period", "indicator", "dimension", "key", "unit", "value", "computed_at"]
    list_select_related = ["unit"]
    list_filter = ["period", "dimension"]
    search_fields = ["indicator"]
    show_full_result_count = False


@admin.register(FiguresMail)
class FiguresMailAdmin(ReadOnlyAdmin):
    list_display = ["week", "person", "state", "tries", "error", "sent_at"]
    list_select_related = ["person"]
    list_filter = ["state"]


@admin.register(PeriodBook)
class PeriodBookAdmin(ReadOnlyAdmin):
    list_display = ["code"]


@admin.register(PeriodClose)
class PeriodCloseAdmin(ReadOnlyAdmin):
    list_display = ["book", "version", "closed_at", "closed_name", "missing"]
    list_select_related = ["book"]


@admin.register(PeriodReopening)
class PeriodReopeningAdmin(ReadOnlyAdmin):
    list_display = ["close", "reopened_at", "reopened_name", "reason"]
    list_select_related = ["close__book"]


@admin.register(UnitSignoff)
class UnitSignoffAdmin(ReadOnlyAdmin):
    list_display = ["book", "version", "unit", "signed_name", "signed_at", "digest"]
    list_select_related = ["book", "unit"]


@admin.register(FrozenFigure, Adjustment)
class FrozenCellAdmin(ReadOnlyAdmin):
    """Both are read by their period's page; here only what stands in the table."""

    list_display = ["indicator", "level", "workstream", "unit"]
    list_select_related = ["workstream", "unit"]
    search_fields = ["indicator"]
    show_full_result_count = False


@admin.register(FrozenDefinition)
class FrozenDefinitionAdmin(ReadOnlyAdmin):
    list_display = ["close", "code", "label", "version", "unit_word"]
    list_select_related = ["close__book"]
    search_fields = ["code", "label"]


@admin.register(Recount)
class RecountAdmin(ReadOnlyAdmin):
    list_display = ["close", "number", "counted_at"]
    list_select_related = ["close__book"]


@admin.register(LedgerDay)
class LedgerDayAdmin(ReadOnlyAdmin):
    """Counted from the events with every tally."""

    list_display = ["day", "is_opening", "split", "unit", "workstream", "category", "cohort", "total", "resolved"]
    list_select_related = ["unit", "workstream", "category"]
    list_filter = ["split", "is_opening", "cohort"]
    show_full_result_count = False


@admin.register(TargetResult)
class TargetResultAdmin(ReadOnlyAdmin):
    """Frozen by the clock when the target day is over."""

    list_display = ["year", "day", "target", "frozen_at"]


@admin.register(TargetLine)
class TargetLineAdmin(ReadOnlyAdmin):
    list_display = ["result", "unit", "workstream", "registered", "rejected", "duplicate", "completed", "resolved"]
    list_select_related = ["result", "unit", "workstream"]
    list_filter = ["result"]


@admin.register(TargetEntry)
class TargetEntryAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "unit", "workstream", "state", "is_carried", "result"]
    list_select_related = ["result", "unit", "workstream"]
    list_filter = ["result", "state", "is_carried"]
    search_fields = ["number", "title"]
    show_full_result_count = False


@admin.register(LedgerSteps)
class LedgerStepsAdmin(ReadOnlyAdmin):
    list_display = ["day", "is_opening", "unit", "workstream", "action", "count"]
    list_select_related = ["unit", "workstream"]
    list_filter = ["action", "is_opening"]
    show_full_result_count = False


@admin.register(LedgerMonth)
class LedgerMonthAdmin(ReadOnlyAdmin):
    list_display = ["month", "digest", "computed_at"]


@admin.register(Screen)
class ScreenAdmin(ReadOnlyAdmin):
    """Made and stopped on the office's own page, where the address is shown once."""

    list_display = ["name", "unit", "expires_on", "created_by", "created_at", "revoked_at", "seen_at"]
    list_select_related = ["unit", "created_by"]
    search_fields = ["name"]


@admin.register(Briefing)
class BriefingAdmin(ReadOnlyAdmin):
    list_display = ["title", "period", "unit", "workstream", "status", "author", "created_at"]
    list_select_related = ["unit", "workstream", "author"]
    list_filter = ["period", "status"]
    search_fields = ["title"]


@admin.register(IssuedBriefing)
class IssuedBriefingAdmin(ReadOnlyAdmin):
    list_display = ["briefing", "issued_name", "issued_at", "figure_count", "sha256"]
    list_select_related = ["briefing"]
    exclude = ["content"]


@admin.register(BriefingTemplate)
class BriefingTemplateAdmin(ReadOnlyAdmin):
    list_display = ["name", "size", "uploaded_by", "uploaded_at", "sha256"]
    search_fields = ["name"]
    exclude = ["content"]


@admin.register(WeeklyTable)
class WeeklyTableAdmin(ReadOnlyAdmin):
    list_display = ["monday", "target", "frozen_at"]
    search_fields = ["monday"]


@admin.register(WeeklyLine)
class WeeklyLineAdmin(ReadOnlyAdmin):
    list_display = ["table", "name", "counted", "completed", "resolved", "overdue", "returned", "extended"]
    list_select_related = ["table"]
    search_fields = ["name"]
