"""A wallet that is spelled in two ways, and a coin under two tickers, keep two sets of lots: they are asked about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, receipt, sale, transfer
from tests.projections.questions.answering import answers

FIRST = receipt("a", "2025-03-01", "1")
XBT = {"kind": "asset", "id": "xbt", "at": "2020-01-01T00:00:00Z", "asset": "XBT", "decimals": 8}


def declared(name: str) -> dict[str, Any]:
    return {"kind": "wallet", "id": f"w-{name}", "at": "2020-01-01T00:00:00Z", "wallet": name}


@pytest.mark.parametrize("name", ["Cold", " cold ", "COLD", "cold.", "\uff43old", "cold\u00a0"])
def test_a_wallet_in_another_spelling_is_asked_about(name: str) -> None:
    other = receipt("b", "2025-04-01", "0.5", wallet=name)
    book = book_of(FIRST, other)
    assert codes(book) == ["wallet_spelled_twice"]
    one, two = answers(book.told()[0].message)
    renamed = book_of(FIRST, other, *one)
    assert (codes(renamed), {lot.wallet for lot in renamed.open_lots()}) == ([], {"cold"})
    assert codes(book_of(FIRST, other, *two)) == []


@pytest.mark.parametrize("name", ["cold 2", "hot", "cold-storage", "gold"])
def test_another_name_is_another_wallet(name: str) -> None:
    assert codes(book_of(FIRST, receipt("b", "2025-04-01", "0.5", wallet=name))) == []


@pytest.mark.parametrize(
    ("names", "found"), [(("rig 1-1", "rig 11"), []), (("rig-11", "Rig 11"), ["wallet_spelled_twice"])]
)
def test_rigs_that_are_numbered_apart_are_two_wallets(names: tuple[str, str], found: list[str]) -> None:
    lines = [receipt(name, "2025-03-01", f"0.{place}", wallet=name) for place, name in enumerate(names, 1)]
    assert codes(book_of(*lines)) == found


def test_the_name_that_is_declared_holds_and_every_kind_of_event_is_renamed() -> None:
    lines = (
        declared("Cold"), FIRST, receipt("b", "2025-04-01", "0.5", wallet="Cold"),
        transfer("t1", "2025-05-01", "0.2", "cold", "exchange"),
        transfer("t2", "2025-05-02", "0.1", "exchange", "cold"),
        sale("s", "2025-06-01", "0.1", "9000"), sale("s2", "2025-06-02", "0.1", "9000", wallet="exchange"),
    )  # fmt: skip
    book = book_of(*lines)
    assert [finding.code for finding in book.told()] == ["wallet_spelled_twice"]
    one, _ = answers(book.told()[0].message)
    renamed = book_of(*lines, *one)
    assert (codes(renamed), renamed.balances.held["cold", "BTC"]) == ([], 0)


def test_two_wallets_that_are_both_declared_are_two() -> None:
    other = receipt("b", "2025-04-01", "2", wallet="Cold")
    assert codes(book_of(declared("cold"), declared("Cold"), FIRST, other)) == []


@pytest.mark.parametrize(
    ("coin", "other", "decimals"), [("BTC", "XBT", 8), ("BTC", "btc", 8), ("DOGE", "XDG", 8), ("ETH", "XETH", 18)]
)
def test_a_coin_under_another_ticker_is_asked_about(coin: str, other: str, decimals: int) -> None:
    lines = (
        XBT | {"asset": other, "decimals": decimals}, FIRST | {"asset": coin},
        receipt("b", "2025-04-01", "0.5", asset=other, wallet="kraken"),
    )  # fmt: skip
    book = book_of(*lines)
    assert codes(book) == ["coin_named_twice"]
    one, two = answers(book.told()[0].message)
    assert (codes(book_of(*lines, *one)), codes(book_of(*lines, *two))) == ([], [])
    assert {lot.asset for lot in book_of(*lines, *one).open_lots()} == {coin}


def test_a_coin_that_is_mixed_with_others_is_renamed_event_by_event() -> None:
    lines = (
        XBT,
        FIRST,
        receipt("b", "2025-04-01", "0.5", asset="XBT"),
        receipt("c", "2025-05-01", "0.25", asset="XBT"),
    )
    book = book_of(*lines)
    one, _ = answers(book.told()[0].message)
    assert [said["target"] for said in one] == ["b", "c"]
    assert codes(book_of(*lines, *one)) == []


def test_a_coin_on_another_chain_or_one_that_nobody_holds_twice_is_no_question() -> None:
    other = receipt("b", "2025-04-01", "0.5", asset="XBT")
    assert codes(book_of(XBT | {"chain": "tezos"}, FIRST, other)) == []
    assert codes(book_of(XBT | {"chain": "bitcoin"}, FIRST, other)) == ["coin_named_twice"]
    assert codes(book_of(XBT, other)) == []


def test_what_is_asked_does_not_grow_with_the_times_it_is_told() -> None:
    book = book_of(FIRST, *(receipt(f"b{n}", "2025-04-01", "0.5", wallet="COLD", source="x") for n in range(9)))
    assert book.told() == book.told()
    assert codes(book) == ["wallet_spelled_twice"]
