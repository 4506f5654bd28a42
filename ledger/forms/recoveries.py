"""Recording money brought back: what kind, how much, on what ground, when."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from common.forms.conflicts import VersionedFormMixin
from common.forms.fields import DateInput, StyledFormMixin
from common.forms.reasons import ReasonFormMixin
from common.idempotence import SubmissionFormMixin
from common.money import MAX_YUAN
from common.sent.amounts import AmountFormMixin
from ledger.models import Recovery, RecoveryKind
from ledger.services.money.recoveries import RecoveryData

AMOUNT_WORDS = {
    "required": "请填写金额（元）",
    "invalid": "金额要填数字，例如 128000",
    "max_value": "金额过大，请核对单位是元还是万元",
    "max_decimal_places": "金额最多两位小数",
}


class RecoveryForm(
    AmountFormMixin, SubmissionFormMixin, VersionedFormMixin, ReasonFormMixin, StyledFormMixin, forms.Form
):
    uncompared = SubmissionFormMixin.uncompared | {"is_other_money"}

    kind = forms.ChoiceField(
        label="哪一种",
        choices=RecoveryKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是追回、避免还是减免"},
    )
    amount = forms.DecimalField(
        label="金额",
        decimal_places=2,
        max_value=MAX_YUAN,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "data-wan": "1"}),
        error_messages=AMOUNT_WORDS,
    )
    happened_on = forms.DateField(
        label="日期",
        widget=DateInput,
        error_messages={"required": "请填写日期", "invalid": "日期看不懂，请写成 2026-11-22 这样"},
    )
    basis = forms.CharField(
        label="依据",
        max_length=300,
        widget=forms.Textarea,
        help_text="判决书文号、调解协议、返还清单等",
        error_messages={"required": "请写明依据，例如判决书文号、调解协议、返还清单"},
    )
    is_other_money = forms.BooleanField(label="这是另一笔钱，不是已登记的那笔", required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        today: date,
        recovery: Recovery | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.instance, self.user = recovery, user
        names = ("kind", "amount", "happened_on", "basis")
        start = {name: getattr(recovery, name) for name in names} if recovery else {"happened_on": today}
        super().__init__(data, initial={**start, **(initial or {})})
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()
        self.asks_about_other_money = self.is_bound and "is_other_money" in self.data
        self.style()

    def earlier_amounts(self) -> QuerySet[Any]:
        return Recovery.objects.visible_to(self.user)

    def to_data(self) -> RecoveryData:
        cleaned = self.cleaned_data
        return RecoveryData(
            kind=cleaned["kind"],
            amount=Decimal(cleaned["amount"]),
            basis=cleaned["basis"],
            happened_on=cleaned["happened_on"],
            is_other_money=cleaned["is_other_money"],
        )
