"""What is told twice of one transaction names the commands that answer it; each of them settles it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.projections.house import receipt, shared_book, transfer
from tests.projections.questions.answering import answers

TX = "5c" * 32
AT = "2025-03-05T12:00:00Z"
FUNDS = receipt("funds", "2025-01-01", "5", wallet="hot")


def seen(name: str, quantity: str, **more: Any) -> dict[str, Any]:
    return receipt(name, AT, quantity, txid=TX, **{"source": "node", **more})


def gone(name: str, **more: Any) -> dict[str, Any]:
    line = {"kind": "movement", "id": name, "at": AT, "wallet": "hot", "asset": "BTC", "quantity": "0.5", "txid": TX}
    return {**line, "source": "node", **more}


def moved(quantity: str, **more: Any) -> dict[str, Any]:
    return transfer("t", AT, quantity, "hot", "cold", txid=TX, source="exchange", **more)


CASES: dict[str, tuple[str, list[dict[str, Any]], int]] = {
    "one source, a receipt": ("transaction_told_twice", [seen("a", "0.5"), seen("b", "0.5")], 2),
    "one source, other amounts": ("transaction_told_twice", [seen("a", "0.5"), seen("b", "0.4")], 2),
    "one source, two wallets": ("transaction_told_twice", [seen("a", "0.5"), seen("b", "0.5", wallet="hot")], 2),
    "one source, coins that left": ("transaction_told_twice", [FUNDS, gone("a"), gone("b")], 2),
    "two sources, other fees": (
        "transaction_told_twice",
        [FUNDS, gone("a"), gone("b", source="exchange", fee_quantity="0.01")],
        2,
    ),
    "two sources, two wallets": ("likely_twins", [seen("a", "0.5"), seen("b", "0.5", source="x", wallet="hot")], 2),
    "one output": ("output_told_twice", [seen("a", "0.5", vout=0), seen("b", "0.5", vout=0)], 1),
    "a pool's list": ("twins_disagree", [seen("a", "0.5", vout=0), seen("b", "0.4", source="pool")], 1),
    "two lists": ("twins_disagree", [seen("a", "0.5", source="pool"), seen("b", "1", source="exchange")], 2),
    "two lists, one net": ("twins_disagree", [seen("a", "0.5", source="pool"), seen("b", "0.495", source="x")], 2),
    "a list of parts": (
        "twins_disagree",
        [seen("a", "0.5", source="pool"), seen("b", "0.2", source="pool"), seen("c", "0.5", source="x")],
        1,
    ),
    "two lists of two kinds": (
        "twins_disagree",
        [seen("a", "0.5", source="node", vout=1, income="other"), seen("b", "0.5", source="pool")],
        2,
    ),
    "a pool's word and a wallet's": (
        "twins_disagree",
        [seen("a", "0.5", source="x", income="staking"), seen("b", "0.5", source="pool")],
        2,
    ),
    "two sources, two wallets, a fee kept": (
        "likely_twins",
        [seen("a", "0.5", source="pool"), seen("b", "0.48", source="x", wallet="hot")],
        2,
    ),
    "a transfer less a fee": ("twins_disagree", [FUNDS, moved("0.5"), seen("a", "0.4999", vout=0)], 1),
    "a transfer with its fee": (
        "twins_disagree",
        [FUNDS, moved("0.5", fee_quantity="0.0002"), seen("a", "0.4999", vout=1)],
        1,
    ),
    "a transfer in two outputs": (
        "twins_disagree",
        [FUNDS, moved("0.5"), seen("a", "0.2", vout=0), seen("b", "0.29", vout=1)],
        1,
    ),
    "a transfer of less": ("twins_disagree", [FUNDS, moved("0.4"), seen("a", "0.5", vout=0)], 1),
}


@pytest.mark.parametrize("case", CASES)
def test_each_answer_that_is_named_settles_it(case: str) -> None:
    code, lines, least = CASES[case]
    (message,) = (finding.message for finding in shared_book(*lines).told() if finding.code == code)
    told = answers(message)
    assert len(told) >= least
    for said in told:
        left = [finding.message for finding in shared_book(*lines, *said).told() if finding.code == code]
        assert not left


@pytest.mark.parametrize(
    ("lines", "fee"),
    [
        ([moved("0.5"), seen("a", "0.4999", vout=0)], 10_000),
        ([moved("0.5", fee_quantity="0.0002"), seen("a", "0.4999", vout=0)], 30_000),
        ([moved("0.5"), seen("a", "0.2", vout=0), seen("b", "0.29", vout=1)], 1_000_000),
    ],
)
def test_what_a_node_saw_is_never_voided_the_transfer_is_corrected_with_its_fee(
    lines: list[dict[str, Any]], fee: int
) -> None:
    """A row of one's own node is what happened: what a transfer tells beyond it left as a fee."""
    (message,) = (each.message for each in shared_book(FUNDS, *lines).told() if each.code == "twins_disagree")
    (said,) = answers(message)
    assert [each["target"] for each in said] == ["t"]
    book = shared_book(FUNDS, *lines, *said)
    assert book.balances.held["cold", "BTC"] + book.balances.held["hot", "BTC"] == 500_000_000 - fee
    arrived = sum(Decimal(line["quantity"]) * 10**8 for line in lines if line["kind"] == "receipt")
    assert book.balances.held["cold", "BTC"] == arrived


