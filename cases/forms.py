"""What people type about cases; what makes sense of it is in cases.services."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse, reverse_lazy

from accounts.models import Unit, User
from cases.models import Campaign, CaseState, LegalCase, ProcuratorialRecommendation, TypicalCase
from cases.numbers import EXAMPLES, oddness, plain_form
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import (
    DateInput,
    RemoteSelect,
    RemoteSelectMultiple,
    ServiceFormMixin,
    StyledFormMixin,
    rows_field,
    scope_choices,
)
from common.forms.reasons import ReasonFormMixin
from common.idempotence import SubmissionFormMixin
from common.sent.amounts import Sure

DASHES = "---------"
SURE_NUMBER = "sure_number"


def choices_of_projects() -> str:
    return f"{reverse('enterprises:choices')}?kind=project"


class RecordForm(
    StyledFormMixin, ServiceFormMixin, SubmissionFormMixin, VersionedFormMixin, ReasonFormMixin, forms.ModelForm
):
    """A record of one unit: choices among what its user may see, own unit filled in."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        scope_choices(self.fields, user)
        for form_field in self.fields.values():
            name_empty_choice(form_field)
        if "unit" in self.fields:
            self.own_units()
        self.style()

    def own_units(self) -> None:
        units = Unit.objects.visible_to(self.user).filter(is_active=True)
        if not self.user.sees_all:
            units = units.filter(pk__in=self.user.scope_units())
        rows_field(self.fields, "unit").queryset = units
        if not self.instance.pk:
            self.initial.setdefault("unit", self.user.unit_id)


class CaseForm(RecordForm):
    class Meta:
        model = LegalCase
        fields = [
            "number",
            "kind",
            "title",
            "unit",
            "workstream",
            "campaign",
            "enterprises",
            "party_names",
            "project",
            "filed_on",
            "state",
            "closed_on",
            "result",
            "detained_persons",
            "detained_on",
            "summary",
        ]
        widgets = {
            "number": forms.TextInput(attrs={"placeholder": "如（2023）湘0781民初123号"}),
            "title": forms.TextInput(attrs={"placeholder": "如 买卖合同纠纷"}),
            "enterprises": RemoteSelectMultiple(url=reverse_lazy("enterprises:choices")),
            "project": RemoteSelect(url=choices_of_projects),
            "filed_on": DateInput(),
            "closed_on": DateInput(),
            "detained_on": DateInput(),
            "state": forms.RadioSelect(),
            "summary": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "number": EXAMPLES,
            "enterprises": "输入企业名称、拼音首字母或信用代码查找，可选多家",
            "party_names": "不在册的企业写在这里",
            "detained_persons": "没有拘留填 0",
        }

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("filed_on", today)
            self.initial.setdefault("state", CaseState.OPEN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, filed = data.get("number"), data.get("filed_on")
        if number and plain_form(number) != plain_form(self.instance.number):
            can_be = filed and (self.today is None or filed <= self.today)  # else the service says what is wrong
            self.ask_about_number(number, filed.year if filed and can_be else None)
        return data

    def ask_about_number(self, number: str, filed: int | None) -> None:
        """An odd number is asked about once; another one is asked about anew."""
        told, sent = oddness(number, filed), self.add_prefix(SURE_NUMBER)
        if not told or str(self.data.get(sent, "")) == plain_form(number):
            return
        self.fields["number"].sure = Sure(sent, plain_form(number), "案号无误，就是这样写的")  # type: ignore[attr-defined]
        self.add_error("number", f"{told}。{EXAMPLES}；确实无误的，勾选“案号无误”再保存")


def name_empty_choice(form_field: forms.Field) -> None:
    """Django's row of dashes says nothing."""
    words = "请选择" if form_field.required else "不填"
    if isinstance(form_field, forms.ModelChoiceField) and form_field.empty_label:
        form_field.empty_label = words
    elif isinstance(form_field, forms.TypedChoiceField):
        offered: Any = form_field.choices  # read back as pairs, whatever the field was given
        form_field.choices = [(value, label if label != DASHES else words) for value, label in offered]


class RecommendationForm(RecordForm):
    is_adopted = forms.TypedChoiceField(
        label="是否采纳",
        required=False,
        choices=[("", "尚未回复"), ("True", "已采纳"), ("False", "未采纳")],
        coerce=lambda value: value == "True",
        empty_value=None,
    )

    class Meta:
        model = ProcuratorialRecommendation
        fields = [
            "number",
            "case",
            "unit",
            "workstream",
            "addressee",
            "subject",
            "issued_on",
            "replied_on",
            "is_adopted",
        ]
        widgets = {
            "number": forms.TextInput(attrs={"placeholder": "如 津检建〔2023〕5号"}),
            "case": RemoteSelect(url=reverse_lazy("cases:case-choices")),
            "issued_on": DateInput(),
            "replied_on": DateInput(),
            "subject": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].help_text = "输入案号或案由查找，不涉案可不填"
        if not self.instance.pk:
            self.initial.setdefault("issued_on", today)


class TypicalCaseForm(RecordForm):
    url = forms.URLField(label="链接", required=False, assume_scheme="https", max_length=500)

    class Meta:
        model = TypicalCase
        fields = ["title", "unit", "workstream", "case", "published_on", "channel", "url", "summary"]
        widgets = {
            "case": RemoteSelect(url=reverse_lazy("cases:case-choices")),
            "published_on": DateInput(),
            "channel": forms.TextInput(attrs={"placeholder": "如 湖南法院网、常德日报"}),
            "summary": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].help_text = "输入案号或案由查找，不涉案可不填"
        if not self.instance.pk:
            self.initial.setdefault("published_on", today)


class CampaignForm(RecordForm):
    class Meta:
        model = Campaign
        fields = ["name", "starts_on", "ends_on", "lead_unit", "summary"]
        widgets = {
            "starts_on": DateInput(),
            "ends_on": DateInput(),
            "summary": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("starts_on", today)
