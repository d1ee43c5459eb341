"""What came together in one transaction is answered together, once: what left was given for all of it.

Law: the amount realized is the sum of all that is received (26 U.S.C. 1001(b)); each costs what it was worth (1012).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.replay.book import Book
from tests.projections.house import receipt, shared_book
from tests.projections.questions.test_doubtful import (
    CAME,
    MINED,
    SWAP,
    USDX,
    codes,
    commands,
    correction,
    income,
    movement,
)

USDZ = {"kind": "asset", "id": "usdz", "at": "2025-01-01T00:00:00Z", "asset": "USDZ", "decimals": 6}
TWO = (
    receipt("in1", "2025-03-05", "700", "1", asset="USDX", txid=SWAP, source="eth", vout=1),
    receipt("in2", "2025-03-05", "800", "1", asset="USDZ", txid=SWAP, source="eth", vout=2),
)


@pytest.mark.parametrize("stands_at", ["in1", "in2"])
@pytest.mark.parametrize("order", [1, -1])
def test_what_left_for_two_coins_is_sold_for_both_by_one_answer(stands_at: str, order: int) -> None:
    """26 U.S.C. 1001(b): the amount realized is the sum of all that is received; 1012: each cost what it was worth."""
    lines = (USDX, USDZ, MINED, *[*TWO, movement("out", "0.5")][::order])
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap", stands_at))
    assert (income(book), codes(book)) == (3_000_000_000, [])
    assert [(row.proceeds_usd_micros, row.basis_usd_micros) for row in book.gains.rows] == [
        (1_500_000_000, 1_500_000_000)
    ]
    cost = {lot.lot: lot.basis_usd_micros for lot in book.open_lots()}
    assert (cost["in1"], cost["in2"]) == (700_000_000, 800_000_000)


@pytest.mark.parametrize(
    "said",
    [
        [correction("out", kind="sale", proceeds_usd="700", disposition="swapped")],
        [
            correction("out", kind="sale", proceeds_usd="700", disposition="swapped"),
            correction("in1", kind="purchase", cost_usd="700"),
        ],
    ],
)
def test_a_sale_for_the_first_of_two_coins_is_raised_by_the_second(said: list[dict[str, Any]]) -> None:
    """What the command of a former release made of it: the second coin was never in the proceeds."""
    lines = (USDX, USDZ, MINED, *TWO, movement("out", "0.5"), *said)
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap", "in2"))
    assert codes(book) == []
    assert [row.proceeds_usd_micros for row in book.gains.rows] == [1_500_000_000]
    cost = {lot.lot: lot.basis_usd_micros for lot in book.open_lots()}
    assert (cost["in1"], cost["in2"]) == (700_000_000, 800_000_000)


def test_the_gas_of_a_swap_for_two_coins_is_shared_by_what_they_cost() -> None:
    price = {"kind": "price", "id": "p", "at": "2025-03-05T12:00:00Z", "asset": "ETH", "price_usd": "3000"}
    lines = (USDX, USDZ, MINED, price, *TWO, movement("out", "0.5"), movement("tx:gas", "0.01"))
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap", "in1"))
    assert codes(book) == []
    cost = {lot.lot: lot.basis_usd_micros for lot in book.open_lots()}
    assert (cost["in1"], cost["in2"]) == (714_000_000, 816_000_000)


def test_one_of_two_coins_that_nobody_priced_is_never_left_out_of_what_the_sale_brought() -> None:
    lines = (USDX, USDZ, MINED, TWO[0], TWO[1] | {"price_usd": None}, movement("out", "0.5"))
    said = [line["set"] for line in commands(shared_book(*lines), "a swap", "in1")]
    assert [change.get("proceeds_usd") or change["cost_usd"] for change in said] == ["AMOUNT", "AMOUNT", "700.000000"]


@pytest.mark.parametrize("stands_at", ["in1", "in2"])
def test_change_that_came_in_two_outputs_lowers_what_left_by_both(stands_at: str) -> None:
    back = [
        receipt(f"in{n}", "2025-03-05", f"0.{n}", "3000", asset="ETH", txid=SWAP, source="eth", vout=n) for n in (1, 2)
    ]
    lines = (MINED, *back, movement("out", "0.5"))
    book = shared_book(*lines, *commands(shared_book(*lines), "change given back", stands_at))
    assert (income(book), codes(book)) == (3_000_000_000, [("movement_unexplained", "out")])
    assert book.balances.held["cold", "ETH"] == 8 * 10**17


@pytest.mark.parametrize("wallets", [("cold", "cold"), ("cold", "hot"), ("cold", "kraken")])
def test_own_coins_that_came_in_two_outputs_are_all_moved(wallets: tuple[str, str]) -> None:
    came = [
        receipt(f"in{n}", "2025-03-05", f"0.{n}", "3000", asset="ETH", txid=SWAP, source="node", vout=n, wallet=wallet)
        for n, wallet in enumerate(wallets, 1)
    ]
    out = movement("out", "0.3", wallet="kraken", source="kraken", fee_quantity="0.1")
    lines = (MINED | {"wallet": "kraken"}, *came, out | {"quantity": "0.306"})
    book = shared_book(*lines, *commands(shared_book(*lines), "a transfer of your own coins", "in2"))
    assert (income(book), codes(book)) == (3_000_000_000, [("fee_pending", "out")])
    held = dict.fromkeys(wallets, 0) | {"kraken": 594 * 10**15}
    for n, wallet in enumerate(wallets, 1):
        held[wallet] += n * 10**17
    assert {wallet: amount for (wallet, _), amount in book.balances.held.items() if amount} == held


@pytest.mark.parametrize(("left", "fee"), [("0.5", None), ("0.5", "0.01"), ("0.12", None), ("5", "0.001")])
def test_what_left_beside_own_coins_is_no_fee_of_theirs_unless_a_person_says_so(left: str, fee: str | None) -> None:
    """0.1 came to an own wallet of what left: the rest paid somebody, and is a movement to be explained."""
    came = receipt("in", "2025-03-05", "0.1", "3000", asset="ETH", txid=SWAP, source="node")
    out = movement("out", left, wallet="kraken", source="kraken", fee_quantity=fee)
    lines = (MINED | {"wallet": "kraken", "quantity": "9"}, came, out)
    asked = shared_book(*lines)
    split = shared_book(*lines, *commands(asked, "a transfer of your own coins, and the rest went to somebody else"))
    assert [code for code, _ in codes(split) if code != "fee_pending"] == ["movement_unexplained"]
    whole = shared_book(
        *lines, *commands(asked, "a transfer of your own coins, and all of the rest was the network's fee")
    )
    assert codes(whole) == [("fee_pending", "out")]
    for book in (split, whole):
        gone = Decimal(left) + Decimal(fee or 0)
        assert book.balances.held["cold", "ETH"] == 10**17
        assert book.balances.held["kraken", "ETH"] == (9 - gone) * 10**18


@pytest.mark.parametrize("fee", [None, "0.01"])
@pytest.mark.parametrize("parts", [["0.5"], ["0.2", "0.3"]])
def test_of_more_coins_than_left_the_change_is_none_and_the_rest_is_what_somebody_says(
    parts: list[str], fee: str | None
) -> None:
    """0.1 ETH left, and 0.5 came: 0.4 are new, and only they can be income (26 U.S.C. 61)."""
    back = [
        receipt(f"in{n}", "2025-03-05", part, "3000", asset="ETH", txid=SWAP, source="eth", vout=n)
        for n, part in enumerate(parts)
    ]
    lines = (MINED, *back, movement("out", "0.1", fee_quantity=fee))
    last = f"in{len(parts) - 1}"
    fee_left, unexplained = (10**16, [("movement_unexplained", "out")]) if fee else (0, [])
    earned = shared_book(*lines, *commands(shared_book(*lines), "change given back and the rest income", last))
    assert (income(earned), codes(earned)) == (4_200_000_000, unexplained)
    assert earned.balances.held["cold", "ETH"] == 14 * 10**17 - fee_left
    said = [*commands(shared_book(*lines), "change given back and the rest coins bought", last)]
    said[0]["set"]["cost_usd"] = "1200"
    bought = shared_book(*lines, *said)
    assert (income(bought), codes(bought)) == (3_000_000_000, unexplained)
    assert {lot.lot: lot.basis_usd_micros for lot in bought.open_lots()}["in0"] == 1_200_000_000
    said = [*commands(shared_book(*lines), "change given back and the rest own coins", last)]
    said[0]["set"]["from_wallet"] = "hot"
    earlier = receipt("hot", "2025-01-05", "1", "3000", asset="ETH", wallet="hot")
    moved = shared_book(earlier, *lines, *said)
    assert (income(moved), codes(moved)) == (6_000_000_000, unexplained)
    assert moved.balances.held["cold", "ETH"] == 14 * 10**17 - fee_left


def test_all_that_left_and_came_back_is_nothing() -> None:
    back = receipt("in", "2025-03-05", "0.5", "3000", asset="ETH", txid=SWAP, source="eth")
    for fee, told in ((None, []), ("0.01", [("movement_unexplained", "out")])):
        lines = (MINED, back, movement("out", "0.5", fee_quantity=fee))
        book = shared_book(*lines, *commands(shared_book(*lines), "change given back"))
        assert (income(book), codes(book)) == (3_000_000_000, told)
        assert book.balances.held["cold", "ETH"] == (99 * 10**16 if fee else 10**18)


# -- coins that left once, and are told twice

PRICE = {"kind": "price", "id": "p", "at": "2025-03-05T12:00:00Z", "asset": "ETH", "price_usd": "3000"}
SOLD = {"kind": "sale", "proceeds_usd": "1500"}


def proceeds(book: Book) -> list[int]:
    return [row.proceeds_usd_micros for row in book.gains.rows]


@pytest.mark.parametrize("spelling", [SWAP, f"0x{SWAP}", SWAP.upper()])
def test_gas_that_two_sources_tell_is_spent_once(spelling: str) -> None:
    gas = [movement("a:gas", "0.01", note="gas"), movement("b:gas", "0.01", note="gas", source="node", txid=spelling)]
    book = shared_book(PRICE, MINED, *gas)
    assert (proceeds(book), codes(book)) == ([30_000_000], [])


def test_a_movement_that_two_sources_tell_is_answered_once() -> None:
    told = (MINED, movement("a", "0.5"), movement("b", "0.5", source="csv"))
    assert codes(shared_book(*told)) == [("movement_unexplained", "a")]
    for name in ("a", "b"):
        book = shared_book(*told, correction(name, **SOLD))
        assert (proceeds(book), codes(book)) == ([1_500_000_000], [])
    both = shared_book(*told, correction("a", **SOLD), correction("b", **SOLD))
    assert (proceeds(both), codes(both)) == ([1_500_000_000], [("transaction_told_twice", "b")])


def test_sales_of_what_one_source_told_twice_are_asked_about_until_a_note_tells_them_apart() -> None:
    told = (MINED, movement("a", "0.5"), movement("b", "0.5"), correction("a", **SOLD))
    assert codes(shared_book(*told, correction("b", **SOLD))) == [("transaction_told_twice", "b")]
    book = shared_book(*told, correction("b", **SOLD, note="to a second buyer"))
    assert (proceeds(book), codes(book)) == ([1_500_000_000, 1_500_000_000], [])


def test_coins_told_as_left_twice_are_sold_in_one_swap() -> None:
    lines = (USDX, MINED, CAME, movement("a", "0.5"), movement("b", "0.5", source="csv"))
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap"))
    assert (proceeds(book), codes(book)) == ([1_500_000_000], [])
