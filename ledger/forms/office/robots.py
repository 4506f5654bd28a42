from typing import Any

from django import forms

from common.forms.conflicts import Difference, VersionedFormMixin
from common.forms.fields import ServiceFormMixin, StyledFormMixin
from ledger.forms.fields import words
from ledger.models import Robot

EVENTS = ("on_overdue", "on_escalated", "on_order", "on_weekly")
HIDDEN = {"autocomplete": "off", "spellcheck": "false"}


class RobotForm(StyledFormMixin, ServiceFormMixin, VersionedFormMixin, forms.ModelForm):
    """A robot; its address and secret go in and never come out again: empty leaves them as they are."""

    name = words("名称", "请给机器人起个名字，如“公安局工作群”", max_length=50)
    new_url = forms.CharField(
        label="机器人地址",
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs=HIDDEN),
        help_text="从群机器人的设置里整段复制，以 https:// 开头",
    )
    new_secret = forms.CharField(
        label="加签密钥",
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs=HIDDEN),
        help_text="只用于钉钉：安全设置选“加签”时，以 SEC 开头的一串",
    )
    forget_secret = forms.BooleanField(label="不再加签，去掉原来的密钥", required=False)
    use_required_attribute = False

    class Meta:
        model = Robot
        fields = ["name", "kind", "unit", *EVENTS, "is_active"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = unit.queryset.visible_to(user).filter(is_active=True)
        unit.empty_label = "全市"
        if self.instance.pk:
            self.fields["new_url"].help_text = "已保存，不再显示；不换就留空"
        if self.instance.secret:
            self.fields["new_secret"].help_text = "已保存，不再显示；不换就留空"
        else:
            del self.fields["forget_secret"]
        self.style()

    def difference(self, name: str, stored: Any) -> Difference | None:
        """That an address or a secret will be replaced is told, never what it is."""
        if name not in {"new_url", "new_secret", "forget_secret"}:
            return super().difference(name, stored)
        if not self.cleaned_data.get(name):
            return None
        label, typed = str(self.fields[name].label), "去掉" if name == "forget_secret" else "换成您填的"
        return Difference(label, "已保存的，不显示", typed)

    @property
    def event_fields(self) -> list[Any]:
        return [self[name] for name in EVENTS]

    @property
    def record(self) -> dict[str, Any]:
        return {"forget_secret": False, **super().record}
