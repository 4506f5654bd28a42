"""When an amount of money is asked about before it is saved, or pointed out in an import: one rule for both.

An amount is doubtful from a limit on (the office's rule, which the ledger keeps and registers here when it loads; a
register's own where its sums are larger), or ten times the largest so far. A form asks once, with the amount spelt in
亿 and 万元; the person's word goes with that very amount, so that another typed afterwards is asked about anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Max, QuerySet

from common.money import WAN, YI, spelt, to_cents

ASK_FROM = YI  # yuan, until the office sets another
RULES: list[Callable[[], Decimal]] = []
TIMES = 10  # of the largest so far
LEAST_ASKED = 10 * WAN  # below it a comparison with the largest says little: the first sums of an office are small
SURE = "amount_sure"


def register_rule(rule: Callable[[], Decimal]) -> None:
    if rule not in RULES:
        RULES.append(rule)


def office_limit() -> Decimal:
    """From how many yuan on the office wants an amount asked about; one statement, to be read once for many amounts."""
    return RULES[0]() if RULES else ASK_FROM


def doubt(amount: Decimal, *, limit: Decimal | None = None, largest: Decimal | None = None) -> str:
    """Why an amount in yuan may be wrong, in words; empty where nothing speaks against it."""
    limit = office_limit() if limit is None else limit
    if amount >= limit:
        return f"达到或超过 {spelt(limit)}"
    if largest and amount >= LEAST_ASKED and amount >= largest * TIMES:
        return f"是已登记最大一笔（{largest:,.2f} 元）的 {TIMES} 倍以上"
    return ""


@dataclass(frozen=True)
class Sure:
    """The tick by which somebody says that an amount is right: the name and value it is sent with, and its words."""

    name: str
    value: str
    words: str


class AmountFormMixin(forms.Form):
    """Asks about a doubtful amount; `components/field.html` shows the tick below the field."""

    amount_name = "amount"
    amount_limit: Decimal | None = None  # yuan; None: the office's

    def earlier_amounts(self) -> QuerySet[Any] | None:
        """The rows whose largest amount the one typed is compared with."""
        return None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data = self.cleaned_data if data is None else data
        name, amount = self.amount_name, data.get(self.amount_name)
        if amount is not None and amount != getattr(getattr(self, "instance", None), name, None):
            self.ask_about(name, Decimal(amount))
        return data

    def ask_about(self, name: str, amount: Decimal) -> None:
        told = doubt(amount, limit=self.amount_limit, largest=self.largest())
        sent, mine = self.add_prefix(SURE), str(to_cents(amount))
        if not told or str(self.data.get(sent, "")) == mine:
            return
        sure = Sure(sent, mine, f"金额无误，就是 {spelt(amount)}")
        self.fields[name].sure = sure  # type: ignore[attr-defined]
        self.add_error(
            name,
            f"{amount:,.2f} 元，即 {spelt(amount)}，{told}。请核对单位是元还是万元；确实无误的，勾选“金额无误”再保存",
        )

    def largest(self) -> Decimal | None:
        rows = self.earlier_amounts()
        return None if rows is None else rows.order_by().aggregate(most=Max(self.amount_name))["most"]


__all__ = ["ASK_FROM", "AmountFormMixin", "Sure", "doubt", "office_limit", "register_rule"]
