"""The rules as one table: a row a category, a column a priority; what is left empty follows the wider rule."""

import hashlib
import json
from typing import Any

from django import forms

from common.forms.fields import StyledFormMixin
from ledger.deadlines import LEAST_DAYS, Key, RuleBook
from ledger.models import Priority, ProblemCategory

COLUMNS = [("", "不分缓急"), *Priority.choices]
WORDS = {"invalid": "要填整数", "min_value": "至少 1 天", "max_value": "最多 250 天"}
LEAST_WORDS = {**WORDS, "max_value": "最多 60 天", "required": "请填写至少给几个工作日"}
LEAST = -1  # where the text of the rules keeps what an entry has at least that comes back


class RulesForm(StyledFormMixin, forms.Form):
    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def __init__(self, data: Any = None, *, book: RuleBook) -> None:
        super().__init__(data, initial={"seen": dump(book)})
        self.book = book
        self.categories = list(ProblemCategory.objects.filter(is_active=True))
        for category in (None, *self.categories):
            for priority, label in COLUMNS:
                self.fields[cell(number(category), priority)] = forms.IntegerField(
                    label=f"{category or '全部类别'} {label}",
                    required=False,
                    min_value=1,
                    max_value=250,
                    initial=book.days.get((number(category), priority)),
                    error_messages=WORDS,
                    widget=forms.NumberInput(
                        attrs={
                            "inputmode": "numeric",
                            "aria-label": f"{category or '全部类别'} {label}",
                            "placeholder": book.allowed(number(category), priority),
                        }
                    ),
                )
        self.fields["least"] = forms.IntegerField(
            label="再次办理至少给几个工作日", min_value=1, max_value=60, initial=book.least, error_messages=LEAST_WORDS
        )
        self.style()

    @property
    def rows(self) -> list[tuple[str, list[Any]]]:
        return [
            (str(category or "全部类别"), [self[cell(number(category), priority)] for priority, _ in COLUMNS])
            for category in (None, *self.categories)
        ]

    @property
    def columns(self) -> list[str]:
        return [label for _, label in COLUMNS]

    @property
    def new_book(self) -> RuleBook:
        """The rules as typed; those of categories no longer in use stay as they are."""
        shown = {(number(category), priority) for category in (None, *self.categories) for priority, _ in COLUMNS}
        days = {key: days for key, days in self.book.days.items() if key not in shown}
        typed = {key: self.cleaned_data.get(cell(*key)) for key in shown}
        least = self.cleaned_data.get("least") or self.book.least
        return RuleBook({**days, **{key: number for key, number in typed.items() if number}}, least)

    @property
    def seen_book(self) -> RuleBook:
        return load(str(self.cleaned_data.get("seen", "")))

    @property
    def is_confirmed(self) -> bool:
        return self.data.get("step") == "confirm" and self.cleaned_data.get("looked_at") == self.fingerprint

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(dump(self.new_book).encode()).hexdigest()


def number(category: ProblemCategory | None) -> int | None:
    return category.pk if category else None


def cell(category: int | None, priority: str) -> str:
    return f"days_{category or 0}_{priority or 'any'}"


def dump(book: RuleBook) -> str:
    rows = sorted((category or 0, priority, days) for (category, priority), days in book.days.items())
    return json.dumps([(LEAST, "", book.least), *rows], separators=(",", ":"))


def load(text: str) -> RuleBook:
    """The rules as they were when the form was shown; a text that is none is no rules."""
    try:
        rows: list[tuple[int, str, int]] = [(int(a), str(b), int(c)) for a, b, c in json.loads(text)]
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        rows = []
    least = next((number for category, _, number in rows if category == LEAST), LEAST_DAYS)
    days: dict[Key, int] = {
        (category or None, priority): days for category, priority, days in rows if category != LEAST
    }
    return RuleBook(days, least)
