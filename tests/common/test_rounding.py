from decimal import Decimal

import pytest

from common.rounding import floor_leading, rounded_count, rounded_money


@pytest.mark.parametrize(
    ("value", "body", "headline"),
    [
        (0, "0", "0"),
        (5, "5", "5"),
        (9, "9", "9"),
        (10, "10", "10"),
        (12, "10余", "10余"),
        (37, "30余", "30余"),
        (44, "40余", "40余"),
        (99, "90余", "90余"),
        (100, "100", "100"),
        (101, "100余", "100余"),
        (120, "120", "100余"),
        (126, "120余", "100余"),
        (203, "200余", "200余"),
        (213, "210余", "200余"),
        (2034, "2000余", "2000余"),
        (2150, "2100余", "2000余"),
    ],
)
def test_counts_are_rounded_as_officials_print_them(value, body, headline):
    assert (rounded_count(value), rounded_count(value, headline=True)) == (body, headline)


@pytest.mark.parametrize(
    ("yuan", "body", "headline"),
    [
        ("9999", "9999元", "9999元"),
        ("10000", "1万元", "1万元"),
        ("15000", "1万余元", "1万余元"),
        ("103000", "10万余元", "10万余元"),
        ("150000", "10万余元", "10万余元"),
        ("44348000", "4400余万元", "4000余万元"),
        ("40560000", "4000余万元", "4000余万元"),
        ("40000000", "4000万元", "4000万元"),
    ],
)
def test_money_is_rounded_as_officials_print_it(yuan, body, headline):
    amount = Decimal(yuan)
    assert (rounded_money(amount), rounded_money(amount, headline=True)) == (body, headline)


def test_the_unit_follows_the_sign_of_rounding():
    assert rounded_count(203, "次") == "200余次"
    assert rounded_count(200, "次") == "200次"


def test_a_figure_is_never_rounded_up():
    assert all(floor_leading(number, digits) <= number for number in range(1, 3000) for digits in (1, 2))
