"""What people type when they move an entry on: fields by the table of moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Unit, User
from cases.models import LegalCase
from common.fields import DateInput, PersonSelect, PersonSelectMultiple, RemoteSelect, StyledFormMixin
from ledger.deadlines import Terms, current_terms
from ledger.forms.fields import CleanTextMixin, RemoteChoiceField, files
from ledger.models import ProblemEntry, Rating
from ledger.selectors.entries import choice_label
from ledger.services.needs import MoveData
from ledger.services.who import parties_of
from ledger.states import MOVES, Action, Need, Party

NOTES = {
    Action.ACCEPT: "受理意见",
    Action.REJECT: "不予受理的理由",
    Action.MARK_DUPLICATE: "说明",
    Action.ASSIGN: "交办意见",
    Action.ACKNOWLEDGE: "签收意见",
    Action.PROGRESS: "办了什么",
    Action.PAUSE: "等企业做什么",
    Action.RESUME: "企业的答复",
    Action.WARN: "亮黄灯的原因",
    Action.UNWARN: "说明",
    Action.COMPLETE: "办理结果",
    Action.CONFIRM: "对方怎么说",
    Action.SEND_BACK: "退回原因",
    Action.CLOSE_OUT: "销号意见",
    Action.REOPEN: "重新打开的理由",
}
FIELDS: dict[Action, tuple[str, ...]] = {
    Action.MARK_DUPLICATE: ("duplicate_of", "note"),
    Action.ASSIGN: ("lead_unit", "handler", "deadline", "deadline_reason", "supporting_units", "note"),
    Action.ACKNOWLEDGE: ("handler", "note"),
    Action.PROGRESS: ("note", "files"),
    Action.COMPLETE: ("note", "files", "case"),
    Action.CONFIRM: ("rating", "spoken_with", "spoken_at", "note", "files"),
    Action.SEND_BACK: ("note", "files"),
}
NEEDED = {
    Need.NOTE: ("note",),
    Need.LEAD_UNIT: ("lead_unit",),
    Need.DEADLINE: ("deadline",),
    Need.DUPLICATE_OF: ("duplicate_of",),
    Need.RATING: ("rating",),
    Need.CALLBACK: ("spoken_with", "note"),
}


class MoveForm(CleanTextMixin, StyledFormMixin, forms.Form):
    """One move: the fields it needs by the table of moves, with what is likely already filled in."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lead_unit = forms.ModelChoiceField(
        Unit.objects.none(), label="牵头单位", empty_label="请选择", widget=PersonSelect()
    )
    handler = forms.ModelChoiceField(
        User.objects.none(),
        label="经办人",
        empty_label="由牵头单位签收时确定",
        widget=PersonSelect(),
        error_messages={"invalid_choice": "这个人不在您能选的范围内，请重新选择"},
    )
    deadline = forms.DateField(
        label="办理期限", widget=DateInput(), error_messages={"invalid": "期限不是有效日期，请重新选择"}
    )
    deadline_reason = forms.CharField(label="期限晚于规则的理由", max_length=200)
    supporting_units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="协办单位", widget=PersonSelectMultiple()
    )
    duplicate_of = RemoteChoiceField(ProblemEntry.objects.none(), label="与哪一条重复", label_by=choice_label)
    rating = forms.ChoiceField(label="企业评价", choices=Rating.choices, widget=forms.RadioSelect)
    spoken_with = forms.CharField(label="回访了谁", max_length=50)
    spoken_at = forms.DateTimeField(
        label="回访时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "回访时间不是有效的日期时间，请重新选择"},
    )
    note = forms.CharField(label="说明", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    files = files("照片和材料", "照片、文书、回执等，单个不超过 20 MB")
    case = RemoteChoiceField(LegalCase.objects.none(), label="据以化解的案件", help_text="靠案件化解的，选上案号")

    def __init__(
        self, *args: Any, entry: ProblemEntry, action: Action, user: User, now: datetime, **kwargs: Any
    ) -> None:
        self.entry, self.action, self.user, self.now = entry, action, user, now
        self.conflict = ""  # who was faster, and what they did
        kwargs["initial"] = {**self.likely(now), **kwargs.pop("initial", {}), "version": entry.version}
        super().__init__(*args, **kwargs)
        wanted = ["version", *FIELDS.get(action, ("note",))]
        if action == Action.ACKNOWLEDGE and Party.LEAD_COORDINATOR not in parties_of(entry, user):
            wanted.remove("handler")  # who signs for it handles it; only the unit's coordinator names another
        self.fields = {name: self.fields[name] for name in wanted}
        self.require({name for need in MOVES[action].needs for name in NEEDED.get(need, ())})
        self.fields["note"].label = NOTES[action]
        self.fill_choices()
        self.explain_deadline()
        self.style()

    def likely(self, now: datetime) -> dict[str, Any]:
        """The deadline by the category's working days; the call-back happened just now."""
        entry, day = self.entry, timezone.localdate(now)
        if self.action == Action.ASSIGN:
            kept = entry.deadline if entry.deadline and entry.deadline >= day else None
            due = kept or max(self.terms.term(entry, day).deadline, day)
            supporting = list(entry.supporting_units.values_list("pk", flat=True))
            lead = entry.lead_unit_id or entry.unit_id
            return {"lead_unit": lead, "handler": entry.handler_id, "deadline": due, "supporting_units": supporting}
        if self.action == Action.CONFIRM:
            return {"spoken_with": entry.contact_name, "spoken_at": now}
        return {"handler": entry.handler_id, "case": entry.case_id}

    @cached_property
    def terms(self) -> Terms:
        return current_terms()

    def explain_deadline(self) -> None:
        """What the rule gives, beside the date that may differ from it."""
        if "deadline" not in self.fields:
            return
        term = self.terms.term(self.entry, timezone.localdate(self.now))
        kind = f"{self.entry.category}·{self.entry.get_priority_display()}"
        provisional = "，节假日未公布，暂定" if self.terms.calendar.is_provisional(term.deadline) else ""
        due = f"{term.deadline.month}月{term.deadline.day}日"
        self.fields["deadline"].help_text = f"{kind}按规则 {term.working_days} 个工作日：{due}{provisional}"
        self.fields["deadline_reason"].help_text = "定得比规则晚才需要写"

    def require(self, names: set[str]) -> None:
        for name, field in self.fields.items():
            field.required = name in names
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            label = NOTES[self.action] if name == "note" else field.label
            field.error_messages = {**field.error_messages, "required": f"请{verb}{label}"}
        if self.action == Action.COMPLETE:
            self.fields["files"].label = "佐证材料（至少一份）"

    def fill_choices(self) -> None:
        user, entry, fields = self.user, self.entry, self.fields
        units = Unit.objects.visible_to(user).filter(is_active=True)
        for name in {"lead_unit", "supporting_units"} & fields.keys():
            fields[name].queryset = units
        acknowledging = self.action == Action.ACKNOWLEDGE
        if "handler" in fields:
            people = User.objects.visible_to(user).working().select_related("unit").order_by("unit__order", "username")
            fields["handler"].queryset = (
                people.filter(unit__path__startswith=entry.lead_unit.path) if acknowledging else people
            )
            fields["handler"].label_from_instance = lambda person: f"{person.name}（{person.unit or '未定单位'}）"
            if acknowledging:
                fields["handler"].empty_label = "我自己"
        if "duplicate_of" in fields:
            self.remote(
                "duplicate_of",
                ProblemEntry.objects.visible_to(user).counted().exclude(pk=entry.pk),
                f"{reverse('ledger:entry-choices')}?leave_out={entry.pk}",
                ProblemEntry.objects.visible_to(user).counted().filter(enterprise=entry.enterprise_id or -1),
            )
        if "case" in fields:
            cases = LegalCase.objects.visible_to(user)
            likely = cases.filter(enterprises=entry.enterprise_id or -1) | cases.filter(unit=entry.lead_unit_id or -1)
            self.remote("case", cases, None, likely)

    def remote(self, name: str, rows: Any, url: str | None, likely: Any) -> None:
        field = self.fields[name]
        newest = likely.exclude(pk=self.entry.pk) if name == "duplicate_of" else likely.distinct()
        field.widget = RemoteSelect(url=url, likely=lambda: newest.order_by("-pk")[:200])
        field.queryset = rows

    @property
    def move_data(self) -> MoveData:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version" and value is not None}
        terms = self.terms if "deadline" in given else None
        return MoveData(**given, terms=terms)

    @property
    def seen(self) -> int | None:
        """The version on the person's page, whatever else is wrong with the form."""
        given = str(self.data.get("version", "")) if self.is_bound else ""
        return int(given) if given.isdecimal() else None

    def mark(self, problems: Mapping[str, str]) -> None:
        """Puts the service's words beside the fields they are about."""
        for name, message in problems.items():
            self.refuse(name, message)
