"""A form whose record may lie in a closed period: it asks for the reason when, and only when, the service does."""

from typing import Any

from django import forms

REASON = "correction_reason"
LONGEST = 500


class ReasonFormMixin(forms.Form):
    """Adds 更正原因, which the page shows (`components/correction_reason.html`) only once it has been asked for."""

    correction_reason = forms.CharField(
        label="更正原因",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="结账时的数字不变，这次更正会连同原因列为调整",
    )
    asked = False

    @property
    def asks_reason(self) -> bool:
        return self.asked or (self.is_bound and REASON in self.data)

    @property
    def reason(self) -> str:
        return str(self.cleaned_data.get(REASON, ""))

    def ask_reason(self, message: str) -> None:
        """Shows the field with what the service said; what was typed elsewhere stays."""
        self.asked = True
        self.refuse(REASON, message)  # type: ignore[attr-defined]  # of StyledFormMixin, beside it in every such form


def posted_reason(data: Any) -> str:
    """The reason given with a button that has no form of its own."""
    return str(data.get(REASON, ""))[:LONGEST]
