from auditlog.admin import LogEntryAdmin  # noqa: F401 -- registered by this import, taken off below
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group

from accounts.models import ExportLog, Unit, User, WorkGroup
from common.admin import ReadOnlyAdmin

# The audit trail is the auditor's alone, on its own page; roles take the place of Django's groups.
admin.site.unregister(LogEntry)
admin.site.unregister(Group)


class PersonCreationForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "name", "unit", "role")


class PersonChangeForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    list_display = ["name", "short_name", "kind", "parent", "order", "is_active"]
    list_select_related = ["parent"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["parent"]


@admin.register(WorkGroup)
class WorkGroupAdmin(admin.ModelAdmin):
    list_display = ["name", "head", "is_active"]
    list_select_related = ["head"]
    search_fields = ["name"]
    autocomplete_fields = ["head"]


@admin.register(User)
class PersonAdmin(UserAdmin):
    form, add_form = PersonChangeForm, PersonCreationForm
    list_display = ["username", "name", "unit", "role", "city_wide", "is_active", "is_superuser"]
    list_select_related = ["unit"]
    list_filter = ["role", "unit", "city_wide", "is_active", "is_superuser"]
    search_fields = ["username", "name", "pinyin"]
    autocomplete_fields = ["unit", "work_group"]
    ordering = ["username"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password", "name"]}),
        ("岗位", {"fields": ["unit", "role", "city_wide", "post", "phone", "email", "wants_digest", "work_group"]}),
        ("账号", {"fields": ["is_active", "is_staff", "is_superuser", "must_change_password", "last_login"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "unit", "role", "usable_password", "password1", "password2"]}),
    ]
    readonly_fields = ["last_login"]


@admin.register(ExportLog)
class ExportLogAdmin(ReadOnlyAdmin):
    list_display = ["exported_at", "user", "what", "rows", "query"]
    list_select_related = ["user"]
    search_fields = ["user__name", "what"]
    date_hierarchy = "exported_at"
