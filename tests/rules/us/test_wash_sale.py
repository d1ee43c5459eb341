"""The reach of section 1091, and its share of a loss."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from lotwork.rules.load import Law
from lotwork.rules.us.wash_sale import classes_ever_reached, disallowed, reaches, window

LAW = Law.load()
BILL = SimpleNamespace(
    figure="us/wash_sale/reaches_coin", from_=date(2027, 1, 1), value=True, cite="H.R. 8899", reason="what if"
)


def test_the_rule_reaches_securities_and_neither_coins_nor_tokens() -> None:
    """26 U.S.C. 1091(a), "stock or securities"; Notice 2014-21: virtual currency is property."""
    assert classes_ever_reached(LAW) == {"security"}
    assert [reaches(LAW, name, date(2026, 6, 1)) for name in ("security", "coin", "token")] == [True, False, False]
    assert window(LAW, date(2026, 6, 1)) == 30


def test_a_bill_reaches_coins_from_its_day() -> None:
    law = LAW.corrected([BILL])
    assert classes_ever_reached(law) == {"security", "coin"}
    assert [reaches(law, "coin", date(year, month, 1)) for year, month in ((2026, 12), (2027, 1))] == [False, True]


def test_the_loss_on_what_was_replaced_is_its_share() -> None:
    """Treas. Reg. 1.1091-1(h), Example 2: 75 of 100 shares, a loss of 1,000."""
    assert disallowed(1_000_000_000, 100, 75) == 750_000_000
    assert disallowed(1_000_000_000, 100, 100) == 1_000_000_000
