"""What people say about two firms that may be one."""

import uuid
from typing import Any

from django import forms

from common.forms.conflicts import posted_version
from common.forms.fields import DateInput, RemoteSelect, StyledFormMixin, scope_choices
from enterprises.doubles.comparison import BOTH, ONE, OTHER, Comparison
from enterprises.forms.register import choices_url
from enterprises.models import Enterprise, FormerName
from enterprises.services.merging import MergeData

WHY = 300


class MergeForm(StyledFormMixin, forms.Form):
    """Which of the two is kept, and whose value of each field that differs."""

    keep = forms.ChoiceField(label="保留哪一家", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="为什么是同一家",
        max_length=WHY,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如“同一张营业执照”“2021年改名”；已结账的半年因此变动的，以此为原因列为调整",
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version_one = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version_other = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, comparison: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.comparison = comparison
        one, other = comparison.one, comparison.other
        keep: Any = self.fields["keep"]
        keep.choices = [(side, f"{firm}（{firm.uscc or '无信用代码'}）") for side, firm in ((ONE, one), (OTHER, other))]
        self.initial.update(keep=comparison.keep, submission_key=uuid.uuid4())
        self.initial.update(version_one=one.version, version_other=other.version)
        for line in comparison.asked:
            self.fields[f"take_{line.name}"] = forms.ChoiceField(
                label=line.label, choices=line.choices, widget=forms.RadioSelect, initial=line.likely
            )
        self.style()

    @property
    def posted_versions(self) -> tuple[int | None, int | None]:
        return posted_version(self.data, "version_one"), posted_version(self.data, "version_other")

    @property
    def is_stale(self) -> bool:
        """Whether one of the two was changed since the page was opened: its choices are about something else."""
        return self.is_bound and self.posted_versions != (self.comparison.one.version, self.comparison.other.version)

    @property
    def choosing(self) -> list[Any]:
        """The fields that ask whose value is kept."""
        return [self[f"take_{line.name}"] for line in self.comparison.asked]

    @property
    def kept_and_merged(self) -> tuple[Enterprise, Enterprise]:
        both = (self.comparison.one, self.comparison.other)
        return both if self.cleaned_data["keep"] == ONE else (both[1], both[0])

    @property
    def record(self) -> MergeData:
        keep = self.cleaned_data["keep"]
        said = self.comparison.taken | {
            line.name: self.cleaned_data[f"take_{line.name}"] for line in self.comparison.asked
        }
        versions = self.posted_versions
        return MergeData(
            taken=frozenset(name for name, side in said.items() if side not in (keep, BOTH)),
            both=frozenset(name for name, side in said.items() if side == BOTH),
            versions=versions if keep == ONE else (versions[1], versions[0]),
            reason=self.cleaned_data["reason"],
        )


class WhyForm(StyledFormMixin, forms.Form):
    """A reason, for a step that needs nothing else."""

    reason = forms.CharField(label="原因", max_length=WHY, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or "原因"
        self.style()


class OtherFirmForm(StyledFormMixin, forms.Form):
    """Which firm to lay beside one."""

    other = forms.ModelChoiceField(
        Enterprise.objects.all(),
        label="与哪一家比较",
        widget=RemoteSelect(url=choices_url),
        help_text="输入名称、曾用名、拼音首字母或信用代码查找",
        error_messages={"invalid_choice": "请从列出的企业中选择另一家"},
    )

    def __init__(self, *args: Any, firm: Enterprise, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope_choices(self.fields, user)
        other: Any = self.fields["other"]
        other.queryset = other.queryset.exclude(pk=firm.pk)
        self.style()


class FormerNameForm(StyledFormMixin, forms.ModelForm):
    """A name that a firm had before it was registered here."""

    class Meta:
        model = FormerName
        fields = ["name", "used_from", "used_until"]
        widgets = {"used_from": DateInput(), "used_until": DateInput()}
        help_texts = {"used_from": "不清楚可以空着", "used_until": "不清楚可以空着"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()

    def _post_clean(self) -> None:
        """The rules are the service's."""
