"""Coins and dollars are whole numbers, and one division rounds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.units import (
    BUILT_IN,
    AmountError,
    Asset,
    AssetTable,
    divide,
    scaled,
    unscaled,
    unscaled_all,
    usd_decimal,
    usd_micros,
    usd_text,
    value_usd_micros,
)


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [("0.01250000", 8, 1_250_000), ("93012.55", 6, 93_012_550_000), ("0", 8, 0), ("-1.5", 6, -1_500_000), ("-0", 2, 0),
     ("9.223372036854775808", 18, 2**63), ("007", 0, 7), ("1", 18, 10**18), ("1.10", 1, None)],
)  # fmt: skip
def test_a_decimal_text_is_read_exactly_or_not_at_all(text: str, decimals: int, units: int | None) -> None:
    if units is None:
        with pytest.raises(AmountError, match="at most 1 are exact here"):
            scaled(text, decimals)
    else:
        assert scaled(text, decimals) == units


def test_a_number_longer_than_any_amount_is_refused() -> None:
    assert scaled("9" * 40, 0) == 10**40 - 1
    with pytest.raises(AmountError, match="too many digits"):
        scaled("9" * 41, 0)
    with pytest.raises(AmountError, match="too many digits"):
        scaled("0." + "0" * 40 + "1", 50)


def test_zeros_that_say_nothing_are_not_counted_so_the_largest_number_is_read_back_as_printed() -> None:
    most = scaled("9" * 40, 8)
    assert scaled(unscaled(most, 8), 8) == most
    assert scaled("0" * 5000 + "7", 0) == 7


def test_an_amount_error_has_a_reason_and_a_remedy() -> None:
    with pytest.raises(AmountError) as refused:
        scaled("one", 8)
    assert str(refused.value) == f"{refused.value.reason}: {refused.value.remedy}"


@given(st.lists(st.integers(-(10**30), 10**30)), st.integers(0, 18))
def test_many_amounts_are_printed_as_each_is(many: list[int], decimals: int) -> None:
    assert unscaled_all(many, decimals) == [unscaled(units, decimals) for units in many]


@given(st.integers(-(10**30), 10**30), st.integers(0, 18))
def test_what_is_printed_is_read_back(units: int, decimals: int) -> None:
    assert scaled(unscaled(units, decimals), decimals) == units


@given(st.integers(-(10**20), 10**20))
def test_dollars_of_every_form_agree(micros: int) -> None:
    assert usd_micros(usd_decimal(micros)) == micros == usd_micros(Decimal(usd_text(micros)))


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**20))
def test_the_one_division_rounds_half_to_even(numerator: int, denominator: int) -> None:
    assert divide(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(("numerator", "expected"), [(1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2)])
def test_a_half_goes_to_the_even_neighbour(numerator: int, expected: int) -> None:
    assert divide(numerator, 2) == expected


@given(st.integers(1, 10**24), st.integers(1, 10**15), st.integers(0, 9), st.sampled_from((0, 8, 18)))
def test_a_value_is_quantity_times_price_rounded_once(quantity: int, price: int, places: int, decimals: int) -> None:
    exact = Fraction(quantity, 10**decimals) * Fraction(price, 10**places) * 1_000_000
    assert value_usd_micros(quantity, unscaled(price, places), decimals) == round(exact)


def test_the_built_in_assets_have_the_decimals_of_the_contract() -> None:
    assert {symbol: asset.decimals for symbol, asset in BUILT_IN.items()} == {
        "BTC": 8, "LTC": 8, "DOGE": 8, "BCH": 8, "KAS": 8, "ZEC": 8, "ETH": 18, "ETC": 18, "USDT": 6, "USDC": 6,
    }  # fmt: skip


def test_a_scale_is_pinned_when_it_is_declared() -> None:
    table = AssetTable().with_declared([Asset("RVN", 8), Asset("BTC", 8)])
    assert table.decimals("RVN") == 8
    assert "BTC" not in table.declared
    for other in (Asset("RVN", 6), Asset("BTC", 9)):
        with pytest.raises(InputRefusedError, match="a scale is pinned"):
            table.with_declared([other])


def test_an_asset_nobody_declared_has_no_decimals() -> None:
    assert AssetTable().get("NOPE") is None
    with pytest.raises(InputRefusedError, match="add an `asset` event"):
        AssetTable().decimals("NOPE")
