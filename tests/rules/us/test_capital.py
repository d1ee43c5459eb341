"""Schedule D by line, its limit, its worksheet, and what is carried on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.rules.us.capital import BoxTotal, CapitalGains, Traded, carryover, schedule_d
from lotwork.rules.us.form_4797 import form_4797
from tests.rules.us.law import LAW, usd

ZERO = (Decimal(0), Decimal(0))


def traded(short: str, long: str, carried: tuple[Decimal, Decimal] = ZERO, status: str = "single") -> CapitalGains:
    told = Traded(nets=(usd(short), usd(long)), carried=carried)
    return schedule_d(told, status, LAW, 2026)  # type: ignore[arg-type]  # read from the table


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
    made = traded(short, long, status=status)
    assert made.taken.amount == usd(taken)
    assert made.net_capital_gain.amount == usd(gain)


def test_a_carryover_keeps_its_character_on_the_way_in() -> None:
    made = traded("1000", "9000", (usd("4000"), usd("500")))
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
    made = carryover(traded(short, long), usd(income))
    assert [each.amount for each in made.lines] == [usd(used), usd(short_left), usd(long_left)]


def test_the_totals_of_each_box_stand_on_their_own_line_and_the_rest_on_the_line_of_sums() -> None:
    """Form 8949: boxes G and A feed line 1b, H and B line 2, I and C line 3; J to L and D to F lines 8b to 10."""
    boxes = (
        BoxTotal("I", usd("5000"), usd("7000")),
        BoxTotal("L", usd("9000"), usd("1000")),
        BoxTotal("K", usd("400"), usd("100"), usd("50")),
        BoxTotal("C", usd("10"), usd("0")),
    )
    told = Traded(nets=(usd("-1890"), usd("8350")), carried=(usd("100"), usd("0")), boxes=boxes)
    made = schedule_d(told, "single", LAW, 2026)
    amounts = {each.line: each.amount for each in made.lines}
    assert amounts["3"] == -1_990
    assert amounts["1a"] == 100
    assert amounts["6"] == -100
    assert [amounts["9"], amounts["10"]] == [350, 8_000]
    assert "8a" not in amounts
    assert [amounts["7"], amounts["15"], amounts["16"]] == [-1_990, 8_350, 6_360]
    assert [each.line for each in made.lines][:4] == ["1a", "3", "6", "7"]


def test_a_gain_of_business_property_joins_the_long_side() -> None:
    sold = form_4797((), usd("0"))
    told = Traded(nets=ZERO, carried=ZERO, business=sold.capital)
    assert schedule_d(told, "single", LAW, 2026).long.amount == 0
