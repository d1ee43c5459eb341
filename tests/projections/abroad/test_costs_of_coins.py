"""Average and first-in-first-out costs: the published examples, and nothing lost to rounding."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.abroad.average import AverageYear, CostMethod, average_years
from lotwork.projections.abroad.fifo import Taken, first_in_first_out
from lotwork.projections.abroad.flows import Arrival, Departure, Flow, Move

BTC = 10**8
YEN = 10**6
METHODS: tuple[CostMethod, CostMethod] = ("total_average", "moving_average")


def came(name: str, day: date, quantity: int, cost: int, wallet: str = "cold", since: date | None = None) -> Arrival:
    return Arrival(name, day, wallet, "BTC", quantity, cost, "purchase", since or day)


def left(name: str, day: date, quantity: int, proceeds: int, wallet: str = "cold") -> Departure:
    return Departure(name, day, wallet, "BTC", quantity, proceeds, "sold")


NTA_2017: tuple[Flow, ...] = (
    came("march", date(2017, 3, 9), 4 * BTC, 2_000_000 * YEN),
    left("may", date(2017, 5, 20), BTC // 5, 110_000 * YEN),
    Departure("september", date(2017, 9, 28), "cold", "BTC", 3 * BTC // 10, 155_000 * YEN, "spent"),
    Departure("november", date(2017, 11, 2), "cold", "BTC", BTC, 600_000 * YEN, "swapped"),
    came("november 30", date(2017, 11, 30), 2 * BTC, 1_600_000 * YEN),
)
"""NTA, Individual Taxation Information No. 4 of 1 December 2017, the acquisition cost of virtual currency."""


def unit_yen(cost: Fraction) -> int:
    """Return the cost of one coin in yen, rounded up as the NTA's examples have it."""
    return ceil(cost * BTC / YEN)


def test_the_ntas_example_by_the_total_average() -> None:
    """3,600,000 yen over 6 BTC: 600,000 yen each."""
    made = average_years(NTA_2017, 2017, "total_average")["BTC"]
    assert unit_yen(Fraction(made.closing_cost, made.closing_quantity)) == 600_000
    assert (made.disposed_cost, made.closing_cost) == (900_000 * YEN, 2_700_000 * YEN)
    assert made.proceeds - made.sold_cost == (110_000 + 155_000 + 600_000 - 900_000) * YEN


def test_the_ntas_example_by_the_moving_average() -> None:
    """500,000 yen from 9 March; (1,250,000 + 1,600,000) over 4.5 BTC, 633,334 yen, from 30 November."""
    made = average_years(NTA_2017, 2017, "moving_average")["BTC"]
    assert made.disposed_cost == 750_000 * YEN
    assert made.closing_quantity == 45 * BTC // 10
    assert unit_yen(Fraction(made.closing_cost, made.closing_quantity)) == 633_334


