"""The template of a pool is declared in full, and what is its own is tested; what every pool does, by its case.

`CASE` goes into tests/ingest/pools/cases.py: by it the pool passes the faults, pages and revisions that all pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Receipt
from lotwork.ledger.store import EventStore
from tests.growing.new_pool import SOURCE
from tests.ingest.pools.kit import KEY, NOW, Case, Paid, PoolServer, context_of
from tests.ingest.wires import Asked

PAYOUTS: list[dict[str, Any]] = [
    {"id": 88340, "paid_at": 1_772_590_087, "amount_sats": 1_102_210, "status": "sent", "txid": "e0" * 32},
    {"id": 88215, "paid_at": 1_772_503_687, "amount_sats": 998_004, "status": "sent", "txid": "5c" * 32},
    {"id": 88101, "paid_at": 1_772_417_261, "amount_sats": 1_048_576, "status": "sent", "txid": "a3" * 32},
]


def telling(paid: Sequence[Paid], _asked: Asked) -> Any:
    rows = [
        {"id": one.number, "paid_at": one.seconds, "amount_sats": one.units, "status": "sent", "txid": one.txid}
        for one in reversed(paid)
    ]
    return {"payouts": rows}


CASE = Case(
    name="millpond",
    kind="millpond",
    settings={"account": "miller", "wallet": "cold", "start": "2026-02-01", "key_file": "millpond.key"},
    samples=lambda _asked: {"payouts": PAYOUTS},
    telling=telling,
)


def recorded(told: Any, home: Path) -> list[tuple[str, int]]:
    """Return the receipts that hold after one look at a pool that tells *told*."""
    clock, server = SetClock(NOW), PoolServer(lambda _asked: told)
    section = msgspec.convert({"name": "millpond", **CASE.settings}, SOURCE.settings)
    with EventStore.open(home, clock=clock) as store:
        watch_once(SOURCE.build(section, context_of(server, store, clock, home)), store)
        assert {asked.headers["x-key"] for asked in server.asked} == {KEY}
        return [(event.id, event.quantity) for _, event in store.read("main") if isinstance(event, Receipt)]


def test_each_payout_that_was_sent_is_a_receipt(tmp_path: Path) -> None:
    queued = {**PAYOUTS[0], "id": 9, "status": "queued", "txid": None}
    returned = {**PAYOUTS[0], "id": 8, "status": "returned"}
    assert recorded({"payouts": [queued, returned, *PAYOUTS]}, tmp_path) == [
        ("millpond:miller:payouts:88101", 1_048_576),
        ("millpond:miller:payouts:88215", 998_004),
        ("millpond:miller:payouts:88340", 1_102_210),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"amount_sats": 0}, "a payout pays nothing"),
        ({"amount_sats": "1"}, "amount_sats of a payout is no whole number"),
        ({"amount_sats": 2_100_000_000_000_001}, "is more than all BTC"),
        ({"paid_at": 1_780_304_461}, "it tells of the future"),
        ({"paid_at": 1_772_503_687_000}, "is no instant"),
        ({"status": "lost"}, "says 'lost', a word we do not know"),
        ({"txid": None}, "is no id of a transaction"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_whole(row: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(SourceRefusedError, match=words):
        recorded({"payouts": [{**PAYOUTS[0], **row}, *PAYOUTS[1:]]}, tmp_path)
