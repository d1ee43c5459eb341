from __future__ import annotations

from decimal import Decimal

import pytest

from rules.us.capital import carryover, schedule_d
from tests.rules.us.law import LAW, usd

ZERO = (Decimal(0), Decimal(0))
RICH = Decimal(50_000)


@pytest.mark.parametrize(
    ("short", "long", "status", "taken", "gain"),
    [
        ("5000", "7000", "single", "12000", "7000"),
        ("30000", "-8000", "single", "22000", "0"),
        ("-8000", "30000", "single", "22000", "22000"),
        ("-9000", "2000", "single", "-3000", "0"),
        ("-3000", "0", "single", "-3000", "0"),
        ("-2999.99", "0", "hoh", "-2999.99", "0"),
        ("-10000", "0", "mfs", "-1500", "0"),
        ("0", "-10000", "qss", "-3000", "0"),
        ("0", "0", "single", "0", "0"),
    ],
)
def test_the_sides_net_and_a_loss_counts_up_to_the_limit(
    short: str, long: str, status: str, taken: str, gain: str
) -> None:
    made = schedule_d((usd(short), usd(long)), ZERO, status, LAW, 2026)  # type: ignore[arg-type]  # read from the table
    assert made.taken.amount == usd(taken)
    assert made.net_capital_gain.amount == usd(gain)


def test_a_carryover_keeps_its_character_on_the_way_in() -> None:
    made = schedule_d((usd("1000"), usd("9000")), (usd("4000"), usd("500")), "single", LAW, 2026)
    assert made.short.amount == -3_000
    assert made.long.amount == 8_500
    assert made.net_capital_gain.amount == 5_500


@pytest.mark.parametrize(
    ("short", "long", "income", "used", "short_left", "long_left"),
    [
        # The worksheet of the Schedule D instructions, line by line.
        ("-9000", "0", "50000", "3000", "6000", "0"),
        ("0", "-9000", "50000", "3000", "0", "6000"),
        ("-2000", "-9000", "50000", "3000", "0", "8000"),
        ("-9000", "2000", "50000", "3000", "4000", "0"),
        ("2000", "-9000", "50000", "3000", "0", "4000"),
        ("-9000", "-9000", "50000", "3000", "6000", "9000"),
        ("-1000", "0", "50000", "1000", "0", "0"),
        ("4000", "1000", "50000", "0", "0", "0"),
        # 1212(b)(2): income less deductions is negative, so less than 3,000 counts as used.
        ("-5000", "0", "-18750", "0", "5000", "0"),
        ("-5000", "0", "-2000", "1000", "4000", "0"),
        ("-5000", "0", "-3000", "0", "5000", "0"),
        ("-5000", "0", "0", "3000", "2000", "0"),
    ],
)
def test_what_is_not_used_is_carried_forward_short_term_first_used(
    short: str, long: str, income: str, used: str, short_left: str, long_left: str
) -> None:
    gains = schedule_d((usd(short), usd(long)), ZERO, "single", LAW, 2026)
    made = carryover(gains, usd(income))
    assert [each.amount for each in made.lines] == [usd(used), usd(short_left), usd(long_left)]
