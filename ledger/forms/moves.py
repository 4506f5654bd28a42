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
from ledger.models import PartResult, ProblemEntry, Rating, SupportingUnit
from ledger.moves.needs import MoveData, silent_units
from ledger.moves.who import parties_of
from ledger.selectors.wording import choice_label
from ledger.states import MOVES, Action, Mark, Need, Party

NOTES = {
    Action.ACCEPT: "受理意见",
    Action.REJECT: "不予受理的理由",
    Action.MARK_DUPLICATE: "说明",
    Action.WITHDRAW: "为什么撤回",
    Action.SPLIT: "拆分说明",
    Action.TRANSFER: "转办的理由",
    Action.RETURN: "退单的理由",
    Action.HAND_OVER: "交接的原因",
    Action.ASK_EXTENSION: "为什么要延期",
    Action.EXTEND: "批准意见",
    Action.REFUSE_EXTENSION: "不同意的理由",
    Action.ASK_DEFERRAL: "为什么现在解决不了",
    Action.DEFER: "批准意见",
    Action.REFUSE_DEFERRAL: "不同意的理由",
    Action.RESUME_HANDLING: "复核情况",
    Action.NAME_SUPPORTER: "说明",
    Action.REPORT_PART: "办了什么，或为什么办不了",
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
    Action.TRANSFER: ("lead_unit", "note"),
    Action.HAND_OVER: ("handler", "registrar", "note"),
    Action.ASK_EXTENSION: ("until", "note", "files"),
    Action.ASK_DEFERRAL: ("until", "note", "files"),
    Action.RESUME_HANDLING: ("deadline", "note"),
    Action.NAME_SUPPORTER: ("part", "supporter", "note"),
    Action.REPORT_PART: ("result", "note", "files"),
    Action.COMPLETE: ("note", "files", "case", "without_parts"),
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
    Need.OTHER_UNIT: ("lead_unit",),
    Need.UNTIL: ("until",),
    Need.SUPPORTER: ("supporter",),
    Need.RESULT: ("result",),
}
UNTIL = {Action.ASK_EXTENSION: "延到哪一天", Action.ASK_DEFERRAL: "哪一天复核"}


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
    until = forms.DateField(label="到哪一天", widget=DateInput(), error_messages={"invalid": "日期无效，请重新选择"})
    registrar = forms.ModelChoiceField(
        User.objects.none(), label="接手登记人的事（修改、回访）", empty_label="不换", widget=PersonSelect()
    )
    part = forms.ModelChoiceField(SupportingUnit.objects.none(), label="协办单位", empty_label=None)
    supporter = forms.ModelChoiceField(User.objects.none(), label="协办人", empty_label="请选择", widget=PersonSelect())
    result = forms.ChoiceField(label="协办结果", choices=PartResult.choices, widget=forms.RadioSelect)
    without_parts = forms.CharField(
        label="不等协办反馈的理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, entry: ProblemEntry, action: Action, user: User, now: datetime, **kwargs: Any
    ) -> None:
        self.entry, self.action, self.user, self.now = entry, action, user, now
        self.conflict = ""  # who was faster, and what they did
        kwargs["initial"] = {**self.likely(now), **kwargs.pop("initial", {}), "version": entry.version}
        super().__init__(*args, **kwargs)
        left_out = self.superfluous()
        wanted = ["version", *(name for name in self.names() if name not in left_out)]
        self.fields = {name: self.fields[name] for name in wanted}
        self.require({name for need in MOVES[action].needs for name in NEEDED.get(need, ())})
        self.fields["note"].label = NOTES[action]
        self.fill_choices()
        self.explain_deadline()
        self.style()

    def names(self) -> tuple[str, ...]:
        return FIELDS.get(self.action, ("note",))

    def superfluous(self) -> set[str]:
        """Fields of the move that are not for this person, or not about this entry."""
        entry, parties = self.entry, parties_of(self.entry, self.user)
        over = parties & {Party.ADMIN, Party.OFFICE}
        if self.action == Action.ACKNOWLEDGE and Party.LEAD_COORDINATOR not in parties:
            return {"handler"}  # who signs for it handles it; only the unit's coordinator names another
        if self.action == Action.HAND_OVER:
            handled = over or Party.LEAD_COORDINATOR in parties
            registered = entry.registered_by_id and (over or Party.RECEIVING_COORDINATOR in parties)
            return {name for name, shown in (("handler", handled), ("registrar", registered)) if not shown}
        return set() if self.action != Action.COMPLETE or silent_units(entry) else {"without_parts"}

    def likely(self, now: datetime) -> dict[str, Any]:
        """The deadline by the category's working days; the call-back happened just now."""
        entry, day = self.entry, timezone.localdate(now)
        if self.action == Action.ASSIGN:
            kept = entry.deadline if entry.deadline and entry.deadline >= day else None
            due = kept or max(self.terms.term(entry, day).deadline, day)
            supporting = list(entry.supporting_units.values_list("pk", flat=True))
            lead = entry.lead_unit_id or entry.unit_id
            return {"lead_unit": lead, "handler": entry.handler_id, "deadline": due, "supporting_units": supporting}
        if self.action == Action.RESUME_HANDLING:
            return {"deadline": self.terms.calendar.add(day, self.terms.term(entry, day).working_days)}
        if self.action in {Action.TRANSFER, Action.HAND_OVER}:
            return {}
        if self.action == Action.CONFIRM:
            return {"spoken_with": entry.contact_name, "spoken_at": now}
        return {"handler": entry.handler_id, "case": entry.case_id}

    @cached_property
    def terms(self) -> Terms:
        return current_terms()

    def explain_deadline(self) -> None:
        """What the rule gives, beside the date that may differ from it."""
        if "deadline_reason" not in self.fields:
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
        if "without_parts" in self.fields:
            silent = "、".join(silent_units(self.entry))
            self.fields["without_parts"].help_text = f"{silent}还没有反馈；等反馈齐了再办结，就不必填"
        if "until" in self.fields:
            self.fields["until"].label = UNTIL[self.action]
            self.fields["until"].error_messages["required"] = f"请填写{UNTIL[self.action]}"

    def fill_choices(self) -> None:
        user, entry, fields = self.user, self.entry, self.fields
        units = Unit.objects.visible_to(user).filter(is_active=True)
        for name in {"lead_unit", "supporting_units"} & fields.keys():
            fields[name].queryset = units
        if self.action == Action.TRANSFER:
            fields["lead_unit"].queryset = units.exclude(pk=entry.lead_unit_id)
            fields["lead_unit"].label = "转给哪个单位"
        self.fill_people()
        if "part" in fields:
            self.fill_parts()
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

    def fill_people(self) -> None:
        """Who may be named: anyone one may see when assigning, otherwise those of the unit it is about."""
        entry, fields = self.entry, self.fields
        people = User.objects.visible_to(self.user).working().select_related("unit").order_by("unit__order", "username")

        def of(unit: Unit | None) -> Any:
            return people.filter(unit__path__startswith=unit.path) if unit else people.none()

        if "handler" in fields:
            fields["handler"].queryset = people if self.action == Action.ASSIGN else of(entry.lead_unit)
        if self.action == Action.ACKNOWLEDGE and "handler" in fields:
            fields["handler"].empty_label = "我自己"
        if self.action == Action.HAND_OVER and "handler" in fields:
            fields["handler"].queryset = fields["handler"].queryset.exclude(pk=entry.handler_id)
            fields["handler"].label, fields["handler"].empty_label = "换成谁经办", "不换"
        if "registrar" in fields:
            fields["registrar"].queryset = of(entry.unit).exclude(pk=entry.registered_by_id)
        if "supporter" in fields:
            fields["supporter"].queryset = people
        for name in {"handler", "registrar", "supporter"} & fields.keys():
            fields[name].label_from_instance = lambda person: f"{person.name}（{person.unit or '未定单位'}）"

    def fill_parts(self) -> None:
        """One's own part; the office chooses which."""
        parts = self.entry.support.select_related("unit").order_by("unit__order", "pk")
        if Party.PARTS_OFFICE not in parties_of(self.entry, self.user):
            parts = parts.filter(unit=self.user.unit_id or -1)
        self.fields["part"].queryset = parts
        self.fields["part"].initial = parts.first()

    def remote(self, name: str, rows: Any, url: str | None, likely: Any) -> None:
        field = self.fields[name]
        newest = likely.exclude(pk=self.entry.pk) if name == "duplicate_of" else likely.distinct()
        field.widget = RemoteSelect(url=url, likely=lambda: newest.order_by("-pk")[:200])
        field.queryset = rows

    @cached_property
    def request(self) -> Any:
        """The event by which was asked what this move decides."""
        asking = {Mark.EXTENSION_ASKED: Action.ASK_EXTENSION, Mark.DEFERRAL_ASKED: Action.ASK_DEFERRAL}
        wanted = [asking[mark] for mark in MOVES[self.action].given if mark in asking]
        return self.entry.events.filter(action__in=wanted).last() if wanted else None

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
