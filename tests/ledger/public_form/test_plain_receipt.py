"""The short way for plain receipts, held against the long way: the same event, or left to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Event
from lotwork.ledger.public_form.contract import parse_event, read_line
from lotwork.ledger.public_form.plain_receipt import Words, at_sight, plain_receipt
from lotwork.ledger.slips import hidden_in, is_plain_word, is_plainly_well, is_well_told, slips_of
from lotwork.ledger.storage.rows import columns_of, microseconds
from lotwork.ledger.units import Asset, AssetTable
from tests.ledger.public_form.plain_lines import PLAIN, lines

ASSETS = AssetTable().with_declared((Asset("FINE", 24), Asset("WHOLE", 0)))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def read_long(line: Mapping[str, Any]) -> Event | None:
    try:
        return read_line(line, ASSETS, "f:1")
    except InputRefusedError:
        return None


@settings(max_examples=150)
@given(lines())
@example(PLAIN | {"price_usd": "9999999999999", "quantity": "9"})
@example(PLAIN | {"income": ["pool_payout"]})
def test_what_is_read_at_sight_is_what_the_long_way_makes_of_it(line: dict[str, Any]) -> None:
    short, long = at_sight(line, ASSETS, Words()), read_long(line)
    if short is not None:
        assert long is not None
        name, at, source, txid, payload = short
        assert (name, "receipt", microseconds(at), source, txid, payload) == columns_of(long)
        assert plain_receipt(line, ASSETS) == long
    if at_sight(line, ASSETS, Words(is_plain_word)) and long and is_well_told(long.id, (long.id,), long.at, txid, NOW):
        assert is_plainly_well(long, NOW)
    if long is None:
        with pytest.raises(InputRefusedError):
            parse_event(line, ASSETS, "f:1")
    else:
        assert parse_event(line, ASSETS, "f:1") == long
        if is_plainly_well(long, NOW):
            assert [*hidden_in(long, ""), *slips_of(long, NOW, "")] == []


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"source": "pool:ocean", "pool": "ocean"},
        {"txid": "AB" * 32},
        {"asset": "ETH", "quantity": "0.000000000000000001"},
        {"price_usd": "0.50"},
        {"at": "2025-01-02T00:00:00.123Z"},
    ],
    ids=str,
)
def test_a_plain_line_is_read_at_sight(more: dict[str, Any]) -> None:
    """Else nothing would be short: the oracle above agrees with a short way that never takes anything."""
    line = PLAIN | more
    read = plain_receipt(line, ASSETS)
    assert read is not None
    assert read == read_line(line, ASSETS, "f:1")
    assert is_plainly_well(read, NOW)


@pytest.mark.parametrize(
    "more",
    [
        {"wallet": "WALLET"},
        {"id": "change_me"},
        {"at": "2026-01-01T00:00:01Z"},
        {"txid": f"{'ab' * 32}:1"},
        {"pool": "ocean\u200b"},
        {"note": "Change-Me"},
    ],
    ids=str,
)
def test_what_may_be_a_slip_is_looked_at(more: dict[str, Any]) -> None:
    assert not is_plainly_well(parse_event(PLAIN | more, ASSETS, "f:1"), NOW)
