"""Choosing whom something was done for: one field over enterprises and projects, answered by the register's chooser."""

from typing import Any

from django import forms
from django.urls import reverse

from common.sent.numbers import whole_number
from enterprises.models import KeyProject
from enterprises.selectors import standing_firm
from ledger.selectors.activities import Served, mark

KINDS = ("enterprise", "project")


class TargetField(forms.CharField):
    """An enterprise or project by its mark; cleans to the row, or None."""

    widget = forms.Select

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user: Any = None

    def offer(self, *, user: Any, paired: list[Served], current: Any) -> None:
        """Offers one's own pairings and what is chosen now; the rest comes from the register as words are typed."""
        self.user = user
        shown = {mark(one): str(one) for one in paired}
        if current not in shown and (chosen := self.find(current)):
            shown[mark(chosen)] = str(chosen)
        self.widget.choices = [("", "搜企业或项目，可用拼音首字母"), *shown.items()]
        self.widget.attrs |= {"data-choose": "1", "data-url": f"{reverse('enterprises:choices')}?both=1"}

    def find(self, value: Any) -> Served | None:
        kind, _, key = str(value or "").partition(":")
        if kind not in KINDS or whole_number(key) is None:
            return None
        if kind == "enterprise":
            return standing_firm(self.user, key)
        return KeyProject.objects.visible_to(self.user).filter(pk=key).first()

    def clean(self, value: Any) -> Served | None:
        words = super().clean(value)
        found = self.find(words)
        if words and found is None:
            raise forms.ValidationError("没有找到这家企业或项目，请重新选择")
        return found
