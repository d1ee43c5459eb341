"""The template of a pool does what the pools copied from it are expected to do: each payout once, or a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import IntegrityError, SourceRefusedError
from lotwork.ledger.events import Receipt
from lotwork.ledger.store import EventStore
from tests.growing.new_pool import Millpond, MillpondSection
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.scripted_server import Reply, Script, client_of, serving

NOW = datetime(2026, 6, 20, tzinfo=UTC)
PAYOUTS = [
    {"id": "88101", "paid_at": 1_780_304_461, "amount_sats": 1_048_576, "txid": "a3" * 32},
    {"id": "88215", "paid_at": 1_780_390_902, "amount_sats": 998_004, "txid": "5c" * 32},
    {"id": "88340", "paid_at": 1_780_477_287, "amount_sats": 1_102_210, "txid": "e0" * 32},
]


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with EventStore.open(tmp_path, clock=SetClock(NOW)) as opened:
        yield opened


def asked(server: Script, store: EventStore, told: Any, *, void: tuple[str, ...] = ()) -> int:
    """Return how many events are new where the pool tells *told* and a person voided the payouts *void*."""
    server.answer = lambda _path: Reply(body=json.dumps(told).encode())
    pool = Millpond(
        section=MillpondSection(name="millpond", account="miller", wallet="cold", base_url=server.url),
        client=client_of("millpond", clock=SetClock(NOW)),
        evidence=MemoryEvidence(),
        is_void=lambda event_id: event_id.removeprefix("millpond:miller:") in void,
    )
    return watch_once(pool, store)


def recorded(store: EventStore) -> dict[str, int]:
    return {event.id: event.quantity for _, event in store.read("main") if isinstance(event, Receipt)}


def test_each_payout_is_recorded_once_and_a_new_one_beside_it(server: Script, store: EventStore) -> None:
    assert asked(server, store, {"payouts": PAYOUTS[:2]}) == 2
    assert asked(server, store, {"payouts": PAYOUTS[1::-1]}) == 0
    assert asked(server, store, {"payouts": PAYOUTS}) == 1
    assert recorded(store) == {f"millpond:miller:{one['id']}": one["amount_sats"] for one in PAYOUTS}


def test_a_payout_that_is_told_otherwise_is_refused_until_it_is_voided(server: Script, store: EventStore) -> None:
    asked(server, store, {"payouts": PAYOUTS})
    other = [{**PAYOUTS[0], "amount_sats": 7}, *PAYOUTS[1:]]
    for told in (other, PAYOUTS[1:]):
        with pytest.raises(SourceRefusedError, match="millpond:miller:88101 was recorded and is no longer told so"):
            asked(server, store, {"payouts": told})
    assert asked(server, store, {"payouts": other}, void=("88101",)) == 1
    assert recorded(store)["millpond:miller:88101:7"] == 7


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([], "Expected `object`, got `array`"),
        ({}, "missing required field `payouts`"),
        ({"payouts": PAYOUTS, "next": 2}, "unknown field `next`"),
        ({"payouts": [PAYOUTS[0], PAYOUTS[0]]}, "it lists a payout twice"),
        ({"payouts": [{**PAYOUTS[0], "amount_sats": 0}]}, "Expected `int` >= 1"),
        ({"payouts": [{**PAYOUTS[0], "amount_sats": "1"}]}, "Expected `int`, got `str`"),
        ({"payouts": [{**PAYOUTS[0], "amount_sats": 0.5}]}, "Expected `int`"),
        ({"payouts": [{**PAYOUTS[0], "paid_at": 1_780_304_461_000}]}, "it tells of the future"),
        ({"payouts": [{**PAYOUTS[0], "paid_at": 10**30}]}, "it tells of the future"),
        ({"payouts": [{**PAYOUTS[0], "txid": "a3"}]}, "Expected `str` matching regex"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_whole(
    told: Any, words: str, server: Script, store: EventStore
) -> None:
    with pytest.raises(SourceRefusedError, match=words):
        asked(server, store, told)
    assert store.cursor("main", "millpond") is None


def test_a_cursor_that_cannot_be_read_is_damage() -> None:
    with pytest.raises(IntegrityError, match="the stored cursor of millpond cannot be read"):
        Millpond._read(Named(), "[")  # type: ignore[arg-type] # of the pool, only its name is asked for


class Named:
    name = "millpond"
