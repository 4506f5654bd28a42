from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from accounts.models import Unit, User, WorkGroup
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import PersonSelect, ServiceFormMixin, StyledFormMixin, scope_choices

WRONG = "工号或密码不对，请重新输入。连续输错 5 次将锁定 30 分钟。"


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "工号"
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class NewPasswordForm(StyledFormMixin, PasswordChangeForm):
    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "原密码不对，请重新输入。",
        "password_mismatch": "两次输入的新密码不一样，请重新输入。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "原密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password2"].label = "再输一次新密码"
        self.fields["new_password2"].help_text = ""
        self.style()

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("新密码不能与原密码相同。")
        return password


class AccountForm(StyledFormMixin, ServiceFormMixin, VersionedFormMixin, forms.ModelForm):
    """A person or a unit, as an admin edits it; the rules are in accounts.services."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope_choices(self.fields, user)
        self.style()


class UserForm(AccountForm):
    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True), label="单位", required=False, empty_label="不属于单位（仅审计员）"
    )
    work_group = forms.ModelChoiceField(
        WorkGroup.objects.filter(is_active=True), label="派驻工作组", required=False, empty_label="未编组"
    )

    class Meta:
        model = User
        fields = ["name", "username", "unit", "role", "city_wide", "post", "phone", "email", "work_group"]
        labels = {"username": "工号", "email": "邮箱"}
        help_texts = {"username": "登录时使用，一人一号"}
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})}


class ReminderForm(StyledFormMixin, forms.Form):
    """How the person wants to be reminded outside the system."""

    email = forms.EmailField(
        label="邮箱",
        required=False,
        max_length=254,
        error_messages={"invalid": "邮箱地址不对，请核对"},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    wants_digest = forms.BooleanField(label="每个工作日 8:30 收一封邮件：到期、逾期和新消息", required=False)

    wants_figures = forms.BooleanField(label="每周第一个工作日 8:30 收上周的数字，附 Excel", required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        known = {"email": user.email, "wants_digest": user.wants_digest, "wants_figures": user.wants_figures}
        super().__init__(data, initial=known)
        if not user.can("reports.view"):
            del self.fields["wants_figures"]
        self.style()


class UnitForm(AccountForm):
    parent = forms.ModelChoiceField(
        Unit.objects.all(), label="上级单位", required=False, empty_label="没有上级", widget=PersonSelect
    )

    class Meta:
        model = Unit
        fields = ["name", "short_name", "kind", "parent", "order", "is_active"]
        help_texts = {"order": "数字小的排在前面"}
