from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.money import MAX_YUAN, MoneyField, from_cents, in_wan, to_cents
from ledger.models import Recovery
from tests.factories import RecoveryFactory


@given(st.integers(min_value=-(9 * 10**15), max_value=9 * 10**15))
def test_cents_come_back_as_they_went(cents):
    assert to_cents(from_cents(cents)) == cents


@pytest.mark.parametrize("given", ["NaN", "Infinity", "-inf", "1e999", "0.001", "12元", "", "１.２.３"])
def test_what_is_no_amount_is_refused(given):
    with pytest.raises(ValueError, match="is not"):
        to_cents(given)


@pytest.mark.parametrize("given", ["NaN", "Infinity", "abc", "1.005"])
def test_the_field_says_so_in_words(given):
    with pytest.raises(ValidationError) as refusal:
        MoneyField().to_python(given)
    assert refusal.value.messages == ["请填写金额（元），最多两位小数"]


@pytest.mark.parametrize(
    ("yuan", "printed"),
    [
        ("4098000", "409.8万元"),
        ("40560000", "4056万元"),
        ("10000", "1万元"),
        ("9999.99", "9999.99元"),
        ("9999.50", "9999.5元"),
        ("0", "0元"),
        ("123456.78", "12.34万元"),
        ("19999.99", "1.99万元"),
        ("103000", "10.3万元"),
        ("-20000", "-2万元"),
        ("-19999.99", "-1.99万元"),
    ],
)
def test_money_is_printed_in_wan_from_ten_thousand_up(yuan, printed):
    assert in_wan(Decimal(yuan)) == printed


@pytest.mark.django_db
def test_the_database_gives_back_the_exact_decimal():
    amounts = [Decimal("0.01"), Decimal("1980000.00"), Decimal("123456789012.34"), MAX_YUAN]
    for amount in amounts:
        RecoveryFactory(amount=amount)
    assert list(Recovery.objects.order_by("id").values_list("amount", flat=True)) == amounts
