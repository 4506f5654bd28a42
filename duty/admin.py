from django.contrib import admin

from common.web.admin import ReadOnlyAdmin
from duty.models import DutyLeave, DutyShift, DutySwap


@admin.register(DutyShift)
class DutyShiftAdmin(ReadOnlyAdmin):
    list_display = ["day", "half", "workstream", "officer", "unit"]
    list_select_related = ["workstream", "officer", "unit"]
    search_fields = ["officer__name", "workstream__name"]


@admin.register(DutySwap)
class DutySwapAdmin(ReadOnlyAdmin):
    list_display = ["words", "asked_by", "asked_of", "state", "answered_by"]
    list_select_related = ["asked_by", "asked_of", "answered_by"]
    search_fields = ["words"]


@admin.register(DutyLeave)
class DutyLeaveAdmin(ReadOnlyAdmin):
    list_display = ["officer", "starts_on", "ends_on", "made_by"]
    list_select_related = ["officer", "made_by"]
    search_fields = ["officer__name"]
