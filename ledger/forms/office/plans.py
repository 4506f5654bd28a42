"""The plan of a year, its key tasks, and how far they are."""

from datetime import date
from typing import Any

from django import forms

from accounts.models import Unit
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import DateInput, StyledFormMixin, rows_field
from ledger.models import ActionPlan, KeyTask, PlanGoal
from ledger.services.plans import PlanData, TaskData

DATE_WORDS = {"required": "请填写日期", "invalid": "日期看不懂，请写成 2026-10-31 这样"}
PERCENT_WORDS = {
    "required": "请填写百分比",
    "invalid": "要填整数，例如 85",
    "min_value": "要在 0 到 100 之间",
    "max_value": "要在 0 到 100 之间",
}


def percent_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100, error_messages=PERCENT_WORDS)


class PlanForm(StyledFormMixin, forms.Form):
    year = forms.IntegerField(
        label="年度",
        min_value=2000,
        max_value=2100,
        error_messages={"required": "请填写年度", "invalid": "年度要填四位数字，例如 2026"},
    )
    title = forms.CharField(label="名称", max_length=200, error_messages={"required": "请填写方案名称"})
    target_percent = percent_field("化解率目标")
    target_on = forms.DateField(label="目标日期", widget=DateInput, error_messages=DATE_WORDS)
    concentrated_from = forms.DateField(label="集中化解起始日", widget=DateInput, error_messages=DATE_WORDS)

    def __init__(self, data: Any = None, *, year: int) -> None:
        start = {
            "year": year,
            "title": f"“敢为、敢闯、敢干、敢首创”{year}年工作方案",
            "target_percent": 85,
            "target_on": date(year, 10, 31),
            "concentrated_from": date(year, 6, 1),
        }
        super().__init__(data, initial=start)
        self.style()

    def to_data(self) -> PlanData:
        return PlanData(**self.cleaned_data)


class TaskForm(StyledFormMixin, forms.Form):
    goal = forms.ModelChoiceField(
        PlanGoal.objects.none(), label="目标", empty_label=None, error_messages={"required": "请选择目标"}
    )
    name = forms.CharField(label="任务", max_length=200, error_messages={"required": "请填写任务名称"})
    lead_unit = forms.ModelChoiceField(
        Unit.objects.none(), label="牵头单位", error_messages={"required": "请选择牵头单位"}
    )
    starts_on = forms.DateField(label="开始", widget=DateInput, error_messages=DATE_WORDS)
    ends_on = forms.DateField(label="结束", widget=DateInput, error_messages=DATE_WORDS)
    content = forms.CharField(label="内容", required=False, max_length=5000, widget=forms.Textarea)

    def __init__(self, data: Any = None, *, plan: ActionPlan, user: Any) -> None:
        year = plan.year
        super().__init__(data, initial={"starts_on": date(year, 4, 1), "ends_on": date(year, 12, 31)})
        rows_field(self.fields, "goal").queryset = PlanGoal.objects.visible_to(user).filter(plan=plan)
        rows_field(self.fields, "lead_unit").queryset = Unit.objects.visible_to(user).filter(is_active=True)
        self.style()

    def to_data(self) -> TaskData:
        return TaskData(**self.cleaned_data)


class ProgressForm(VersionedFormMixin, StyledFormMixin, forms.Form):
    progress = percent_field("进度")
    progress_note = forms.CharField(
        label="进展", required=False, max_length=5000, widget=forms.Textarea, help_text="做了哪些工作，还差什么"
    )

    def __init__(self, data: Any = None, *, task: KeyTask, initial: dict[str, Any] | None = None) -> None:
        self.instance = task
        start = {"progress": task.progress, "progress_note": task.progress_note}
        super().__init__(data, initial={**start, **(initial or {})})
        self.style()
