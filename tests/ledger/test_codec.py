"""Events as they are stored: canonical, complete, and refused when damaged."""

from __future__ import annotations

import json
from typing import Any, get_args

import msgspec
import pytest

from lotwork.ledger import codec
from lotwork.ledger.codec import KINDS, SCHEMA_VERSION, decode, derived_id, encode, kind_of, upcast
from lotwork.ledger.errors import IntegrityError, NewerFormatError
from lotwork.ledger.events import Event, Expense
from tests.projections.every_kind import AT, EVERY_KIND


def test_the_registry_holds_every_kind_of_the_vocabulary() -> None:
    assert set(KINDS.values()) == set(get_args(Event))


@pytest.mark.parametrize("event", EVERY_KIND, ids=kind_of)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    payload = encode(event)
    assert decode(kind_of(event), SCHEMA_VERSION, payload) == event
    assert decode(kind_of(event), SCHEMA_VERSION, payload.decode()) == event
    assert json.loads(payload)["kind"] == kind_of(event)


@pytest.mark.parametrize("event", EVERY_KIND, ids=kind_of)
def test_a_payload_has_its_keys_sorted_and_leaves_out_defaults(event: Event) -> None:
    keys = list(json.loads(encode(event)))
    assert keys == sorted(keys)
    assert {"source", "note", "evidence"}.isdisjoint(keys)


@pytest.mark.parametrize("event", EVERY_KIND, ids=kind_of)
def test_a_derived_id_names_kind_and_content_and_ignores_the_id(event: Event) -> None:
    derived = derived_id(event)
    assert derived.startswith(f"{kind_of(event)}-")
    assert derived == derived_id(msgspec.structs.replace(event, id="another"))
    assert derived != derived_id(msgspec.structs.replace(event, note="another"))


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"null", b'{"kind":"receipt"}', b'{"kind":"luck","id":"a"}', b"\xff\xfe",
     b'{"kind":"receipt","id":"r","at":"2025-01-01T00:00:00Z","wallet":"w","asset":"BTC","quantity":0,"income":"other"}',
     b'{"kind":"receipt","id":"r","at":"2025-01-01T00:00:00Z","wallet":"w","asset":"BTC","quantity":"1","income":"other"}',
     b'{"kind":"receipt","id":"r","at":"2025-01-01T00:00:00Z","wallet":"w","asset":"BTC","quantity":1,"income":"luck"}',
     b'{"kind":"receipt","id":"r","at":"2025-01-01T00:00:00Z","wallet":"w","asset":"BTC","quantity":1,"income":"other","x":1}'],
)  # fmt: skip
def test_a_damaged_payload_is_an_integrity_error_that_says_what_to_do(payload: bytes) -> None:
    with pytest.raises(IntegrityError, match="run `lotwork verify`, then restore a backup"):
        decode("receipt", SCHEMA_VERSION, payload)


def test_a_share_that_is_no_number_is_damage_too() -> None:
    shared = (
        b'{"as":"owner","at":"2025-01-01T00:00:00Z","from":"2025-03-01","id":"s","kind":"sharing","party":"x",'
        b'"share":"%s","wallet":"w"}'
    )
    assert decode("sharing", SCHEMA_VERSION, shared % b"0.5").id == "s"
    with pytest.raises(IntegrityError, match="run `lotwork verify`"):
        decode("sharing", SCHEMA_VERSION, shared % b"half")


@pytest.mark.parametrize(("kind", "version"), [("expense", SCHEMA_VERSION + 1), ("dream", SCHEMA_VERSION)])
def test_a_version_or_a_kind_of_the_future_asks_for_an_upgrade(kind: str, version: int) -> None:
    with pytest.raises(NewerFormatError, match="upgrade the program"):
        decode(kind, version, b"{}")


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_never_was_asks_for_none(version: int) -> None:
    with pytest.raises(IntegrityError, match="which no Lotwork wrote: run `lotwork verify`") as refused:
        decode("expense", version, b"{}")
    assert not isinstance(refused.value, NewerFormatError)


def test_an_older_payload_is_upcast_one_version_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(payload: dict[str, Any]) -> dict[str, Any]:
        return {("category" if key == "type" else key): value for key, value in payload.items()}

    monkeypatch.setattr(codec, "SCHEMA_VERSION", 3)
    monkeypatch.setitem(codec.UPCASTERS, ("expense", 2), named)
    told = {"kind": "expense", "id": "e", "at": "2025-06-30T12:00:00Z", "type": "rent", "amount_usd_micros": 5}
    expected = Expense(id="e", at=AT, category="rent", amount_usd_micros=5)
    assert decode("expense", 1, json.dumps(told)) == expected
    assert upcast("expense", 3, told) == told
