"""A network's fee that its watcher has named is spent, and so a disposal, without a person (26 U.S.C. 1001)."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.projections.abroad.flows import Departure, flows_of
from lotwork.projections.abroad.rates import Rates
from lotwork.service.pending import waiting_of
from tests.projections.house import book_of, codes

MINED = {"kind": "receipt", "id": "r", "at": "2025-02-05T12:00:00Z", "wallet": "vault", "asset": "ETH", "quantity": "1",
         "income": "pool_payout", "price_usd": "3000"}  # fmt: skip
GAS = {"kind": "movement", "id": "evm:1:0xfee:gas", "at": "2025-03-01T12:00:00Z", "wallet": "vault", "asset": "ETH",
       "quantity": "0.001", "note": "gas", "source": "eth"}  # fmt: skip
PRICE = {"kind": "price", "id": "p", "at": "2025-03-01T12:00:00Z", "asset": "ETH", "price_usd": "3100", "source": "x",
         "interval": "60s"}  # fmt: skip
MOVING = "the miner's fee of moving coins between own addresses"


@pytest.mark.parametrize(
    "fee",
    [
        GAS,
        GAS | {"txid": "0x" + "ab" * 32},
        GAS | {"id": "evm:10:0xcafe:gas", "source": "optimism"},
        GAS | {"id": "litecoin:aa:vault", "note": MOVING},
        {name: value for name, value in GAS.items() if name != "note"},
    ],
)
def test_a_fee_alone_is_a_disposal_at_the_price_of_its_minute(fee: dict[str, Any]) -> None:
    """Case 26: 0.001 ETH at 3,100, of a lot at 3,000: proceeds 3.10, basis 3.00, gain 0.10."""
    book = book_of(MINED, fee, PRICE)
    (row,) = book.gains.rows
    assert (row.proceeds_usd_micros, row.basis_usd_micros, row.gain_usd_micros) == (3_100_000, 3_000_000, 100_000)
    assert (row.disposal, row.lot) == (fee["id"], "r")
    assert codes(book) == []
    assert [lot.quantity for lot in book.open_lots()] == [999 * 10**15]
    assert dict(book.balances.held) == {("vault", "ETH"): 999 * 10**15}


def test_a_fee_that_tells_its_own_price_waits_for_none() -> None:
    book = book_of(MINED, GAS | {"price_usd": "3100"})
    (row,) = book.gains.rows
    assert (row.proceeds_usd_micros, row.gain_usd_micros) == (3_100_000, 100_000)
    assert codes(book) == []
    assert waiting_of(book, 2).wanted == ()


@pytest.mark.parametrize("other", [{"note": "a gift"}, {"note": "gas", "fee_quantity": "0.1"}, {"note": None}])
def test_coins_that_left_otherwise_still_want_a_word(other: dict[str, Any]) -> None:
    book = book_of(MINED, GAS | {"id": "gone"} | other, PRICE)
    assert codes(book) == ["movement_unexplained"]
    assert book.gains.rows == []


def test_a_fee_without_a_price_waits_for_it_and_is_in_no_figure() -> None:
    book = book_of(MINED, GAS)
    assert codes(book) == ["fee_pending"]
    assert book.gains.rows == []
    assert [lot.quantity for lot in book.open_lots()] == [999 * 10**15]
    waiting = waiting_of(book, 2)
    assert [(wanted.asset, wanted.at.isoformat()) for wanted in waiting.wanted] == [
        ("ETH", "2025-03-01T12:00:00+00:00")
    ]
    assert waiting.movements == 0


def test_what_a_person_said_of_a_fee_holds() -> None:
    said = {"kind": "correction", "id": "c", "at": "2025-04-01T00:00:00Z", "target": GAS["id"], "reason": "a gift",
            "set": {"kind": "sale", "proceeds_usd": "3.5", "disposition": "spent"}}  # fmt: skip
    (row,) = book_of(MINED, GAS, PRICE, said).gains.rows
    assert row.proceeds_usd_micros == 3_500_000


def test_more_fees_than_coins_are_told() -> None:
    book = book_of(GAS, PRICE)
    assert codes(book) == ["coins_missing"]


def test_abroad_a_fee_is_spent_too() -> None:
    book = book_of(MINED, GAS, PRICE)
    rates = Rates.read((), "EUR", book.history.calendar)
    flows = flows_of(book, rates, 2025, [])
    assert [flow.quantity for flow in flows if isinstance(flow, Departure)] == [10**15]
