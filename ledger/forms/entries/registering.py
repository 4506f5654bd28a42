"""What people type about an entry: registering it and putting it right."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.kept.files import KeptFilesFormMixin
from accounts.models import Unit, User
from accounts.rights.scope import scoped
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import RemoteSelect, StyledFormMixin, rows_field
from common.forms.reasons import ReasonFormMixin
from common.idempotence import SubmissionFormMixin
from common.sent.amounts import AmountFormMixin
from enterprises.models import Enterprise, KeyProject, Workstream
from ledger.forms.fields import CleanTextMixin, RemoteChoiceField, files, words
from ledger.models import (
    ActivityKind,
    EntrySource,
    Priority,
    ProblemCategory,
    ProblemEntry,
    ServiceActivity,
)

SOURCES: dict[str, EntrySource] = {
    ActivityKind.DUTY: EntrySource.DUTY,
    ActivityKind.LEADER_VISIT: EntrySource.INSPECTION,
}


class EntryTextForm(AmountFormMixin, CleanTextMixin, StyledFormMixin, forms.Form):
    """The text of an entry, in people's words; registering adds files and the key of the form."""

    use_required_attribute = False

    title = words("遇到什么问题", "请用一句话写明问题", max_length=200)
    content = words("具体情况", rows=4, help_text="经过、涉及的人和事、企业希望怎样解决")
    category = forms.ModelChoiceField(
        ProblemCategory.objects.none(),
        label="类别",
        empty_label="请选择",
        error_messages={"required": "请选择问题类别，办理时限按类别计算"},
    )
    priority = forms.ChoiceField(label="缓急", choices=Priority.choices, widget=forms.RadioSelect)
    amount = ProblemEntry._meta.get_field("amount").formfield(required=False)
    enterprise = RemoteChoiceField(Enterprise.objects.none(), label="企业", required=False)
    project = RemoteChoiceField(KeyProject.objects.none(), label="重点项目", required=False)
    contact_name = words("联系人", max_length=50)
    contact_phone = words(
        "联系电话",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        validators=[RegexValidator(r"^[\d\-+ ]{7,20}$", "电话只能有数字和短横，至少 7 位")],
    )
    source = forms.ChoiceField(label="从哪里知道的", choices=EntrySource.choices)
    workstream = forms.ModelChoiceField(
        Workstream.objects.none(), label="所属大事", required=False, empty_label="按企业或项目所属"
    )

    groups: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("什么问题", ("title", "content", "category", "amount", "priority")),
        ("谁的问题", ("enterprise", "project", "contact_name", "contact_phone")),
        ("从哪里来", ("source", "workstream")),
    )

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rows_field(self.fields, "category").queryset = ProblemCategory.objects.visible_to(user).filter(is_active=True)
        rows_field(self.fields, "workstream").queryset = Workstream.objects.visible_to(user)
        served: tuple[tuple[str, type[Model]], ...] = (("enterprise", Enterprise), ("project", KeyProject))
        for name, model in served:
            field = rows_field(self.fields, name)
            field.widget = RemoteSelect(
                url=f"{reverse('enterprises:choices')}?kind={name}",
                likely=partial(paired, model, name, user, today),
                attrs={"placeholder": "输入名称或拼音首字母查找"},
            )
            field.queryset = scoped(model).visible_to(user)
        self.prepare()
        self.style()

    def earlier_amounts(self) -> QuerySet[Any]:
        return ProblemEntry.objects.visible_to(self.user)

    def prepare(self) -> None:
        """What a form with more fields fills in before it is looked at."""

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.groups]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        served = data.get("enterprise") or data.get("project")
        if served and not data.get("workstream"):
            data["workstream"] = served.workstream
        return data

    @property
    def text_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in EntryTextForm.base_fields}


def paired(model: Any, name: str, user: User, today: date) -> Any:
    """What this officer serves today: the likely ones."""
    return model.objects.visible_to(user).filter(pk__in=user.pairings.on(today).values(name))


class EntryForm(KeptFilesFormMixin, EntryTextForm, SubmissionFormMixin):
    """Registering an entry."""

    files: Any = files("照片和材料", "现场照片、合同、函件等，单个不超过 20 MB")
    source_activity = forms.ModelChoiceField(
        ServiceActivity.objects.none(), required=False, widget=forms.HiddenInput, label="来源活动"
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label="登记单位", empty_label="请选择")
    groups = (
        *EntryTextForm.groups[:2],
        ("从哪里来", ("source", "workstream", "unit")),
        ("照片和材料", ("files",)),
    )

    def prepare(self) -> None:
        rows_field(self.fields, "source_activity").queryset = ServiceActivity.objects.visible_to(self.user)
        rows_field(self.fields, "unit").queryset = Unit.objects.visible_to(self.user).filter(is_active=True)
        if self.user.unit_id:
            del self.fields["unit"]

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.groups]

    @property
    def entry_fields(self) -> dict[str, Any]:
        more = {name: self.cleaned_data[name] for name in ("source_activity", "files")}
        return {**self.text_fields, **more, "unit": self.cleaned_data.get("unit") or self.user.unit}


def initial_entry(
    user: User, activity: ServiceActivity | None, enterprise: Enterprise | None, project: KeyProject | None
) -> dict[str, Any]:
    """What can be filled in before anyone types."""
    group = getattr(user.work_group, "workstream", None) if user.work_group_id else None
    known: dict[str, Any] = {"priority": Priority.NORMAL, "source": EntrySource.VISIT, "workstream": group}
    if activity:
        known |= {
            "source_activity": activity.pk,
            "source": SOURCES.get(activity.kind, EntrySource.VISIT),
            "project": activity.project_id,
            "contact_name": activity.met_with[:50],
            "workstream": activity.workstream or group,
        }
        enterprise = activity.enterprise or enterprise
    if project:
        known |= {"project": project.pk, "workstream": known["workstream"] or project.workstream}
        enterprise = enterprise or project.enterprise
    if enterprise:
        known |= {"enterprise": enterprise.pk, "workstream": known["workstream"] or enterprise.workstream}
        known["contact_name"] = known.get("contact_name") or enterprise.contact_name
        known["contact_phone"] = enterprise.contact_phone
    return known


class CorrectionForm(KeptFilesFormMixin, EntryTextForm, VersionedFormMixin, ReasonFormMixin):
    """Putting the text right; a draft begun on an older version meets the conflict page, not a silent overwrite."""

    files: Any = files("补充照片和材料", "现场照片、合同、函件等，单个不超过 20 MB")
    groups = (*EntryTextForm.groups, ("照片和材料", ("files",)))

    def __init__(self, *args: Any, entry: ProblemEntry, **kwargs: Any) -> None:
        self.instance = entry
        known = {name: entry.serializable_value(name) for name in EntryTextForm.base_fields}
        kwargs["initial"] = {**known, "version": entry.version, **kwargs.pop("initial", {})}
        self.instance = entry
        super().__init__(*args, **kwargs)
