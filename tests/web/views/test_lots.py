"""Lots on the screen: what each wallet holds and is worth, and when its coins turn long-term."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import PROFILE, receipt

PRICE = {"kind": "price", "id": "x", "at": "2026-11-01T12:00:00Z", "asset": "BTC", "price_usd": "120000"}
LINES = (
    receipt("a", "2025-02-01"), receipt("b", "2026-02-20", "0.02"), receipt("c", "2026-03-05", wallet="node"),
)  # fmt: skip


def text_of(client: TestClient, address: str) -> str:
    return read(client.get(address).text).text


def test_each_wallet_has_its_coins_the_long_term_ones_its_basis_and_its_worth(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, PRICE, *LINES)
    text = text_of(ask(tmp_path), "/lots")
    assert "cellar 2 0.03000000 BTC 0.01000000 $3,000.00 $3,600.00" in text
    assert "node 1 0.01000000 BTC 0.00000000 $1,000.00 $1,200.00" in text


def test_the_bars_tell_the_coins_that_turn_in_each_month_ahead_and_no_coin_that_has_turned(
    tmp_path: Path, ask: Ask
) -> None:
    record(tmp_path, PROFILE, PRICE, *LINES)
    text = text_of(ask(tmp_path), "/lots")
    assert "BTC turning long-term, month by month from Nov 22, 2026" in text
    assert "The figures behind the bars Feb 2027: 0.02000000 BTC Mar 2027: 0.01000000 BTC Long-term already" in text


def test_a_lot_says_what_it_would_gain_and_the_days_it_still_has_to_be_held(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, PRICE, *LINES)
    client = ask(tmp_path)
    lots = text_of(client, "/lots").partition("Open lots")[2]
    assert "Feb 1, 2025 cellar 0.01000000 BTC $1,000.00 $1,200.00 $200.00 now" in lots
    # Held for more than one year: from Feb 21, 2027, 91 days after Nov 22, 2026.
    assert "Feb 20, 2026 cellar 0.02000000 BTC $2,000.00 $2,400.00 $400.00 in 91 days" in lots
    short = text_of(client, "/lots?term=short").partition("Open lots")[2]
    assert "Feb 1, 2025" not in short
    assert "1\N{EN DASH}2 of 2 lots" in short
    assert "1\N{EN DASH}1 of 1 lot" in text_of(client, "/lots?wallet=node&term=short")


def test_without_a_price_nothing_is_said_of_worth_or_gain(tmp_path: Path, ask: Ask) -> None:
    bought = {"kind": "purchase", "id": "b", "at": "2026-05-01T12:00:00Z", "wallet": "hot", "asset": "LTC",
              "quantity": "2", "cost_usd": "180"}  # fmt: skip
    record(tmp_path, PROFILE, bought)
    text = text_of(ask(tmp_path), "/lots")
    assert "May 1, 2026 hot 2.00000000 LTC $180.00 \N{EN DASH} \N{EN DASH} in 161 days" in text
