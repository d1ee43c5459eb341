"""Deals that a house tells twice, under two names: one where nothing is doubtful, and none where something is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.ledger.events import Event, Movement, Purchase, Receipt, Sale, Transfer
from lotwork.ledger.same_deals import agreed, are_rounded, base_of, house_of, is_part, same_deals
from lotwork.ledger.units import Asset, AssetTable

AT = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
ASSETS = AssetTable().with_declared([Asset("BNB", 18)])


def bought(name: str, **more: Any) -> Purchase:
    told: dict[str, Any] = {
        "at": AT,
        "wallet": "w",
        "asset": "BTC",
        "quantity": 5,
        "cost_usd_micros": 86_000_000,
        "source": "api",
    }
    return Purchase(id=f"house:{name}", **(told | more))


def sold(name: str, **more: Any) -> Sale:
    told: dict[str, Any] = {"at": AT, "wallet": "w", "asset": "BTC", "quantity": 5, "proceeds_usd_micros": 86_000_000}
    return Sale(id=f"house:{name}", **(told | more))


def came(name: str, **more: Any) -> Receipt:
    told: dict[str, Any] = {"at": AT, "wallet": "w", "asset": "BTC", "quantity": 5, "income": "other"}
    return Receipt(id=f"house:{name}", **(told | more))


def left(name: str, **more: Any) -> Movement:
    told: dict[str, Any] = {"at": AT, "wallet": "w", "asset": "BNB", "quantity": 5}
    return Movement(id=f"house:{name}", **(told | more))


def found(rows: list[Event], others: list[Event]) -> dict[str, str]:
    return {name: other.id for name, other in same_deals(rows, others, ASSETS).items()}


@pytest.mark.parametrize(
    "other",
    [
        bought("2"),
        bought("2", at=AT.replace(microsecond=999_999)),
        bought("2", cost_usd_micros=86_004_999),
        bought("2", cost_usd_micros=85_995_001),
        bought("2", fee_usd_micros=0),
        bought("2", note="another word", source="export", row="abc"),
    ],
)
def test_one_deal_is_one_however_it_is_rounded(other: Event) -> None:
    assert found([bought("1")], [other]) == {"house:1": "house:2"}


@pytest.mark.parametrize(
    "other",
    [
        bought("2", quantity=6),
        bought("2", wallet="v"),
        bought("2", asset="LTC"),
        bought("2", at=AT.replace(second=58)),
        bought("2", cost_usd_micros=86_010_000),
        bought("2", fee_usd_micros=10_000),
        sold("2"),
    ],
)
def test_a_deal_that_differs_is_another(other: Event) -> None:
    assert not found([bought("1")], [other])


def test_only_deals_of_one_house_are_compared() -> None:
    other = Purchase(id="other:2", at=AT, wallet="w", asset="BTC", quantity=5, cost_usd_micros=86_000_000)
    assert not found([bought("1")], [other])
    assert house_of(other) == "other"
    assert house_of(Purchase(id="2", at=AT, wallet="w", asset="BTC", quantity=5, cost_usd_micros=1)) == ""


def test_where_one_teller_tells_more_of_them_nothing_is_one() -> None:
    assert not found([bought("1")], [bought("2"), bought("3")])
    assert not found([bought("1"), bought("4")], [bought("2")])
    assert found([bought("1"), bought("4")], [bought("2"), bought("3")]) == {
        "house:1": "house:2",
        "house:4": "house:3",
    }


def test_of_two_on_each_side_all_must_agree() -> None:
    assert not found([bought("1"), bought("4")], [bought("2"), bought("3", cost_usd_micros=87_000_000)])


@pytest.mark.parametrize(
    ("one", "two", "is_one"),
    [
        (came("1"), came("2", value_usd_micros=5, txid="ab" * 32), True),
        (came("1", txid="AB" * 32), came("2", txid="ab" * 32), True),
        (came("1", txid="cd" * 32), came("2", txid="ab" * 32), False),
        (came("1", income="staking"), came("2"), False),
        (came("1", doubt="unexplained"), came("2"), True),
        (left("1", fee_quantity=1), left("2"), False),
        (left("1", fee_quantity=0), left("2"), True),
        (sold("1", disposition="swapped"), sold("2"), False),
        (left("1"), sold("2", asset="BNB", disposition="spent"), False),
        (
            Transfer(id="house:1", at=AT, from_wallet="a", to_wallet="b", asset="BTC", quantity=5),
            Transfer(id="house:2", at=AT, from_wallet="a", to_wallet="c", asset="BTC", quantity=5),
            False,
        ),
    ],
)
def test_what_one_teller_does_not_say_is_no_other(one: Event, two: Event, is_one: bool) -> None:
    assert bool(found([one], [two])) is is_one


def test_a_fee_in_a_third_coin_is_of_its_deal() -> None:
    api: list[Event] = [bought("1"), left("1:2")]
    export: list[Event] = [bought("2", fee_usd_micros=600_000), sold("2:2", asset="BNB", disposition="spent")]
    assert found(api, export) == {"house:1": "house:2", "house:1:2": "house:2:2"}
    assert not found([api[0]], export)
    assert not found(api, [export[0], sold("2:2", asset="BNB", disposition="spent", quantity=6)])


def test_a_part_is_known_by_its_name() -> None:
    assert [base_of(name) for name in ("house:a", "house:a:2", "house:2")] == ["house:a", "house:a", "house:2"]
    assert is_part("house:a:4")
    assert not is_part("house:a:5")


def test_a_twin_lends_its_instant_and_its_digits() -> None:
    exact = bought("2", at=AT.replace(microsecond=5), cost_usd_micros=86_004_999)
    assert agreed(bought("1"), exact) == bought("1", at=exact.at, cost_usd_micros=86_004_999)
    assert agreed(came("1"), came("2", value_usd_micros=5)) == came("1")
    assert agreed(sold("1"), exact) == sold("1")


@pytest.mark.parametrize(
    ("one", "two", "rounded"),
    [
        (86_000_000, 86_009_999, True),
        (86_000_000, 86_010_000, False),
        (86_012_345, 86_012_300, True),
        (86_012_345, 86_012_400, True),
        (86_012_345, 86_012_500, False),
        (86_012_345, 86_012_346, False),
        (0, 9_999, True),
    ],
)
def test_sums_are_one_as_far_as_their_digits_explain(one: int, two: int, rounded: bool) -> None:
    assert are_rounded(one, two) is are_rounded(two, one) is rounded
