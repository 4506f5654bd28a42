"""“听到的问题”: problems typed on the activity's screen, each to become a ledger entry."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from common.forms.fields import StyledFormMixin, rows_field
from common.money import MAX_YUAN
from common.sent.amounts import AmountFormMixin
from common.sent.numbers import whole_number
from ledger.models import ProblemCategory, ProblemEntry
from ledger.services.activities import ProblemData


class ProblemForm(AmountFormMixin, StyledFormMixin, forms.Form):
    """One problem heard on site; a block with nothing typed is no problem."""

    title = forms.CharField(
        label="问题", max_length=200, error_messages={"required": "请用一句话写明问题，例如：厂区门口道路破损"}
    )
    category = forms.ModelChoiceField(
        ProblemCategory.objects.none(),
        label="类别",
        empty_label="请选择类别",
        error_messages={"required": "请选择问题类别"},
    )
    content = forms.CharField(
        label="具体情况", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    amount = forms.DecimalField(
        label="涉及金额",
        required=False,
        min_value=Decimal(0),
        max_value=MAX_YUAN,
        max_digits=18,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "data-wan": "1"}),
        error_messages={"invalid": "金额要填数字，例如 12000", "min_value": "金额不能小于 0"},
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rows_field(self.fields, "category").queryset = ProblemCategory.objects.visible_to(user).filter(is_active=True)
        self.style()

    def earlier_amounts(self) -> QuerySet[Any]:
        return ProblemEntry.objects.visible_to(self.user)

    def has_changed(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)


MOST = 20
BLOCKS = 60  # a block taken away keeps its number


class ProblemForms(forms.BaseFormSet):
    """The problems heard: as many blocks as needed, one to start with."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "missing_management_form": "页面没有传完整，请刷新后重新填写",
        "too_many_forms": f"一次最多登记 {MOST} 个问题",
    }

    def clean(self) -> None:
        if sum(form.has_changed() for form in self.forms) > MOST:
            raise forms.ValidationError(f"一次最多登记 {MOST} 个问题，其余的请另记一笔")

    def initial_form_count(self) -> int:
        """Restored text counts as newly typed: none of it is saved yet."""
        return 0

    def to_data(self) -> list[ProblemData]:
        return [ProblemData(**form.cleaned_data) for form in self.forms if form.has_changed()]

    def forget(self, entries: Iterable[ProblemEntry]) -> None:
        """Empties the blocks of what is in the ledger already, so that no choice registers it again."""
        known, data = {(entry.title, entry.category_id) for entry in entries}, self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for form in self.forms:
            typed = form.cleaned_data if form.has_changed() else {}
            if typed and (typed["title"], typed["category"].pk) in known:
                data.update({form.add_prefix(name): "" for name in form.fields})
            form.data = data
        self.data = data

    @property
    def is_open(self) -> bool:
        return bool(self.initial) or (self.is_bound and any(form.has_changed() for form in self.forms))


def problem_forms(data: Any = None, *, user: Any, restored: Mapping[str, Any] | None = None) -> ProblemForms:
    """The blocks of a page; `restored` is a draft's flat names and values."""
    typed = draft_blocks(restored or {})
    kind: Any = forms.formset_factory(
        ProblemForm, formset=ProblemForms, extra=max(1, len(typed)), max_num=BLOCKS, absolute_max=BLOCKS
    )
    return kind(data, prefix="problems", initial=typed, form_kwargs={"user": user})


def draft_blocks(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    blocks: dict[int, dict[str, Any]] = {}
    for name, value in draft.items():
        prefix, _, rest = name.partition("-")
        number, _, field = rest.partition("-")
        if prefix == "problems" and whole_number(number) is not None and field in ProblemForm.base_fields and value:
            blocks.setdefault(int(number), {})[field] = value
    return [blocks[number] for number in sorted(blocks)][:BLOCKS]