@pytest.mark.parametrize(
    "lines",
    [
        [seen("a", "0.5", source="pool"), seen("b", "0.5", source="x"), seen("c", "0.5", vout=0)],
        [
            seen("a", "0.2", source="pool"),
            seen("b", "0.3", source="pool"),
            seen("c", "0.5", source="x", income="other"),
        ],
        [seen("a", "0.5", vout=0, income="block_reward"), seen("b", "0.5", source="pool")],
        [seen("a", "0.5", source="pool"), seen("b", "0.3", source="x", wallet="hot")],
    ],
)
def test_tellers_that_agree_are_not_asked_about(lines: list[dict[str, Any]]) -> None:
    codes = {finding.code for finding in shared_book(*lines).told()}
    assert not codes & {"twins_disagree", "likely_twins"}


CAME = receipt("came", "2025-03-05T14:00:00Z", "0.4999", source="exchange", wallet="kraken")
LIKELY: dict[str, tuple[str, list[dict[str, Any]], int]] = {
    "one payout": ("likely_twins", [CAME, CAME | {"id": "paid", "source": "pool", "wallet": "rig"}], 2),
    "a node's output": ("likely_twins", [CAME, seen("out", "0.4999", vout=0)], 2),
    "what left": ("likely_transfer", [FUNDS, gone("left"), CAME], 2),
    "what left with its fee": ("likely_transfer", [FUNDS, gone("left", fee_quantity="0.0001"), CAME], 2),
    "what was bought": (
        "likely_transfer",
        [{"kind": "purchase", "id": "buy", "at": AT, "wallet": "hot", "asset": "BTC", "quantity": "0.5",
          "cost_usd": "40000", "source": "x"}, CAME],
        3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LIKELY)
def test_each_answer_to_what_looks_like_one_settles_it(case: str) -> None:
    code, lines, count = LIKELY[case]
    (message,) = (finding.message for finding in shared_book(*lines).told() if finding.code == code)
    told = answers(message)
    assert len(told) >= count
    for said in told:
        book = shared_book(*lines, *said)
        assert [finding.code for finding in book.told() if finding.code == code] == []
        assert "out" not in [each.get("target") for each in said if each["kind"] == "void"]
        if said[0].get("set", {}).get("kind") == "transfer" and case != "what was bought":
            left = 50_000_000 + (10_000 if "fee" in case else 0)
            assert book.balances.held["hot", "BTC"] == 500_000_000 - left
            assert book.balances.held["kraken", "BTC"] == 49_990_000
