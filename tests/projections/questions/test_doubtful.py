"""Not every inflow is income: what a swap, an unwrapping or a refund brings back is held until a person says so.

Law: what is received in an exchange is the amount realized (26 U.S.C. 1001(b)), and its cost (1012); gross income is
what comes in beside (61; Notice 2014-21, A-8).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from lotwork.ledger.errors import InputRefusedError
from lotwork.projections.replay.book import Book
from tests.projections.house import receipt, sale, shared_book, told, transfer

SWAP, PAYOUT, OTHER = "4e" * 32, "aa" * 32, "bb" * 32
USDX = {"kind": "asset", "id": "usdx", "at": "2025-01-01T00:00:00Z", "asset": "USDX", "decimals": 6}
MINED = receipt("mined", "2025-02-05", "1", "3000", asset="ETH")
CAME = receipt("in", "2025-03-05", "1500", "1", asset="USDX", txid=SWAP, source="eth")


def movement(name: str, quantity: str, asset: str = "ETH", **more: Any) -> dict[str, Any]:
    line = {"kind": "movement", "id": name, "at": "2025-03-05T12:00:00Z", "wallet": "cold", "asset": asset}
    return line | {"quantity": quantity, "txid": SWAP, "source": "eth"} | more


def moved(giver: str, taker: str, txid: str, **more: Any) -> dict[str, Any]:
    return transfer("moved", "2025-03-05", "0.02", giver, taker, **{"txid": txid, "source": giver} | more)


def correction(target: str, **change: Any) -> dict[str, Any]:
    line = {"kind": "correction", "id": f"c-{target}", "at": "2025-03-06T12:00:00Z", "target": target}
    return line | {"set": change, "reason": "as it was"}


def codes(book: Book) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.event) for finding in book.told()]


def income(book: Book) -> int:
    return sum(book.income.of_year(2025).values())


def commands(book: Book, word: str, event: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the events that the commands after *word* in the one finding of a doubt, or that of *event*, add."""
    (message,) = (
        finding.message
        for finding in book.told()
        if finding.code == "inflow_doubtful" and event in (None, finding.event)
    )
    (text,) = re.findall(f"{word}: `([^`]*)`", message)
    for number, command in enumerate(text.split(" && ")):
        lotwork, add, kind, *words = shlex.split(command)
        assert (lotwork, add) == ("lotwork", "add")
        line: dict[str, Any] = {"kind": kind, "id": f"said{number}", "at": "2025-03-07T12:00:00Z"}
        line |= dict(each.split("=", 1) for each in words)
        if "set" in line:
            line["set"] = msgspec.json.decode(line["set"])
        yield line