def test_a_year_opens_with_what_the_year_before_left() -> None:
    later = (*NTA_2017, left("next", date(2019, 1, 5), BTC, 700_000 * YEN))
    made = average_years(later, 2019, "total_average")["BTC"]
    assert (made.opening_quantity, made.opening_cost) == (45 * BTC // 10, 2_700_000 * YEN)
    assert made.disposed_cost == 600_000 * YEN


def test_given_coins_take_their_cost_along_and_bring_nothing() -> None:
    gift = Departure("gift", date(2017, 12, 1), "cold", "BTC", BTC, 0, "gift")
    made = average_years((*NTA_2017, gift), 2017, "total_average")["BTC"]
    assert (made.disposed_cost, made.sold_cost) == (1_500_000 * YEN, 900_000 * YEN)


FLOWS = st.lists(
    st.tuples(st.booleans(), st.integers(1, 10**9), st.integers(0, 10**12), st.integers(0, 400)), max_size=12
)


def made_of(parts: list[tuple[bool, int, int, int]]) -> list[Flow]:
    day = date(2024, 1, 1)
    made: list[Flow] = []
    for n, (arrives, quantity, amount, days) in enumerate(parts):
        day += timedelta(days=days)
        made.append(came(f"a{n}", day, quantity, amount) if arrives else left(f"d{n}", day, quantity, amount))
    return made


@given(FLOWS, st.sampled_from(METHODS))
def test_what_came_is_what_was_disposed_of_and_what_is_left(
    parts: list[tuple[bool, int, int, int]], method: CostMethod
) -> None:
    flows = made_of(parts)
    years = [average_years(flows, year, method).get("BTC") for year in range(2024, 2039)]
    told = [each for each in years if each is not None]
    assert sum(each.acquired_cost for each in told) == sum(each.disposed_cost for each in told) + _left(told)
    for before, after in pairwise(told):
        assert (after.opening_quantity, after.opening_cost) == (before.closing_quantity, before.closing_cost)
    for each in told:
        assert each.closing_quantity >= 0
        assert 0 <= each.closing_cost <= each.opening_cost + each.acquired_cost


def _left(told: list[AverageYear]) -> int:
    return told[-1].closing_cost if told else 0


@given(FLOWS)
def test_with_every_purchase_before_every_sale_both_averages_agree(parts: list[tuple[bool, int, int, int]]) -> None:
    ordered = sorted(parts, key=lambda part: not part[0])
    flows = made_of([(arrives, quantity, amount, 0) for arrives, quantity, amount, _ in ordered])
    total, moving = (average_years(flows, 2024, method).get("BTC") for method in METHODS)
    if total is not None and moving is not None:
        assert abs(total.disposed_cost - moving.disposed_cost) <= len(flows)


def test_first_in_first_out_stays_in_its_wallet_and_a_move_takes_the_oldest_along() -> None:
    taken = first_in_first_out(
        [
            came("old", date(2024, 1, 1), 10, 100),
            came("new", date(2024, 6, 1), 10, 900),
            came("there", date(2024, 3, 1), 10, 500, wallet="hot"),
            Move("m", date(2024, 7, 1), "cold", "hot", "BTC", 12, "BTC"),
            left("s", date(2024, 8, 1), 15, 1500, wallet="hot"),
        ]
    )
    assert [(part.lot, part.quantity, part.cost, part.proceeds) for part in taken] == [
        ("old", 10, 100, 1000),
        ("there", 5, 250, 500),
    ]


def test_a_gift_is_as_old_as_the_giver_held_it() -> None:
    (first, _) = first_in_first_out(
        [
            came("bought", date(2024, 2, 1), 10, 100),
            came("given", date(2024, 3, 1), 10, 1, since=date(2020, 1, 1)),
            left("s", date(2024, 4, 1), 15, 100),
        ]
    )
    assert (first.lot, first.since) == ("given", date(2020, 1, 1))


@given(FLOWS, st.booleans())
def test_first_in_first_out_conserves_cost_quantity_and_proceeds(
    parts: list[tuple[bool, int, int, int]], by_wallet: bool
) -> None:
    flows = made_of(parts)
    taken = first_in_first_out(flows, by_wallet=by_wallet)
    for flow in flows:
        if isinstance(flow, Departure):
            own = [part for part in taken if part.disposal == flow.event]
            assert sum(part.quantity for part in own) == flow.quantity
            assert sum(part.proceeds for part in own) == flow.proceeds
        elif isinstance(flow, Arrival):
            used = [part for part in taken if part.lot == flow.event]
            assert sum(part.quantity for part in used) <= flow.quantity
            assert _spent(used) == flow.cost or sum(part.quantity for part in used) < flow.quantity


def _spent(parts: list[Taken]) -> int:
    return sum(part.cost for part in parts)


@pytest.mark.parametrize("method", METHODS)
def test_more_than_had_come_is_missing_and_cost_nothing(method: CostMethod) -> None:
    made = average_years([came("a", date(2024, 1, 1), 10, 100), left("s", date(2024, 2, 1), 15, 300)], 2024, method)[
        "BTC"
    ]
    assert (made.missing_quantity, made.disposed_cost, made.closing_quantity, made.closing_cost) == (5, 100, 0, 0)


def test_wrapped_coins_are_of_one_kind_with_what_they_were_wrapped_from() -> None:
    wrapped: list[Flow] = [
        Arrival("a", date(2024, 1, 1), "cold", "ETH", 10, 100, "receipt", date(2024, 1, 1)),
        Move("w", date(2024, 2, 1), "cold", "cold", "ETH", 10, "WETH"),
        Departure("s", date(2024, 3, 1), "cold", "WETH", 4, 60, "sold"),
    ]
    for by_wallet in (True, False):
        (part,) = first_in_first_out(wrapped, by_wallet=by_wallet)
        assert (part.asset, part.cost, part.since, part.lot) == ("WETH", 40, date(2024, 1, 1), "a")
    year = average_years(wrapped, 2024, "total_average")["ETH"]
    assert (year.sold_cost, year.closing_quantity, year.closing_cost) == (40, 6, 60)
