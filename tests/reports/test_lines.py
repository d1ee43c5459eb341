"""Amounts as listings tell them: dollars and cents, rounded once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.reports.lines import cents, cents_if_known, dollars, usd


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1.005", "1.01"),
        ("1.004999", "1.00"),
        ("-1.005", "-1.01"),
        ("-0.001", "0.00"),
        ("0", "0.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_cents_are_rounded_half_up_and_nothing_has_no_sign(amount: str, text: str) -> None:
    assert cents(Decimal(amount)) == text


def test_what_is_not_known_has_no_amount() -> None:
    assert (cents_if_known(None), cents_if_known(Decimal(0))) == (None, "0.00")


@pytest.mark.parametrize(
    ("amount", "shown"), [("0", "$0.00"), ("1240", "$1,240.00"), ("0.005", "$0.01"), ("0.004", "$0.00")]
)
def test_people_read_dollars_to_the_cent(amount: str, shown: str) -> None:
    assert usd(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.125", "0.12"), (125_000, "0.12"), (Decimal("0.125"), "0.13"),
        ("-0.001", "0.00"), (-4_000, "0.00"), (Decimal("-0.004"), "0.00"), ("-0", "0.00"), (-6_000, "-0.01"),
        ("-1234.567", "-1,234.57"), (-1_234_567_000, "-1,234.57"), (Decimal("-1234.567"), "-1,234.57"),
        ("12345678901234567890.999999", "12,345,678,901,234,567,891.00"),
    ],
)  # fmt: skip
def test_what_is_told_to_the_micro_dollar_rounds_half_to_even_and_a_line_half_up(
    amount: str | int | Decimal, shown: str
) -> None:
    assert dollars(amount) == shown
