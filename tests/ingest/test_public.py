"""Who may be asked in private: a node of one's own. Everybody else is asked over https, at an address of the world."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ledger.errors import ConfigError, SourceRefusedError
from tests.ingest.lies import Unhurried
from tests.ingest.matrix.asked_chains import CHAIN_PLACES
from tests.ingest.matrix.asked_devices import DEVICE_PLACES
from tests.ingest.matrix.exempt import EXEMPT
from tests.ingest.matrix.looking import Fixed, Source
from tests.ingest.matrix.markets import BY_FILE, PriceSettings
from tests.ingest.matrix.places import SOURCE_PLACES
from tests.ingest.memory_log import MemoryLog
from tests.ingest.test_typed_addresses import RIGHT

NODES = {"bitcoin_node", "electrum", "evm_node", "lightning_node"}
"""Nodes, which are one's own: asked where the settings say, in private too."""
DEVICES = {place.of for place in DEVICE_PLACES}
"""Meters and rigs, which are at home."""
OWN = NODES | DEVICES
ADDRESS_OF = dict(reversed(RIGHT))
"""An address of each coin: of a pool in public one is asked for that can be."""
PRIVATE = (
    "https://10.0.0.5",
    "https://127.0.0.1",
    "https://[::1]",
    "https://169.254.169.254",
    "https://192.168.1.2:8443",
)
PLAIN = ("http://pool.example", "http://127.0.0.1:8080", "HTTP://pool.example", "ftp://pool.example")
EVERYWHERE = ("93.184.216.34", "[2606:4700::1111]", "[::ffff:93.184.216.34]", "plug.example")
"""Addresses of the world, and a name that stands for one of them and one at home."""
PUBLIC = [place for place in SOURCE_PLACES if place.of not in OWN]


class Alone(BuildContext):
    """A context as a source gets it, for a book where income counts when paid."""

    def policy(self, book: str) -> Any:
        """Return that."""
        assert book == "main"
        return Fixed("on_payout")


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildContext:
    def never(*_: object, **__: object) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", never)
    return Alone(
        home=tmp_path,
        log=MemoryLog(),  # type: ignore[arg-type] # a log in memory
        clock=Unhurried(),
        reveal=lambda reference, file: "key" if reference or file else None,
        pace=Pace(Unhurried(), gap_seconds=0),
    )


def test_everybody_is_here() -> None:
    assert {place.of for place in PUBLIC} | OWN | {"files", *EXEMPT} == {one.kind for one in SOURCES}
    assert {place.of for place in CHAIN_PLACES} - {"esplora"} | {"lightning_node"} == NODES
    assert {"home_assistant", "shelly", "tasmota", "kasa", "axeos"} == DEVICES
    assert {one.of for one in EXEMPT.values() if not one.private} == {"recurring"}, "it asks nobody"


def ask(place: Source, context: BuildContext, url: str) -> None:
    asked = dict.fromkeys(("base_url", "url"), url)
    paid = ADDRESS_OF[place.settings.get("coin", "BTC")]
    source = place.built(context, **asked, allow_private=False, address=paid)
    source.fetch_since(None)


@pytest.mark.parametrize("place", PUBLIC, ids=lambda place: place.name)
def test_nobody_but_a_node_is_asked_in_private_or_in_plain(place: Source, context: BuildContext) -> None:
    begin = PUBLIC.index(place)
    for url in (PRIVATE[begin % len(PRIVATE)], PRIVATE[(begin + 1) % len(PRIVATE)]):
        with pytest.raises(SourceRefusedError, match=r"private|no source has|not a public"):
            ask(place, context, url)
    for url in PLAIN:
        with pytest.raises((ConfigError, msgspec.ValidationError), match=r"https://|is not an http address"):
            ask(place, context, url)


@pytest.mark.parametrize("place", [one for one in SOURCE_PLACES if one.of in OWN], ids=lambda place: place.name)
def test_what_is_own_is_asked_in_plain_at_home_alone(
    place: Source, context: BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("192.168.1.9", "93.184.216.34")]
    looked_up = socket.getaddrinfo

    def resolved(host: str, *more: Any, **named_as: Any) -> Any:
        return named if host == "plug.example" else looked_up(host, *more, **named_as)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    scheme = "tcp" if place.of == "electrum" else "http"
    for host in EVERYWHERE if place.of != "axeos" else EVERYWHERE[-1:]:  # of a rig no public address is taken at all
        url = f"{scheme}://{host}:8080"
        source = place.built(context, base_url=url, url=url, host=host.strip("[]"))
        with pytest.raises((ConfigError, SourceRefusedError), match="use https or ssl there"):
            source.fetch_since(None)


@pytest.mark.parametrize("prices", [one for one in PRICE_SOURCES if one.name not in BY_FILE], ids=lambda one: one.name)
def test_no_price_is_asked_in_private_or_in_plain(prices: Any, context: BuildContext) -> None:
    at = datetime(2026, 6, 5, 3, 34, tzinfo=UTC)
    for url in PRIVATE:
        with pytest.raises(SourceRefusedError):
            prices.build(PriceSettings(url), context).fetch("BTC", at)
    for url in PLAIN:
        with pytest.raises(ConfigError, match="https://"):
            prices.build(PriceSettings(url), context).fetch("BTC", at)


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.kind)
def test_no_source_is_private_unless_told(source: Any) -> None:
    declared = {field.name: field.default for field in msgspec.structs.fields(source.settings)}
    assert declared.get("allow_private", False) is (source.kind in {"lightning_node", "shelly", "tasmota"})
    shown = [line for line in source.example.splitlines() if "allow_private = true" in line]
    assert all(line.lstrip().startswith("#") for line in shown)


def test_an_exchange_is_asked_elsewhere_only_where_the_settings_say_so() -> None:
    (exchange,) = (one for one in SOURCES if one.kind == "exchange")
    told = {"name": "kraken-api", **EXEMPT["exchange"].settings, "key_file": "a.key", "secret_file": "a.secret"}
    assert msgspec.convert(told, exchange.settings).base_url == ""
    for url in (*PRIVATE, *PLAIN[:2], "https://exchange.example"):
        with pytest.raises(msgspec.ValidationError, match="allow_private = true"):
            msgspec.convert({**told, "base_url": url}, exchange.settings)
        assert msgspec.convert({**told, "base_url": url, "allow_private": True}, exchange.settings).base_url == url
