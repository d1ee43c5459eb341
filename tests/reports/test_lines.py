"""Amounts as listings tell them: dollars and cents, rounded once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.reports.lines import cents, cents_if_known, usd


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
