"""The least-tax choice of lots, held against every choice there is on small books."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.projections.basis.holding_period import is_long
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.plan.lots import Terms, least_tax
from lotwork.projections.plan.whole_return import WholeReturn
from lotwork.rules.us.individual import Filer
from tests.rules.us.law import LAW

SALE = date(2026, 6, 1)
COIN = 1_000_000
"""Micro-dollars a coin unit sells for in these books: one dollar times the lots' scale."""


def lot(name: str, days_ago: int, quantity: int, unit_basis_usd: int) -> OpenLot:
    return OpenLot(
        "BTC", "cold", quantity, SALE - timedelta(days=days_ago), quantity * unit_basis_usd * 1_000_000, name
    )


def best_of_all(lots: list[OpenLot], quantity: int, unit_price_usd: int, whole: WholeReturn) -> Decimal:
    """Return the least tax over every division into whole units: the oracle."""
    found = []
    for used in product(*(range(each.quantity + 1) for each in lots)):
        if sum(used) == quantity:
            gains = {True: 0, False: 0}
            for each, units in zip(lots, used, strict=True):
                gain = units * (unit_price_usd - each.basis_usd_micros // each.quantity // 1_000_000)
                gains[is_long(each.acquired.toordinal(), SALE.toordinal())] += gain
            found.append(whole.with_gains(Decimal(gains[False]), Decimal(gains[True])).tax)
    return min(found)


LOTS = st.lists(
    st.tuples(st.sampled_from([30, 200, 365, 366, 900]), st.integers(1, 3), st.sampled_from([1, 500, 9_000, 40_000])),
    min_size=1,
    max_size=4,
)
FILERS = st.builds(
    Filer,
    year=st.just(2026),
    status=st.sampled_from(["single", "mfj"]),
    schedule_c_net=st.sampled_from([Decimal(0), Decimal(40_000), Decimal(260_000)]),
    short_term_net=st.sampled_from([Decimal(-20_000), Decimal(0), Decimal(5_000)]),
    long_term_net=st.sampled_from([Decimal(-4_000), Decimal(0), Decimal(30_000)]),
    taxable_interest=st.sampled_from([Decimal(0), Decimal(2_000)]),
)


@settings(max_examples=60)
@given(told=LOTS, filer=FILERS, price=st.sampled_from([100, 8_000, 60_000]), part=st.integers(1, 12))
def test_no_choice_of_whole_units_costs_less_than_the_one_found(
    told: list[tuple[int, int, int]], filer: Filer, price: int, part: int
) -> None:
    lots = [lot(f"lot {place}", *each) for place, each in enumerate(told)]
    quantity = min(part, sum(each.quantity for each in lots))
    whole = WholeReturn(filer, LAW)
    choice = least_tax(
        Terms.on(lots, SALE.toordinal()), quantity, quantity * price * COIN, lambda s, n: whole.with_gains(s, n).tax
    )
    assert sum(part.quantity for part in choice.parts) == quantity
    assert choice.tax == best_of_all(lots, quantity, price, whole)


def test_a_bend_between_two_lots_is_found_to_the_unit() -> None:
    """10,000 units, half of a loss short-term and half of a gain at 0 percent long-term: the best lies inside both."""
    lots = [lot("old", 800, 10_000, 1), lot("new", 10, 10_000, 12)]

    def tax_of(short: Decimal, long: Decimal) -> Decimal:
        """Return a tax that bends where 7,321 dollars of long gain are had, and forgets losses below -500."""
        return max(long - 7_321, Decimal(0)) + max(short, Decimal(-500)) / 2

    choice = least_tax(Terms.on(lots, SALE.toordinal()), 10_000, 10_000 * 11 * COIN, tax_of)
    everywhere = min(tax_of(Decimal(-(10_000 - units)), Decimal(10 * units)) for units in range(10_001))
    assert choice.tax == everywhere


def test_of_equal_choices_the_one_with_fewest_long_term_coins_wins() -> None:
    lots = [lot("old", 800, 5, 10), lot("new", 10, 5, 10)]
    choice = least_tax(Terms.on(lots, SALE.toordinal()), 5, 50 * COIN, lambda _short, _long: Decimal(0))
    assert [part.lot.lot for part in choice.parts] == ["new"]


def test_among_many_lots_the_division_is_still_close_to_the_best() -> None:
    """Two thousand lots: the divisions are sampled, and the bends closed in on."""
    lots = [lot(f"old {place}", 800, 7, 10 + place % 90) for place in range(1000)]
    lots += [lot(f"new {place}", 10, 7, 20 + place % 70) for place in range(1000)]

    def tax_of(short: Decimal, long: Decimal) -> Decimal:
        return max(long - 20_000, Decimal(0)) / 5 + max(short, Decimal(-3_000)) / 3

    terms = Terms.on(lots, SALE.toordinal())
    choice = least_tax(terms, 6_000, 6_000 * 60 * COIN, tax_of)
    for method in (sorted(lots, key=lambda each: -each.basis_usd_micros), lots):
        gains, left = [Decimal(0), Decimal(0)], 6_000
        for each in method:
            used = min(left, each.quantity)
            left -= used
            unit = each.basis_usd_micros // each.quantity // 1_000_000
            gains[each.acquired < date(2025, 1, 1)] += used * (60 - unit)
        assert choice.tax <= tax_of(*gains)