@pytest.mark.parametrize(
    "legs",
    [
        [movement("out", "0.5")],
        [movement("out", "0.5"), correction("out", kind="sale", proceeds_usd="1500", disposition="swapped")],
        [movement("out", "0.5", fee_quantity="0.001")],
        [movement("out", "0.5", wallet="hot")],
        [movement("gas:gas", "0.001")],
        [moved("cold", "hot", SWAP, asset="ETH")],
        [movement("out", "0.5", source="another")],
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_what_came_for_what_an_own_wallet_gave_is_no_income_until_somebody_says_so(
    legs: list[Mapping[str, Any]], order: int
) -> None:
    book = shared_book(USDX, MINED, *[CAME, *legs][::order])
    assert income(book) == 3_000_000_000
    assert ("inflow_doubtful", "in") in codes(book)
    assert [lot for lot in book.open_lots() if lot.asset == "USDX"] == []
    assert [row.value_usd_micros for row in book.income.rows if row.receipt == "in"] == [None]


def test_a_person_who_says_that_it_is_income_has_it_counted() -> None:
    book = shared_book(USDX, MINED, CAME, movement("out", "0.5"), correction("in", doubt="none"))
    assert income(book) == 4_500_000_000
    assert codes(book) == [("movement_unexplained", "out")]


def test_the_commands_of_a_swap_sell_what_left_for_what_came_and_gas_is_a_cost() -> None:
    lines = (USDX, MINED, CAME, movement("out", "0.5", fee_quantity="0.01"))
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap"))
    assert (income(book), codes(book)) == (3_000_000_000, [])
    (row,) = book.gains.rows
    assert (row.quantity, row.proceeds_usd_micros, row.basis_usd_micros) == (51 * 10**16, 1_500_000_000, 1_530_000_000)
    assert [lot.basis_usd_micros for lot in book.open_lots() if lot.asset == "USDX"] == [1_500_000_000]


def test_the_gas_of_a_token_sold_for_coins_is_spent_and_a_cost_of_the_coins() -> None:
    token = receipt("mined", "2025-02-05", "1500", "1", asset="USDX")
    gas = receipt("gas", "2025-02-05", "0.1", "2000", asset="ETH")
    came = receipt("in", "2025-03-05", "0.5", None, asset="ETH", txid=SWAP, source="eth")
    price = {"kind": "price", "id": "p", "at": "2025-03-05T12:00:00Z", "asset": "ETH", "price_usd": "3000"}
    lines = (USDX, token, gas, came, price, movement("out", "1500", "USDX"), movement("tx:gas", "0.01"))
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap"))
    assert codes(book) == []
    assert income(book) == 1_700_000_000
    assert [(row.disposal, row.proceeds_usd_micros, row.basis_usd_micros) for row in book.gains.rows] == [
        ("out", 1_500_000_000, 1_500_000_000),
        ("tx:gas", 30_000_000, 20_000_000),
    ]
    assert [lot.basis_usd_micros for lot in book.open_lots() if lot.lot == "in"] == [1_530_000_000]


def test_change_that_a_contract_gave_back_lowers_what_left() -> None:
    back = receipt("in", "2025-03-05", "0.1", "3000", asset="ETH", txid=SWAP, source="eth")
    lines = (MINED, back, movement("out", "0.5"))
    book = shared_book(*lines, *commands(shared_book(*lines), "change given back"))
    assert (income(book), codes(book)) == (3_000_000_000, [("movement_unexplained", "out")])
    assert book.balances.held["cold", "ETH"] == 6 * 10**17


def test_coins_that_went_from_one_own_wallet_to_another_are_a_transfer() -> None:
    came = receipt("in", "2025-03-05", "0.49", "3000", asset="ETH", txid=SWAP, source="node")
    lines = (MINED | {"wallet": "kraken"}, came, movement("out", "0.5", wallet="kraken", source="kraken"))
    book = shared_book(*lines, *commands(shared_book(*lines), "a transfer of your own coins"))
    assert (income(book), codes(book)) == (3_000_000_000, [("fee_pending", "out")])
    assert [(lot.wallet, lot.quantity) for lot in book.open_lots()] == [("cold", 49 * 10**16), ("kraken", 5 * 10**17)]


WETH = {"kind": "asset", "id": "weth", "at": "2024-01-01T00:00:00Z", "asset": "WETH", "decimals": 18}


def wrapped(day: str, *, unwrapped: bool = False) -> tuple[dict[str, Any], ...]:
    gave, took = ("WETH", "ETH") if unwrapped else ("ETH", "WETH")
    mined = receipt("mined", "2023-05-05", "1", "3000", asset=gave)
    came = receipt("in", day, "0.5", None, asset=took, txid=SWAP, source="eth", doubt="wrapped")
    return WETH, mined, came, movement("out", "0.5", gave, at=f"{day}T12:00:00Z")


@pytest.mark.parametrize("day", ["2024-03-05", "2025-03-05"])
@pytest.mark.parametrize("unwrapped", [False, True])
def test_wrapped_coins_that_are_told_as_a_transfer_keep_their_basis_and_their_time(day: str, unwrapped: bool) -> None:
    lines = wrapped(day, unwrapped=unwrapped)
    held = shared_book(*lines)
    assert sorted(codes(held)) == [("inflow_doubtful", "in"), ("movement_unexplained", "out")]
    word = "a transfer, wrapped or unwrapped, which by your position realizes nothing"
    book = shared_book(*lines, *commands(held, word))
    assert [finding for finding in codes(book) if finding[0] != "allocation_assumed"] == []
    assert sum(book.income.of_year(2023).values()) == 3_000_000_000
    assert [(lot.asset, lot.quantity, lot.basis_usd_micros, lot.acquired.year) for lot in book.open_lots()] == [
        ("ETH", 5 * 10**17, 1_500_000_000, 2023),
        ("WETH", 5 * 10**17, 1_500_000_000, 2023),
    ]
    assert {asset: held for (_, asset), held in book.balances.held.items()} == {"ETH": 5 * 10**17, "WETH": 5 * 10**17}
    assert book.gains.rows == []


def test_wrapped_coins_that_are_told_as_a_swap_are_sold_for_their_value() -> None:
    """The cautious reading of 26 U.S.C. 1001: another property was received."""
    price = {"kind": "price", "id": "p", "at": "2025-03-05T12:00:00Z", "asset": "WETH", "price_usd": "4000"}
    lines = (*wrapped("2025-03-05"), price)
    book = shared_book(*lines, *commands(shared_book(*lines), "a swap"))
    assert codes(book) == []
    assert [(row.proceeds_usd_micros, row.basis_usd_micros) for row in book.gains.rows] == [
        (2_000_000_000, 1_500_000_000)
    ]


def test_coins_of_other_decimals_are_never_moved_into_one_another() -> None:
    change = moved("cold", "hot", SWAP, to_asset="USDX", asset="ETH")
    with pytest.raises(InputRefusedError) as refused:
        told(USDX, change)
    assert refused.value.problems[0].reason == "USDX has other decimals than ETH"


def test_a_log_of_the_former_release_keeps_its_figure_and_is_told() -> None:
    lines = (USDX, MINED, CAME, movement("out", "0.5"))
    book = shared_book(*lines, former=len(lines))
    assert income(book) == 4_500_000_000
    assert ("inflow_doubtful", "in") in codes(book)
    (message,) = (finding.message for finding in book.told() if finding.event == "in")
    assert "it counts, as it did when it was recorded" in message
    assert codes(shared_book(*lines, correction("in", doubt="none"), former=4)) == [("movement_unexplained", "out")]


def test_a_payout_that_also_settles_a_credit_of_the_pool_is_a_payout() -> None:
    """A pool pays two own wallets in one transaction; one of them is told as moved out of the wallet at the pool."""
    paid = receipt("in", "2025-03-05", "0.5", txid=PAYOUT, source="node", pool="ocean", vout=1)
    credited = moved("Ocean", "hot", PAYOUT)
    assert [code for code, _ in codes(shared_book(paid, credited)) if code == "inflow_doubtful"] == []


# -- the list of the pool it is named for


def output(name: str, txid: str, **more: Any) -> dict[str, Any]:
    return receipt(name, "2025-04-05", "0.02", "90000", txid=txid, vout=0, source="node", pool="ocean") | more


def listed(name: str, txid: str, **more: Any) -> dict[str, Any]:
    return receipt(name, "2025-04-05", "0.02", "90000", txid=txid, source="ocean", pool="ocean") | more


@pytest.mark.parametrize(
    ("lines", "unlisted"),
    [
        ([listed("p1", PAYOUT), output("n1", PAYOUT), output("n2", OTHER)], ["n2"]),
        ([listed("p1", PAYOUT), output("n2", OTHER)], ["n2"]),
        ([listed("p1", PAYOUT), output("n2", OTHER, at="2025-04-05T12:00:01Z")], ["n2"]),
        ([listed("p1", PAYOUT), output("n2", OTHER, at="2025-04-05T11:59:59Z")], []),
        ([listed("p1", PAYOUT), output("n2", OTHER, at="2024-01-05T12:00:00Z")], []),
        ([listed("p1", PAYOUT), listed("p0", "cc" * 32, at="2024-01-01T12:00:00Z"),
          output("n2", OTHER, at="2024-01-05T12:00:00Z")], ["n2"]),
        ([listed("p1", PAYOUT), listed("p0", "cc" * 32, at="2024-01-01T12:00:00Z", source="node"),
          output("n2", OTHER, at="2024-01-05T12:00:00Z")], []),
        ([listed("p1", PAYOUT, pool="OCEAN"), output("n2", OTHER)], ["n2"]),
        ([moved("ocean", "cold", PAYOUT), output("n2", OTHER)], ["n2"]),
        ([listed("p1", PAYOUT), output("n1", PAYOUT)], []),
        ([output("n1", PAYOUT), output("n2", OTHER)], []),
        ([listed("p1", PAYOUT, pool="luxor"), output("n2", OTHER)], []),
        ([listed("p1", PAYOUT), output("n2", OTHER, pool=None)], []),
        ([listed("p1", PAYOUT, source=None), output("n2", OTHER)], []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", [1, -1])
def test_an_output_that_its_pools_own_list_does_not_have_is_no_income_of_it(
    lines: list[Mapping[str, Any]], unlisted: list[str], order: int
) -> None:
    book = shared_book(*lines[::order])
    assert [event for code, event in codes(book) if code == "inflow_doubtful"] == unlisted
    assert [row.receipt for row in book.income.rows if row.doubt is not None] == unlisted


def test_an_unlisted_output_counts_once_the_list_has_it() -> None:
    lines = [listed("p1", PAYOUT), output("n1", PAYOUT), output("n2", OTHER)]
    assert income(shared_book(*lines)) == 1_800_000_000
    assert income(shared_book(*lines, listed("p2", OTHER))) == 3_600_000_000


# -- who paid


def paid(name: str, day: str, payer: str | None, **more: Any) -> dict[str, Any]:
    return receipt(name, day, "1", "100", payer=payer, asset="ETH") | more


def test_a_payout_from_an_address_that_never_paid_before_waits_for_a_word() -> None:
    """An own coin sent to the payout address looks like a payout."""
    lines = [paid("a", "2025-01-01", "0xaa"), paid("b", "2025-01-02", "0xAA"), paid("c", "2025-01-03", "0xbb")]
    book = shared_book(*lines, paid("d", "2025-01-04", "0xbb"))
    assert [event for code, event in codes(book) if code == "inflow_doubtful"] == ["c", "d"]
    assert income(book) == 200_000_000
    settled = shared_book(*lines, paid("d", "2025-01-04", "0xbb"), correction("c", doubt="none"))
    assert (income(settled), codes(settled)) == (400_000_000, [])


@pytest.mark.parametrize("custody", ["broker", "self"])
@pytest.mark.parametrize("watch", ["0xCC", "0xcc", "0xAA, 0xCC", "0xaa 0xCc", "0xaa,0xcc", " 0xcc "])
@pytest.mark.parametrize("kind", ["pool_payout", "block_reward", "staking", "other"])
def test_what_an_own_wallet_paid_is_no_income_of_any_kind(custody: str, watch: str, kind: str) -> None:
    account = {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "kraken", "custody": custody}
    lines = [account | {"watch": watch}, paid("a", "2025-01-01", "0xcC", income=kind)]
    book = shared_book(*lines)
    assert (income(book), codes(book)) == (0, [("inflow_doubtful", "a")])
    (said,) = commands(book, "a transfer of your own coins")
    assert said["set"] == {"kind": "transfer", "from_wallet": "kraken"}
    assert codes(shared_book(account | {"watch": "0xCCC"}, lines[1])) == []


def test_what_a_wallet_paid_itself_came_from_no_other_wallet_that_is_known() -> None:
    own = {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "cold", "watch": "0xcc"}
    (said,) = commands(shared_book(own, paid("a", "2025-01-01", "0xcc")), "a transfer of your own coins")
    assert said["set"] == {"kind": "transfer", "from_wallet": "WALLET"}


@pytest.mark.parametrize("more", [{"payer": None}, {"wallet": "hot"}, {"income": "staking"}])
def test_what_says_nothing_of_a_payer_or_is_no_payout_is_not_compared(more: dict[str, Any]) -> None:
    assert codes(shared_book(paid("a", "2025-01-01", "0xaa"), paid("b", "2025-01-02", "0xbb") | more)) == []


def test_credits_without_a_payout_are_income_where_they_went_or_not_paid_yet() -> None:
    credit = receipt("in", "2025-03-05", "0.01", "90000", pool="ocean", wallet="ocean", doubt="no_payout")
    paid_out = [line | {"set": line["set"] | {"wallet": "phone"}} for line in commands(shared_book(credit), "income")]
    book = shared_book(credit, *paid_out)
    assert (income(book), codes(book)) == (900_000_000, [])
    assert [(lot.wallet, lot.quantity) for lot in book.open_lots()] == [("phone", 1_000_000)]
    owed = shared_book(credit, *commands(shared_book(credit), "not paid yet"))
    assert (income(owed), codes(owed), owed.open_lots()) == (0, [], ())


@pytest.mark.parametrize(
    ("word", "kinds"),
    [("a pool's payout", ["pool_payout"]), ("other income", ["other"]), ("told by another source too", [])],
)
def test_what_a_file_does_not_explain_is_what_a_person_says(word: str, kinds: list[str]) -> None:
    came = receipt("in", "2025-03-05", "0.01", "90000", income="other", doubt="unexplained")
    assert (income(shared_book(came)), codes(shared_book(came))) == (0, [("inflow_doubtful", "in")])
    book = shared_book(came, *commands(shared_book(came), word))
    assert (income(book), codes(book)) == (900_000_000 * len(kinds), [])
    assert [row.income for row in book.income.rows] == kinds


@pytest.mark.parametrize(
    "doubt",
    ["wrapped", "private", "no_payout", "same_transaction", "own_account", "unexplained", "wrong_unit", "not_credited"],
)
def test_what_a_source_doubts_is_held_and_a_sale_of_it_lacks_coins(doubt: str) -> None:
    book = shared_book(receipt("r", "2025-01-01", "1", doubt=doubt), sale("s", "2025-02-01", "1", "100"))
    assert income(book) == 0
    assert codes(book) == [("inflow_doubtful", "r"), ("coins_missing", "s")]
    assert book.balances.held["cold", "BTC"] == 0
