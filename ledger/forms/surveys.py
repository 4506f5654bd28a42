"""A survey form on one page: who was visited, what the firm says, and the problems that its requests will become."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Unit, User
from accounts.rights.permissions import Role
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import DateInput, PersonSelect, RemoteSelect, StyledFormMixin, rows_field, words_field
from common.forms.reasons import ReasonFormMixin
from common.idempotence import SubmissionFormMixin
from common.sent.amounts import AmountFormMixin
from enterprises.models import Enterprise, Industry, Workstream
from ledger.forms.entries.registering import paired
from ledger.forms.fields import CleanTextMixin, RemoteChoiceField, name_people, words
from ledger.models import ProblemCategory, Satisfaction, SurveyForm
from ledger.services.surveys import REQUESTED, SameSurveyError, SurveyData
from ledger.surveying.requests import ITEMS, NONE, WHOLE, Requests, among_notes, decided, read_requests, says_nothing

PARTS = {ITEMS: "分成几条，每条一个问题", WHOLE: "合成一条，原话不动", NONE: "不是诉求，原话写入备注"}


class SurveyTypedForm(
    AmountFormMixin,
    SubmissionFormMixin,
    VersionedFormMixin,
    ReasonFormMixin,
    CleanTextMixin,
    StyledFormMixin,
    forms.Form,
):
    use_required_attribute = False
    uncompared = SubmissionFormMixin.uncompared | {"is_another", "parts"}

    enterprise = RemoteChoiceField(
        Enterprise.objects.none(),
        label="企业",
        error_messages={"required": "请选择企业；名册里没有的，先在企业名录登记"},
    )
    visited_on = forms.DateField(
        label="走访日期",
        widget=DateInput,
        error_messages={"required": "请填写走访日期", "invalid": "日期看不懂，请写成 2026-11-22 这样"},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="走访单位", empty_label="请选择", error_messages={"required": "请选择走访单位"}
    )
    officer = forms.ModelChoiceField(
        User.objects.none(), label="走访干警", required=False, empty_label="未注明", widget=PersonSelect
    )
    contact_name = words("联系人", max_length=50)
    contact_phone = words(
        "联系电话",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        validators=[RegexValidator(r"^[\d\-+ ]{7,20}$", "电话只能有数字和短横，至少 7 位")],
    )
    satisfaction = forms.ChoiceField(
        label="满意度", required=False, choices=[*Satisfaction.choices, ("", "没有填")], widget=forms.RadioSelect
    )
    appeal = words(
        "问题诉求", rows=4, max_length=20_000, help_text="照表上写；分条的每条成为一个问题，没有就留空或写“无”"
    )
    parts = forms.ChoiceField(label="怎样登记", required=False, choices=[("", ""), *PARTS.items()])
    category = forms.ModelChoiceField(
        ProblemCategory.objects.none(), label="诉求类别", required=False, empty_label="没有诉求的不用选"
    )
    amount = SurveyForm._meta.get_field("amount").formfield(required=False)
    suggestion = words("意见建议", rows=3, max_length=20_000)
    notes = words("备注", rows=2, max_length=20_000)
    industry = forms.ModelChoiceField(Industry.objects.none(), label="所属行业", required=False)
    workstream = forms.ModelChoiceField(
        Workstream.objects.none(), label="所属大事", required=False, empty_label="按企业所属"
    )
    is_another = forms.BooleanField(label="这是另一份，不是上面列出的", required=False)

    groups: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("走访了谁", ("enterprise", "visited_on", "unit", "officer", "contact_name", "contact_phone")),
        ("企业怎么说", ("satisfaction", "appeal", "category", "amount", "suggestion")),
        ("其他", ("industry", "workstream", "notes")),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        today: date,
        survey: SurveyForm | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.user, self.today, self.instance = user, today, survey
        self.same: SameSurveyError | None = None
        super().__init__(data, initial={**starting_values(user, today, survey), **(initial or {})})
        self.fields["visited_on"].widget.attrs["max"] = today.isoformat()
        self.offer()
        for name in self.settled:
            self.fields[name].disabled = True
        self.asks_about_another = self.is_bound and "is_another" in self.data
        self.style()

    @property
    def settled(self) -> tuple[str, ...]:
        """What the form's ledger entries have taken over."""
        return REQUESTED if self.instance and self.instance.appeal else ()

    @property
    def left_out(self) -> str:
        """What came for those fields all the same and is not kept, as from the form of another survey; in words."""
        told = []
        for name in self.settled if self.is_bound else ():
            raw, field = self.data.get(self.add_prefix(name)), self.fields[name]
            if raw not in (None, ""):
                try:
                    value = field.clean(raw)
                except forms.ValidationError:
                    value = raw
                if value != getattr(self.instance, name):
                    told.append(f"{field.label} {value}")
        return "；".join(told)

    def offer(self) -> None:
        user = self.user
        firms, people = rows_field(self.fields, "enterprise"), rows_field(self.fields, "officer")
        firms.queryset = Enterprise.objects.visible_to(user).filter(is_active=True)
        firms.widget = RemoteSelect(
            url=f"{reverse('enterprises:choices')}?kind=enterprise",
            likely=partial(paired, Enterprise, "enterprise", user, self.today),
            attrs={"placeholder": "输入名称或拼音首字母查找"},
        )
        firms.widget.choices = firms.choices
        people.queryset = User.objects.visible_to(user).working().select_related("unit").order_by("pinyin", "pk")
        name_people(people)
        units = Unit.objects.visible_to(user).filter(is_active=True)
        rows_field(self.fields, "unit").queryset = units if user.sees_all else units.filter(pk__in=user.scope_units())
        rows_field(self.fields, "category").queryset = ProblemCategory.objects.visible_to(user).filter(is_active=True)
        for name, model in (("industry", Industry), ("workstream", Workstream)):
            rows_field(self.fields, name).queryset = model.objects.visible_to(user)
        words_field(self.fields, "satisfaction")

    def earlier_amounts(self) -> QuerySet[Any]:
        return SurveyForm.objects.visible_to(self.user)

    @property
    def read(self) -> Requests:
        """What the text asks for, as typed now."""
        return read_requests(str(self["appeal"].value() or ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if says_nothing(data.get("appeal", "")):
            data["appeal"] = ""
        firm = data.get("enterprise")
        if firm and not data.get("workstream") and self.instance is None:
            data["workstream"] = firm.workstream
        read = read_requests(data["appeal"]) if not self.settled else Requests(())
        if read.doubt and not data.get("parts"):
            self.add_error("parts", f"{read.doubt}，请选怎样登记")
        self.requests = decided(read, data["appeal"], data.get("parts"))
        if self.requests is None:
            data |= {"appeal": "", "notes": among_notes(data.get("notes", ""), data["appeal"])}
        if self.requests and not data.get("category") and "category" not in self.errors:
            self.add_error("category", "有诉求的请选择诉求类别，办理时限按类别计算")
        return data

    @property
    def data_typed(self) -> SurveyData:
        names = [name for _, fields in self.groups for name in fields]
        return SurveyData({name: self.cleaned_data[name] for name in names}, self.requests or ())

    def ask_about_same(self, error: SameSurveyError) -> None:
        """Shows the forms that this one may be; the very same one cannot be another."""
        self.same = error
        self.asks_about_another = not error.is_sure
        self.refuse(None if error.is_sure else "is_another", str(error))

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.groups]


def starting_values(user: User, today: date, survey: SurveyForm | None) -> dict[str, Any]:
    if survey is None:
        return {"visited_on": today, "unit": user.unit_id, "officer": user.pk if user.role == Role.STAFF else None}
    names = [name for _, fields in SurveyTypedForm.groups for name in fields]
    return {name: survey.serializable_value(name) for name in names}
