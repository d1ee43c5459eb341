"""A misspelled wallet has no lots: where coins are missing in it, the one that was meant is told, with its command."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, receipt, sale, transfer
from tests.projections.questions.answering import answers

MINED = receipt("mined", "2025-01-01", "1", wallet="coinbase")
MORE = receipt("more", "2025-01-02", "1", wallet="coinbase")


def asked(*lines: dict[str, Any]) -> list[str]:
    return [finding.message for finding in book_of(*lines).told() if finding.code == "coins_missing"]


@pytest.mark.parametrize(
    ("lines", "meant"),
    [
        ([MINED, MORE, sale("s", "2025-03-01", "0.5", "50", wallet="coinbse")], "coinbase"),
        ([MINED, MORE, sale("s", "2025-03-01", "0.5", "50", wallet="Coinbaes")], "coinbase"),
        ([MINED, sale("s", "2025-03-01", "0.5", "50", wallet="coinbas")], "coinbase"),
        ([MINED, MORE, transfer("t", "2025-03-01", "0.5", "conbase", "cold")], "coinbase"),
        ([MINED | {"wallet": "nicehash"}, transfer("t", "2025-03-01", "0.5", "nicehahs", "coinbase")], "nicehash"),
        (
            [
                MINED | {"wallet": "nicehash"},
                {"kind": "movement", "id": "m", "at": "2025-03-01T12:00:00Z", "wallet": "nicehash", "asset": "BTC",
                 "quantity": "1"},
                transfer("t", "2025-03-01", "1", "nicehahs", "coinbase"),
            ],
            "nicehash",
        ),
    ],
)  # fmt: skip
def test_a_misspelled_wallet_is_told_with_the_command_that_corrects_it(lines: list[dict[str, Any]], meant: str) -> None:
    (message,) = asked(*lines)
    assert f"did you mean {meant}?" in message
    (said,) = answers(message)
    assert asked(*lines, *said) == []


def test_the_name_that_is_written_less_often_is_the_slip() -> None:
    moved = transfer("t", "2025-02-01", "1", "rig", "coinbse")
    sold = sale("s", "2025-03-01", "0.5", "50", wallet="coinbase")
    bought = receipt("other", "2025-01-01", "1", wallet="coinbase", asset="LTC")
    lines = [MINED | {"wallet": "rig"}, moved, bought, sold]
    (message,) = asked(*lines)
    assert "coinbse holds some: did you mean coinbase there?" in message
    (said,) = answers(message)
    assert codes(book_of(*lines, *said)) == []


@pytest.mark.parametrize(("one", "other"), [("rig1", "rig2"), ("cold", "hot"), ("coinbase", "kraken")])
def test_wallets_of_other_names_or_numbers_are_not_taken_for_each_other(one: str, other: str) -> None:
    (message,) = asked(MINED | {"wallet": one}, sale("s", "2025-03-01", "0.5", "50", wallet=other))
    assert "did you mean" not in message


def test_wallets_without_the_coin_or_both_declared_are_not_meant() -> None:
    sold = sale("s", "2025-03-01", "0.5", "50", wallet="coinbse")
    (message,) = asked(MINED | {"asset": "LTC"}, sold)
    assert "did you mean" not in message
    both = [{"kind": "wallet", "id": name, "at": "2025-01-01T00:00:00Z", "wallet": name}
            for name in ("coinbase", "coinbse")]  # fmt: skip
    (message,) = asked(MINED, sold, *both)
    assert "did you mean" not in message
