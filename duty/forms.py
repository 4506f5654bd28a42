"""Arranging a day at a headquarters, asking for a swap, registering a leave."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from common.forms.conflicts import SOMEBODY, ComparedFormMixin, Difference
from common.forms.fields import DateInput, PersonSelect, PersonSelectMultiple, StyledFormMixin, overwrite, rows_field
from common.idempotence import SubmissionFormMixin
from common.sent.numbers import whole_number
from duty.models import DutyShift, Half
from duty.services.arranging import Place, Seat, arrangeable, seated, seats_of
from ledger.forms.fields import CleanTextMixin, name_people

ALL_DAY, MORNING, AFTERNOON = "whole", "morning", "afternoon"
HALVES = {ALL_DAY: tuple(Half), MORNING: (Half.MORNING,), AFTERNOON: (Half.AFTERNOON,)}


def people_field(label: str) -> forms.ModelMultipleChoiceField:
    words = {"invalid_choice": "有一位人员已停用，或不在您的范围内，请重新选择"}
    return forms.ModelMultipleChoiceField(
        User.objects.none(), label=label, required=False, widget=PersonSelectMultiple, error_messages=words
    )


class CellForm(StyledFormMixin, ComparedFormMixin, forms.Form):
    """Who sits at one headquarters on one day, of the people this person arranges; `seen` is what the page showed."""

    whole = people_field("全天")
    morning = people_field("只上午")
    afternoon = people_field("只下午")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, user: User, place: Place) -> None:
        self.rows = list(seated(user, place).select_related("officer"))
        initial = {name: [row.pk for row in people] for name, people in sorted_out(self.rows).items()}
        super().__init__(data, initial={**initial, "seen": told(seats_of(self.rows))})
        kept = User.objects.filter(pk__in=[row.officer_id for row in self.rows])
        offered = (arrangeable(user) | kept).select_related("unit").order_by("pinyin", "pk").distinct()
        for name in HALVES:
            field = rows_field(self.fields, name)
            field.queryset = offered
            name_people(field)
        self.conflicts: list[Difference] = []
        self.conflict_by = ""
        self.style()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = {name: set(cleaned.get(name) or ()) for name in HALVES}
        for person in chosen[ALL_DAY] & (chosen[MORNING] | chosen[AFTERNOON]):
            self.add_error(ALL_DAY, f"{person.name}既选了全天又选了半天，请只留一处")
        for person in chosen[MORNING] & chosen[AFTERNOON]:
            self.add_error(MORNING, f"{person.name}上午、下午都选了，请改到“全天”")
        return cleaned

    @property
    def wanted(self) -> frozenset[Seat]:
        return frozenset(
            (str(half), person.pk) for name, halves in HALVES.items() for person in self.cleaned_data[name]
            for half in halves
        )  # fmt: skip

    @property
    def seen_seats(self) -> frozenset[Seat]:
        return heard(self.cleaned_data["seen"])

    def show_conflict(self, rows: Iterable[DutyShift]) -> None:
        """Keeps what was chosen, lists where it differs from what is stored now, and lets the next save count for
        that."""
        stored = list(rows)
        self.stored = sorted_out(stored)
        self.conflicts = self.differences(stored[0] if stored else DutyShift())
        newest = max(stored, key=lambda row: row.pk, default=None)
        self.conflict_by = str(newest.made_by) if newest else SOMEBODY
        overwrite(self, {"seen": told(seats_of(stored))})

    def stored_value(self, name: str, stored: Any) -> Any:
        return self.stored[name]


def sorted_out(rows: Iterable[DutyShift]) -> dict[str, list[User]]:
    """The people by field: who sits there the whole day, who half of it."""
    people: dict[int, User] = {}
    halves: dict[int, set[str]] = {}
    for row in rows:
        people[row.officer_id] = row.officer
        halves.setdefault(row.officer_id, set()).add(row.half)
    by_halves = {frozenset(map(str, known)): name for name, known in HALVES.items()}
    found: dict[str, list[User]] = {name: [] for name in HALVES}
    for pk, person in people.items():
        found[by_halves[frozenset(halves[pk])]].append(person)
    return found


def told(seats: Iterable[Seat]) -> str:
    """Seats as a page carries them: “am:3,pm:3”."""
    return ",".join(f"{half}:{pk}" for half, pk in sorted(seats))


def heard(words: str) -> frozenset[Seat]:
    """The same back; what is none of them is left out."""
    pairs = (one.partition(":") for one in words.split(","))
    known = {str(half) for half in Half}
    found = ((half, whole_number(pk)) for half, _, pk in pairs)
    return frozenset((half, pk) for half, pk in found if half in known and pk is not None)


class SwapForm(StyledFormMixin, CleanTextMixin, SubmissionFormMixin, forms.Form):
    """Whom to ask for one shift, and which of that person's is taken in return."""

    person = forms.ModelChoiceField(
        User.objects.none(), label="请谁接班", widget=PersonSelect, error_messages={"required": "请选择请谁接班"}
    )
    other = forms.ModelChoiceField(
        DutyShift.objects.none(),
        label="换他的哪个班",
        required=False,
        empty_label="不互换，请他顶班",
        help_text="选一个班就是两人互换；不选是请对方顶班",
    )
    reason = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(self, data: Any = None, *, user: User, shift: DutyShift, today: date) -> None:
        super().__init__(data)
        people = User.objects.visible_to(user).working().exclude(pk=user.pk).exclude(unit=None)
        field = rows_field(self.fields, "person")
        field.queryset = people.select_related("unit").order_by("pinyin", "pk")
        name_people(field)
        theirs = DutyShift.objects.visible_to(user).filter(day__gte=today, officer__in=people.values("pk"))
        other = rows_field(self.fields, "other")
        other.queryset = theirs.for_list()
        other.label_from_instance = lambda row: f"{row.officer} {row.words}"  # type: ignore[assignment, method-assign]  # Django's way
        self.style()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        person, other = cleaned.get("person"), cleaned.get("other")
        if person and other and other.officer_id != person.pk:
            self.add_error("other", f"这是{other.officer}的班，与您要问的人不是一个人，请重新选择")
        return cleaned

    def stored_value(self, name: str, stored: Any) -> Any:
        return getattr(stored, {"person": "asked_of"}.get(name, name))


class LeaveForm(StyledFormMixin, CleanTextMixin, SubmissionFormMixin, forms.Form):
    officer = forms.ModelChoiceField(
        User.objects.none(), label="请假人", widget=PersonSelect, error_messages={"required": "请选择请假人"}
    )
    starts_on = forms.DateField(label="从", widget=DateInput, error_messages={"required": "请填写从哪天起"})
    ends_on = forms.DateField(label="到（含当天）", widget=DateInput, error_messages={"required": "请填写到哪天止"})
    reason = forms.CharField(
        label="说明", required=False, max_length=100, help_text="可以不填；本单位的人看得到，不写病情等隐私"
    )

    def __init__(self, data: Any = None, *, user: User, today: date) -> None:
        super().__init__(data, initial={"officer": user.pk, "starts_on": today, "ends_on": today})
        people = User.objects.filter(pk=user.pk)
        if user.can("duty.edit"):
            people = (arrangeable(user) | people).distinct()
        field = rows_field(self.fields, "officer")
        field.queryset = people.select_related("unit").order_by("pinyin", "pk")
        name_people(field)
        self.style()
