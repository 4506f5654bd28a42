from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from accounts.models import User
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import DateInput, PersonSelect, RemoteSelect, StyledFormMixin, rows_field, scope_choices
from common.forms.reasons import ReasonFormMixin
from common.sent.amounts import AmountFormMixin
from common.sent.numbers import whole_number
from common.text import clean, half_width
from enterprises.models import Enterprise, KeyProject, Pairing
from enterprises.selectors import standing_firm
from enterprises.services.errors import SimilarNamesError
from enterprises.services.register import CAPITAL_ASKED_FROM, INVESTMENT_ASKED_FROM, name_fault, order_fault
from enterprises.uscc import uscc_problem


@dataclass(frozen=True)
class Candidate:
    """A close name already in the register, with what tells it apart and its page."""

    name: str
    code: str
    page: str
    why: str = ""


def choices_url(**query: Any) -> str:
    return f"{reverse('enterprises:choices')}?{urlencode(query)}"


class RegisterForm(AmountFormMixin, VersionedFormMixin, StyledFormMixin, forms.ModelForm):
    """The shared half of the two register forms; `candidates` are the close names to look at first."""

    uncompared = VersionedFormMixin.uncompared | {"confirmed"}
    confirmed = forms.BooleanField(label="仍要新建：已经核对，不是上面列出的任何一个", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates: list[Candidate] = []
        self.user = user
        scope_choices(self.fields, user)
        self.narrow()
        self.style()

    def earlier_amounts(self) -> Any:
        return self._meta.model.objects.visible_to(self.user)

    def narrow(self) -> None:
        """Takes from the choices what is not offered for a new record."""

    def clean_name(self) -> str:
        name = clean(self.cleaned_data["name"])
        if fault := name_fault(name):
            raise forms.ValidationError(fault)
        return name

    def warn(self, error: SimilarNamesError) -> None:
        """Shows the close names, each with its page, and the checkbox beside them; everything typed stays."""
        view = f"enterprises:{'enterprise' if self._meta.model is Enterprise else 'project'}-detail"
        self.candidates = [
            Candidate(
                row.name,
                getattr(row, "uscc", "") or getattr(row, "number", "") or "",
                reverse(view, args=[row.pk]),
                error.why.get(row.pk, ""),
            )
            for row in error.candidates
        ]


class EnterpriseForm(RegisterForm):
    amount_name, amount_limit = "registered_capital", CAPITAL_ASKED_FROM
    uscc = forms.CharField(
        label="统一社会信用代码",
        required=False,
        max_length=40,
        help_text="18 位，见营业执照；暂时没有可以空着，记为“未核实”",
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = Enterprise
        fields = [
            "name",
            "uscc",
            "kind",
            "is_above_scale",
            "industry",
            "workstream",
            "legal_form",
            "registered_on",
            "registered_capital",
            "region",
            "address",
            "contact_name",
            "contact_phone",
            "business_scope",
            "notes",
            "is_active",
        ]
        widgets = {
            "registered_on": DateInput(),
            "kind": forms.RadioSelect(),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }
        help_texts = {"is_active": "注销、迁出的企业不要删除，去掉这里的勾"}

    def clean_uscc(self) -> str | None:
        code = half_width(clean(self.cleaned_data["uscc"])).replace(" ", "").upper()
        if code and (problem := uscc_problem(code)):
            raise forms.ValidationError(problem)
        return code or None


class ProjectForm(RegisterForm):
    amount_name, amount_limit = "investment", INVESTMENT_ASKED_FROM

    class Meta:
        model = KeyProject
        fields = [
            "name",
            "number",
            "workstream",
            "builder",
            "enterprise",
            "investment",
            "started_on",
            "due_on",
            "lead_unit",
            "contact",
            "notes",
            "is_active",
        ]
        widgets = {
            "started_on": DateInput(),
            "due_on": DateInput(),
            "enterprise": RemoteSelect(url=partial(choices_url, kind="enterprise")),
            "contact": PersonSelect(),
        }
        error_messages = {"number": {"unique": "这个项目编号已经登记过，请搜索后直接使用"}}
        help_texts = {"is_active": "已完工的项目不要删除，去掉这里的勾", "builder": "营业执照或合同上的全称"}

    def narrow(self) -> None:
        contact = rows_field(self.fields, "contact")
        people: Any = contact.queryset  # UserQuerySet, of the field's model
        contact.queryset = people.working()

    def clean_number(self) -> str | None:
        return clean(self.cleaned_data["number"] or "") or None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if fault := order_fault(data.get("started_on"), data.get("due_on")):
            self.add_error("due_on", fault)
        return data


def person_at_unit(person: User) -> str:
    return f"{person.name}（{person.unit.label if person.unit else '无单位'}）"


class PairingForm(StyledFormMixin, forms.ModelForm, ReasonFormMixin):
    """Starting: an officer of one's own units, one enterprise or project, from a day."""

    target = forms.CharField(label="企业或项目", widget=forms.Select)

    class Meta:
        model = Pairing
        fields = ["officer", "starts_on", "notes"]
        widgets = {"officer": PersonSelect(), "starts_on": DateInput()}

    field_order = ["officer", "target", "starts_on", "notes"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        officer = rows_field(self.fields, "officer")
        officer.queryset = User.objects.visible_to(user).working().select_related("unit")
        officer.label_from_instance = person_at_unit  # type: ignore[assignment, method-assign]  # Django's way
        officer.error_messages["invalid_choice"] = "只能为本单位的干警结对"
        chooser = self.fields["target"].widget
        chooser.attrs = {"data-choose": "1", "data-url": choices_url(both=1)}
        chosen = self.find_target(str(self["target"].value() or ""))
        chooser.choices = [("", "")] + ([(self["target"].value(), str(chosen))] if chosen else [])
        self.style()

    def find_target(self, value: str) -> Enterprise | KeyProject | None:
        kind, _, pk = value.partition(":")
        if whole_number(pk) is None:
            return None
        if kind == "enterprise":
            return standing_firm(self.user, pk)
        return KeyProject.objects.visible_to(self.user).filter(pk=pk).first() if kind == "project" else None

    def clean_target(self) -> Enterprise | KeyProject:
        found = self.find_target(self.cleaned_data["target"])
        if found is None:
            raise forms.ValidationError("请从列出的企业或项目中选择")
        setattr(self.instance, "enterprise" if isinstance(found, Enterprise) else "project", found)
        return found


class PairingEndForm(StyledFormMixin, ReasonFormMixin):
    ends_on = forms.DateField(label="结束日期", widget=DateInput, help_text="当天仍算在结对期内")
    notes = forms.CharField(label="原因", max_length=200, help_text="如岗位调整、项目完工，会留在记录里")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()

    @property
    def record(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("ends_on", "notes")}
