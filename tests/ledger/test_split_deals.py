"""An order that one teller tells whole and the other by its fills: one where the sums are exact, else asked about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lotwork.ledger.events import Event
from lotwork.ledger.split_deals import MOST_NEAR, split_deals
from tests.ledger.test_same_deals import ASSETS, AT, bought, came, left, sold


def told(ones: list[Event], others: list[Event]) -> dict[str, list[str]]:
    return {name: [each.id for each in events] for name, events in split_deals(ones, others, ASSETS).items()}


def parts(count: int, dollars: int = 43_000_000, quantity: int = 5, **more: Any) -> list[Event]:
    return [
        sold(f"p{number:02}", quantity=quantity, proceeds_usd_micros=dollars, fee_usd_micros=1_000_000, **more)
        for number in range(count)
    ]


def whole(name: str = "w", **more: Any) -> Event:
    return sold(name, **({"quantity": 10, "proceeds_usd_micros": 86_000_000, "fee_usd_micros": 2_000_000} | more))


def test_an_order_is_its_fills_both_ways() -> None:
    fills = parts(2)
    assert told([whole()], fills) == {"house:w": ["house:p00", "house:p01"]}
    assert told(fills, [whole()]) == {"house:p00": ["house:w"], "house:p01": ["house:w"]}


def test_forty_fills_of_one_size_and_instant_are_one_order() -> None:
    order = whole(quantity=200, proceeds_usd_micros=40 * 43_000_000, fee_usd_micros=40_000_000)
    assert len(told([order], parts(40))["house:w"]) == 40


@pytest.mark.parametrize(
    "more",
    [
        {"quantity": 11},
        {"proceeds_usd_micros": 86_010_000},
        {"proceeds_usd_micros": 85_990_000},
        {"fee_usd_micros": 2_010_000},
        {"fee_usd_micros": 0},
        {"wallet": "v"},
        {"asset": "LTC"},
        {"at": AT + timedelta(seconds=61)},
        {"at": AT - timedelta(seconds=61)},
        {"disposition": "swapped"},
    ],
)
def test_what_does_not_sum_to_it_exactly_is_not_its_fills(more: dict[str, Any]) -> None:
    assert not told([whole(**more)], parts(2))
    assert not told(parts(2), [whole(**more)])


def test_a_purchase_is_not_the_fills_of_a_sale() -> None:
    other = bought("w", quantity=10, cost_usd_micros=86_000_000, fee_usd_micros=2_000_000)
    assert not told([other], parts(2))
    assert not told([whole()], [bought("1", fee_usd_micros=1_000_000), bought("2", fee_usd_micros=1_000_000)])


def test_sums_are_one_to_the_digits_that_the_order_is_told_with() -> None:
    fills = parts(2, dollars=43_001_234)
    assert told([whole(proceeds_usd_micros=86_000_000)], fills)
    assert told([whole(proceeds_usd_micros=86_002_500)], fills)
    assert not told([whole(proceeds_usd_micros=86_003_500)], fills)


def test_where_two_choices_of_fills_would_do_nothing_is_one() -> None:
    fills = [*parts(2), sold("p99", proceeds_usd_micros=43_001_000, fee_usd_micros=1_000_000)]
    assert not told([whole()], fills)
    assert not told([whole()], parts(3)), "one of three alike is left over"
    assert not told([whole("w"), whole("x")], parts(2)), "two orders would have the same fills"


def test_of_fills_that_are_all_alike_any_choice_is_the_same() -> None:
    orders = [whole("w"), whole("x")]
    assert told(orders, parts(4)) == {"house:w": ["house:p00", "house:p01"], "house:x": ["house:p02", "house:p03"]}
    assert not told(orders, parts(5))
    assert not told([whole("w"), whole("x", proceeds_usd_micros=86_005_000)], parts(4))


def test_a_lone_fill_is_no_split_order_and_a_receipt_has_no_fills() -> None:
    assert not told([whole()], [whole("1")])
    assert not told([came("w", quantity=10)], [came("1"), came("2")])


def test_a_fee_in_a_third_coin_is_summed_too() -> None:
    def deal(name: str, quantity: int, fee: int) -> list[Event]:
        dollars = quantity * 8_600_000
        return [bought(name, quantity=quantity, cost_usd_micros=dollars), left(f"{name}:2", quantity=fee)]

    fills = [*deal("1", 5, 2), *deal("2", 7, 3)]
    assert told(deal("w", 12, 5), fills) == {"house:w": ["house:1", "house:2"], "house:w:2": ["house:1:2", "house:2:2"]}
    assert not told(deal("w", 12, 6), fills)
    assert not told(deal("w", 12, 5)[:1], fills)


def several(count: int, name: str, quantity: int = 1, seconds: int = 0) -> list[Event]:
    told: dict[str, Any] = {"quantity": quantity, "cost_usd_micros": quantity * 1_000_000}
    return [bought(f"{name}{number:05}", at=AT + timedelta(seconds=seconds), **told) for number in range(count)]


def test_more_fills_of_one_minute_than_are_looked_through_are_asked_about() -> None:
    fills, orders = several(MOST_NEAR + 1, "p"), several(MOST_NEAR // 2, "w", 2)
    assert len(told(orders, fills[:-1])) == len(orders)
    assert not told(orders, fills)
    apart, late = several(1, "apart", 3, 50), several(3, "q", 1, 80)
    assert list(told([*orders, *apart], late)) == ["house:apart00000"]
    assert not told([*orders, *apart], [*fills, *late])
