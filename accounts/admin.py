from typing import Any

from auditlog.admin import LogEntryAdmin  # noqa: F401 -- registered by this import, taken off below
from auditlog.models import LogEntry
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction

from accounts import services
from accounts.models import ExportLog, Unit, User, WorkGroup
from accounts.posts import AccountError
from common.forms.conflicts import StaleVersionError
from common.web.admin import ReadOnlyAdmin

# The audit trail is the auditor's alone, on its own page; roles take the place of Django's groups.
admin.site.unregister(LogEntry)
admin.site.unregister(Group)


MEANWHILE = "另一位管理员刚保存了这条记录，请重新打开后再改"


class ServiceForm(forms.ModelForm):
    """Kept by the same services as the pages of the office: tried while the form is checked, so that what they refuse
    is said beside the field and nothing typed is lost, and done when it is saved."""

    def keep(self, by: Any) -> Any:
        """Raises: AccountError, StaleVersionError: as the service."""
        raise NotImplementedError

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                with transaction.atomic():
                    self.keep(None)
                    transaction.set_rollback(True)
            except AccountError as error:
                self.add_error(error.field if error.field in self.fields else None, str(error))
            except StaleVersionError:
                self.add_error(None, MEANWHILE)
        return found


class PersonCreationForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "name", "unit", "role")


class PersonChangeForm(ServiceForm, UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User

    def keep(self, by: Any) -> User:
        return services.edit_user(pk=self.instance.pk, data=self.changes(), version=self.instance.version, by=by)


class UnitAdminForm(ServiceForm):
    def keep(self, by: Any) -> Unit:
        return services.save_unit(pk=self.instance.pk, data=self.changes(), version=self.instance.version)


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    form = UnitAdminForm
    list_display = ["name", "short_name", "kind", "parent", "order", "is_active"]
    list_select_related = ["parent"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["parent"]

    def save_model(self, request: Any, obj: Unit, form: UnitAdminForm, change: bool) -> None:
        obj.pk = form.keep(request.user).pk


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

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        if change:
            form.keep(request.user)
        else:
            super().save_model(request, obj, form, change)


@admin.register(ExportLog)
class ExportLogAdmin(ReadOnlyAdmin):
    list_display = ["exported_at", "user", "what", "rows", "query"]
    list_select_related = ["user"]
    search_fields = ["user__name", "what"]
    date_hierarchy = "exported_at"
