"""What people type when they move an entry on: the fields its spec names (`ledger.moves`)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.kept.files import KeptFilesFormMixin
from accounts.models import Unit, User
from accounts.rights.permissions import Role
from cases.models import LegalCase
from common.forms.fields import (
    DateInput,
    PersonSelect,
    PersonSelectMultiple,
    RemoteSelect,
    StyledFormMixin,
    overwrite,
    rows_field,
)
from common.sent.numbers import whole_number
from ledger.deadlines import Terms, current_terms
from ledger.forms.entries.people import offer_handlers, refresh_handlers
from ledger.forms.fields import CleanTextMixin, RemoteChoiceField, files, name_people
from ledger.models import EntryEvent, PartResult, ProblemEntry, Rating, SupportingUnit
from ledger.moves.clock import restart
from ledger.moves.data import MoveData
from ledger.moves.facts import told_facts
from ledger.moves.rules import silent_units
from ledger.moves.spec import Move
from ledger.moves.specs.assigning import colleagues
from ledger.moves.table import MOVES
from ledger.moves.who import parties_of
from ledger.selectors.entries.wording import Comparison, choice_label
from ledger.services.errors import MoveConflictError
from ledger.states import Action, Mark, Party


class MoveForm(KeptFilesFormMixin, CleanTextMixin, StyledFormMixin, forms.Form):
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
    is_same = forms.BooleanField(label="对照过，是同一件事，仍要并入")
    rating = forms.ChoiceField(label="企业评价", choices=Rating.choices, widget=forms.RadioSelect)
    spoken_with = forms.CharField(label="回访了谁", max_length=50)
    spoken_at = forms.DateTimeField(
        label="回访时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "回访时间不是有效的日期时间，请重新选择"},
    )
    note = forms.CharField(label="说明", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    files: Any = files("照片和材料", "照片、文书、回执等，单个不超过 20 MB")
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
        self.theirs: EntryEvent | None = None  # that step, beside what was typed now
        self.again = False  # whether the move is still open to this person, on what is there now
        kwargs["initial"] = {**self.likely(), **kwargs.pop("initial", {}), "version": entry.version}
        super().__init__(*args, **kwargs)
        parties = parties_of(entry, user)
        self.asked = {field.name: field for field in self.move.fields if field.when(entry, parties)}
        self.fields = {name: self.fields[name] for name in ("version", *self.names())}
        for name, field in self.fields.items():
            self.ask(name, field)
        self.fill_choices()
        self.explain()
        self.style()

    def names(self) -> Iterable[str]:
        return self.asked

    @property
    def move(self) -> Move:
        return MOVES[self.action]

    def likely(self) -> Mapping[str, Any]:
        return self.move.likely(self.entry, self.now, self.terms)

    def ask(self, name: str, field: forms.Field) -> None:
        """A field as this move asks for it."""
        asked = self.asked.get(name)
        field.required = bool(asked and asked.needed)
        if asked and asked.label:
            field.label = asked.label
        verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
        field.error_messages = {**field.error_messages, "required": f"请{verb}{field.label}"}

    @cached_property
    def terms(self) -> Terms:
        return current_terms()

    def explain(self) -> None:
        """What the rule gives, beside the date that may differ from it; whose report is still wanting."""
        if "without_parts" in self.fields:
            silent = "、".join(silent_units(self.entry))
            self.fields["without_parts"].help_text = f"{silent}还没有反馈；等反馈齐了再办结，就不必填"
        if "deadline_reason" not in self.fields:
            return
        day = timezone.localdate(self.now)
        if again := restart(self.entry, day, self.terms):
            due = f"{again.deadline.month}月{again.deadline.day}日"
            self.fields["deadline"].help_text = f"{again.words}：{due}"
            self.fields["deadline_reason"].help_text = "定得更晚才需要写"
            return
        term = self.terms.term(self.entry, day)
        kind = f"{self.entry.category}·{self.entry.get_priority_display()}"
        provisional = "，节假日未公布，暂定" if self.terms.calendar.is_provisional(term.deadline) else ""
        due = f"{term.deadline.month}月{term.deadline.day}日"
        self.fields["deadline"].help_text = f"{kind}按规则 {term.working_days} 个工作日：{due}{provisional}"
        self.fields["deadline_reason"].help_text = "定得比规则晚才需要写"

    def fill_choices(self) -> None:
        user, entry, fields = self.user, self.entry, self.fields
        for name in {"lead_unit", "supporting_units"} & fields.keys():
            rows_field(fields, name).queryset = self.offered(name, Unit.objects.visible_to(user).filter(is_active=True))
        self.fill_people()
        if {"lead_unit", "handler"} <= fields.keys():
            offer_handlers(self, user)
            refresh_handlers(self)
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

    def offered(self, name: str, usual: Any) -> Any:
        """What may be chosen: by the spec, else as usual."""
        rows = self.asked[name].rows
        return rows(self.entry, self.user) if rows else usual

    def fill_people(self) -> None:
        """Who may be named: those of the unit it is about, unless the spec says otherwise."""
        entry, fields, user = self.entry, self.fields, self.user
        everybody = User.objects.visible_to(user).working()
        usual = {
            "handler": colleagues(entry.lead_unit, user),
            "registrar": colleagues(entry.unit, user).exclude(pk=entry.registered_by_id or 0),
            "supporter": everybody,
        }
        for name in usual.keys() & fields.keys():
            people = self.offered(name, usual[name]).select_related("unit")
            field = rows_field(fields, name)
            field.queryset = people.order_by("unit__order", "username")
            name_people(field)
            if self.asked[name].empty:
                field.empty_label = self.asked[name].empty

    def fill_parts(self) -> None:
        """One's own part; the office chooses which."""
        parts, user = self.entry.support.select_related("unit").order_by("unit__order", "pk"), self.user
        if Party.PARTS_OFFICE not in parties_of(self.entry, user):
            parts = parts.filter(Q(unit__in=user.scope_units()) if user.role == Role.COORDINATOR else Q(handler=user))
        rows_field(self.fields, "part").queryset = parts
        self.fields["part"].initial = parts.first()

    def remote(self, name: str, rows: Any, url: str | None, likely: Any) -> None:
        field = rows_field(self.fields, name)
        newest = likely.exclude(pk=self.entry.pk) if name == "duplicate_of" else likely.distinct()
        field.widget = RemoteSelect(url=url, likely=lambda: newest.order_by("-pk")[:200])
        field.queryset = rows

    @cached_property
    def request(self) -> Any:
        """The event by which was asked what this move decides."""
        asking = {Mark.EXTENSION_ASKED: Action.ASK_EXTENSION, Mark.DEFERRAL_ASKED: Action.ASK_DEFERRAL}
        wanted = [asking[mark] for mark in self.move.given if mark in asking]
        return self.entry.events.filter(action__in=wanted).last() if wanted else None

    @property
    def move_data(self) -> MoveData:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version" and value is not None}
        if "is_same" in given:
            about = str(self.data.get("asked_about", ""))
            given["is_same"] = given["is_same"] and about == str(self.cleaned_data["duplicate_of"].pk)
        terms = self.terms if "deadline" in given else None
        return MoveData(**given, terms=terms)

    @property
    def beside(self) -> Comparison | None:
        """Both texts, where it was asked whether they are one matter; the answer is about these two only."""
        original = self.cleaned_data.get("duplicate_of") if self.is_bound else None
        if original is None or "is_same" not in self.fields:
            return None
        asked = "is_same" in self.errors or self.data.get("is_same")
        return Comparison(self.entry, original) if asked else None

    @property
    def seen(self) -> int | None:
        """The version on the person's page, whatever else is wrong with the form."""
        return whole_number(self.data.get("version")) if self.is_bound else None

    def show_conflict(self, error: MoveConflictError, *, again: bool) -> None:
        """What was done meanwhile, beside what was typed; where the move is still open, it can be made on top."""
        self.conflict, self.theirs, self.again = str(error), error.event, again
        if self.theirs:
            self.theirs.facts = told_facts(self.theirs.data, self.theirs.happened_on)
        if again and self.is_bound:
            overwrite(self, {"version": str(self.entry.version)})

    def mark(self, problems: Mapping[str, str]) -> None:
        """Puts the service's words beside the fields they are about."""
        for name, message in problems.items():
            self.refuse(name, message)
