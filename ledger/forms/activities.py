"""Logging a service activity: one screen, phone first."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.kept.files import KeptFiles, KeptFilesFormMixin
from accounts.models import User
from cases.models import Campaign
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import DateInput, PersonSelectMultiple, StyledFormMixin, rows_field, words_field
from common.forms.reasons import ReasonFormMixin
from common.forms.uploads import ManyFilesField, ManyFilesInput
from common.idempotence import SubmissionFormMixin
from enterprises.models import Enterprise, KeyProject, Workstream
from ledger.forms.entries.problems import ProblemForms
from ledger.forms.entries.targets import TargetField
from ledger.models import (
    MAIN_MEASURES,
    ActivityKind,
    Measure,
    ServiceActivity,
)
from ledger.selectors.activities import FormChoices, mark, paired_labels
from ledger.services.activities import (
    AT_HEADQUARTERS,
    MOST_TIMES,
    TARGETED,
    ActivityData,
    SameVisitError,
    faults_of,
    not_had,
)

OUTPUT = "output_"
MOST = 1_000_000
# Which outputs a kind usually has, main one first; the rest stay behind “其他成果”.
USUAL: dict[str, tuple[str, ...]] = {
    **{kind: (measure,) for kind, measure in MAIN_MEASURES.items()},
    ActivityKind.CONSULTATION: (Measure.CONSULTATIONS, Measure.ADVICE),
    ActivityKind.OUTREACH: (Measure.LEAFLETS, Measure.PARTICIPANTS),
    ActivityKind.PUBLICITY: (Measure.LEAFLETS, Measure.PARTICIPANTS),
    ActivityKind.MOBILISATION: (Measure.PARTICIPANTS,),
    ActivityKind.CHECKUP: (Measure.HAZARDS, Measure.ADVICE),
}
PHRASES = ("宣讲惠企政策", "了解生产经营情况", "企业暂无困难", "提醒防范法律风险", "约定下次走访")
# Named one by one: a phone then hands over JPEG where its own format (HEIC) could not be kept.
PICTURES = "image/jpeg,image/png,image/webp"
UPLOADS = f"{PICTURES},.pdf,.doc,.docx,.xls,.xlsx"


def quantity_field(measure: Measure) -> forms.IntegerField:
    words = {
        "invalid": f"{measure.label}要填整数，例如 3",
        "min_value": f"{measure.label}不能小于 0",
        "max_value": f"{measure.label}超过 100 万，请核对",
    }
    return forms.IntegerField(label=measure.label, required=False, min_value=0, max_value=MOST, error_messages=words)


class ActivityForm(
    KeptFilesFormMixin, SubmissionFormMixin, VersionedFormMixin, ReasonFormMixin, StyledFormMixin, forms.Form
):
    uncompared = SubmissionFormMixin.uncompared | {"is_another"}

    kind = forms.ChoiceField(
        label="做了什么", widget=forms.RadioSelect, error_messages={"required": "请选择做了什么，例如走访企业"}
    )
    happened_on = forms.DateField(
        label="日期",
        widget=DateInput,
        error_messages={"required": "请填写日期", "invalid": "日期看不懂，请写成 2026-11-22 这样"},
    )
    target = TargetField(label="企业或项目", required=False)
    target_name = forms.CharField(
        label="不在册的对象", required=False, max_length=200, help_text="名册里搜不到的，把名称写在这里"
    )
    led_by = forms.CharField(label="带队领导", required=False, max_length=50, help_text="写职务，例如市委政法委书记")
    summary = forms.CharField(label="做了哪些事", required=False, max_length=5000, widget=forms.Textarea)
    photos = ManyFilesField(
        label="拍照", required=False, widget=ManyFilesInput(attrs={"accept": PICTURES, "capture": "environment"})
    )
    files: Any = ManyFilesField(
        label="照片或文件", required=False, widget=ManyFilesInput(attrs={"multiple": True, "accept": UPLOADS})
    )
    place = forms.CharField(label="地点", required=False, max_length=200)
    met_with = forms.CharField(label="见到的人", required=False, max_length=100)
    participants = forms.ModelMultipleChoiceField(
        User.objects.none(), label="同行人员", required=False, widget=PersonSelectMultiple
    )
    times = forms.IntegerField(
        label="次数",
        initial=1,
        min_value=1,
        max_value=MOST_TIMES,
        error_messages={
            "required": "请填写次数，至少是 1",
            "invalid": "次数要填整数，例如 1",
            "min_value": "次数至少是 1",
            "max_value": f"次数超过 {MOST_TIMES}，请核对",
        },
    )
    workstream = forms.ModelChoiceField(
        Workstream.objects.none(), label="所属大事", required=False, empty_label="按企业、项目或工作组自动确定"
    )
    headquarters = forms.ModelChoiceField(
        Workstream.objects.none(), label="在哪个指挥部", required=False, empty_label="请选择指挥部"
    )
    is_another = forms.BooleanField(label="这是另一次，不是已记的那次", required=False)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label="专项行动", required=False, empty_label="不属于专项行动"
    )

    def __init__(  # noqa: PLR0913 -- what was sent, what is offered, what it is of, what came before
        self,
        data: Any = None,
        files: Any = None,
        *,
        choices: FormChoices,
        activity: ServiceActivity | None = None,
        initial: Mapping[str, Any] | None = None,
        restored: bool = False,
        kept: KeptFiles | None = None,
    ) -> None:
        user, today = choices.user, choices.today
        self.paired = paired_labels(choices.paired)
        self.restored = restored
        self.today, self.instance = today, activity
        self.dropped: list[str] = []
        super().__init__(data, files, initial={**starting_values(activity, user, today), **(initial or {})}, kept=kept)
        for measure in Measure:
            self.fields[f"{OUTPUT}{measure}"] = quantity_field(measure)
        words_field(self.fields, "kind").choices = choices.kinds
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()
        people = User.objects.visible_to(user).working().select_related("unit").order_by("pinyin", "pk")
        rows_field(self.fields, "participants").queryset = people
        rows_field(self.fields, "campaign").queryset = Campaign.objects.visible_to(user)
        self.offer_matters(user)
        current = self.data.get("target") if self.is_bound else self.initial.get("target")
        self.fields["target"].offer(user=user, paired=choices.paired, current=current)  # type: ignore[attr-defined]  # a TargetField
        self.asks_about_same_visit = self.is_bound and "is_another" in self.data
        self.style()

    def offer_matters(self, user: User) -> None:
        """The six matters, for the two fields that ask for one, read once."""
        matters = Workstream.objects.visible_to(user)
        offered = [(matter.pk, str(matter)) for matter in matters]
        for name in ("workstream", "headquarters"):
            field: Any = self.fields[name]
            field.queryset = matters
            field.choices = [("", field.empty_label), *offered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.drop_what_the_kind_has_not()
        if cleaned.get("kind") in AT_HEADQUARTERS and not cleaned.get("headquarters"):
            if "headquarters" in self.data:
                self.add_error("headquarters", "请选择在哪个指挥部坐班")
            else:  # a page opened before it was asked
                cleaned["headquarters"] = self.initial.get("headquarters")
        for name, words in faults_of(self.columns(), self.quantities(), self.today).items():
            if name not in self.errors:
                self.add_error(name, words)
        return cleaned

    def drop_what_the_kind_has_not(self) -> None:
        """Left over from another kind, as where a page has no scripts; what a record has had stays with its kind."""
        cleaned, kind = self.cleaned_data, self.cleaned_data.get("kind")
        if not kind or (self.instance and self.instance.kind == kind):
            return
        for name in not_had(kind) - {"headquarters"}:
            if cleaned.get(name) not in {None, ""}:
                if name != "workstream":
                    self.dropped.append(f"{self.fields[name].label} {cleaned[name]}")
                cleaned[name] = None if name in {"target", "workstream"} or name.startswith(OUTPUT) else ""

    @property
    def dropped_words(self) -> str:
        """What was left out because the kind has no such thing."""
        kind = ActivityKind(self.cleaned_data["kind"]).label
        return f"{kind}没有这些项目，没有存：{'、'.join(self.dropped)}" if self.dropped else ""

    def columns(self) -> dict[str, Any]:
        """The activity's own columns as typed; an enterprise and its project may both be kept from before."""
        cleaned = self.cleaned_data
        served = cleaned.get("target")
        names = (
            "kind",
            "happened_on",
            "led_by",
            "workstream",
            "campaign",
            "target_name",
            "place",
            "met_with",
            "times",
            "summary",
        )
        found = {name: cleaned.get(name) for name in names}
        if cleaned.get("kind") in AT_HEADQUARTERS:
            found["workstream"] = cleaned.get("headquarters")
        found["enterprise"] = served if isinstance(served, Enterprise) else None
        found["project"] = served if isinstance(served, KeyProject) else None
        if self.instance and served and served == self.instance.enterprise:
            found["project"] = self.instance.project
        return found

    def quantities(self) -> dict[str, int | None]:
        return {str(measure): self.cleaned_data.get(f"{OUTPUT}{measure}") for measure in Measure}

    def to_data(self, problems: ProblemForms) -> ActivityData:
        cleaned = self.cleaned_data
        return ActivityData(
            columns=self.columns(),
            outputs={name: quantity for name, quantity in self.quantities().items() if quantity is not None},
            participants=list(cleaned["participants"]),
            problems=problems.to_data(),
            files=[*cleaned["photos"], *cleaned["files"]],
            is_another=cleaned["is_another"],
        )

    def stored_value(self, name: str, stored: Any) -> Any:
        at_headquarters = stored.kind in AT_HEADQUARTERS
        match name:
            case "target":
                return stored.enterprise or stored.project
            case "headquarters" | "workstream":
                return stored.workstream if at_headquarters == (name == "headquarters") else None
            case _ if name.startswith(OUTPUT):
                return {output.measure: output.quantity for output in stored.outputs.all()}.get(
                    name.removeprefix(OUTPUT)
                )
            case _:
                return super().stored_value(name, stored)

    def ask_about_same_visit(self, error: SameVisitError) -> None:
        self.asks_about_same_visit = True
        self.refuse("is_another", str(error))

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The quantities with their unit words, and the kinds that usually have them."""
        return [
            {
                "field": self[f"{OUTPUT}{measure}"],
                "suffix": measure.unit_word,
                "kinds": " ".join(kind for kind, usual in USUAL.items() if measure in usual),
            }
            for measure in Measure
        ]

    @property
    def served_kinds(self) -> str:
        """The kinds that are done to someone: a firm they were begun from is whom they served."""
        return " ".join(sorted(TARGETED))

    @property
    def more_is_open(self) -> bool:
        """Whether something under 更多 needs to be seen: a fault, or a value that isn't the default."""
        names = ("place", "met_with", "participants", "times", "workstream", "campaign", "target_name")
        return any(self[name].errors or (self[name].value() not in (None, "", [], 1, "1")) for name in names)


def starting_values(activity: ServiceActivity | None, user: User, today: date) -> dict[str, Any]:
    if activity is None:
        group = user.work_group if user.work_group_id else None
        return {"happened_on": today, "headquarters": getattr(group, "workstream", None)}
    names = ("kind", "happened_on", "led_by", "target_name", "place", "met_with", "times", "summary")
    values = {name: getattr(activity, name) for name in names}
    values |= {f"{OUTPUT}{output.measure}": output.quantity for output in activity.outputs.all()}
    return values | {
        "target": mark(activity.enterprise or activity.project),
        "headquarters" if activity.kind in AT_HEADQUARTERS else "workstream": activity.workstream_id,
        "campaign": activity.campaign_id,
        "participants": [person.pk for person in activity.participants.all()],
    }
