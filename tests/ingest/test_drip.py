"""A server that drips: whatever is asked of it, and by whom, a look ends by its deadline."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.asking.http import BoundedClient, Bounds
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.patience import Deadline, patient
from lotwork.ingest.asking.question import Sign, unsigned
from lotwork.ingest.bitcoin.electrum.line import Line, tls_of
from lotwork.ingest.bitcoin.electrum.section import ElectrumSection
from lotwork.ingest.bitcoin.electrum.server import ElectrumServer
from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.bitcoin.esplora.server import EsploraServer
from lotwork.ingest.bitcoin.index.watch import IndexWatch
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.scripts import CHAINS
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.context import BuildContext
from lotwork.ingest.evm.node import EvmNode
from lotwork.ingest.evm.section import EvmSection
from lotwork.ingest.meters.kasa import LENGTH
from lotwork.ingest.pools.braiins import BraiinsSection, reader_of
from lotwork.ingest.pools.frame import Pool as Framed
from lotwork.ingest.pools.ocean import Ocean
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.ports import PriceSource, ReceiptSource
from lotwork.ingest.prices.binance import Binance
from lotwork.ingest.prices.coinbase import Coinbase
from lotwork.ingest.prices.coingecko import CoinGecko
from lotwork.ingest.prices.fetch import Wanted, fetch_prices
from lotwork.ingest.prices.kraken import Kraken
from lotwork.ingest.prices.mempool import Mempool
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event, PriceSample
from lotwork.ledger.zones import Calendar
from tests.ingest.matrix.asked_chains import CHAIN_PLACES
from tests.ingest.matrix.asked_pools import TRUE_ADDRESS
from tests.ingest.matrix.exempt import EXEMPT
from tests.ingest.matrix.looking import Source as Place
from tests.ingest.matrix.places import SOURCE_PLACES
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.memory_log import MemoryLog
from tests.ingest.scripted_server import client_of
from tests.patience import HANGS_SECONDS, SOON_SECONDS

SECONDS = 0.2
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
DRIPS = {
    "the first line": b"H",
    "the headers": b"HTTP/1.1 200 OK\r\nX-Patience: ",
    "the body": HEAD,
    "packed": HEAD.replace(b"Content-Type", b"Content-Encoding: gzip\r\nContent-Type"),
    "chunks": HEAD.replace(b"Content-Length: 5000", b"Transfer-Encoding: chunked") + b"FFFF\r\n",
}
"""What a server says at once, before it says one letter each hundredth of a second."""

HANDSHAKE = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"
"""How a server's first word of TLS begins, 16,384 bytes long."""
PORT = 18_545


@contextmanager
def dripping(begin: bytes) -> Iterator[str]:
    """Serve *begin* and then a letter at a time; yield where."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip(asking: socket.socket) -> None:
        with asking, suppress(OSError):
            asking.recv(65_536)
            asking.sendall(begin)
            while not over.wait(0.01):
                asking.sendall(b" ")

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        over.set()
        server.close()


def bitcoin(url: str) -> ReceiptSource:
    rig = WalletSection(wallet="rig", watch=("0014" + "01" * 20,))
    section = BitcoinSection(name="node", chain="bitcoin-regtest", url=url, start_height=1, wallets=(rig,))
    section = msgspec.structs.replace(section, deadline_seconds=SECONDS)
    return BitcoinNode(section, MemoryLog(), SystemClock(), page_seconds=0.0)


def evm(url: str) -> ReceiptSource:
    cold = WalletSection(wallet="cold", watch=("0x" + "c0" * 20,))
    section = EvmSection(name="eth", chain_id=1, url=url, start_height=1, finality=0, wallets=(cold,))
    section = msgspec.structs.replace(section, deadline_seconds=SECONDS / 4)
    return EvmNode(section, MemoryLog(), SystemClock())


def ocean(url: str) -> ReceiptSource:
    return Ocean(
        section=OceanSection(name="o", address=TRUE_ADDRESS, wallet="cold", start=date(2026, 6, 1), base_url=url),
        client=client_of("o", bounds=Bounds(deadline_seconds=SECONDS)),
        evidence=MemoryEvidence(),
        recognition=lambda _at: "on_payout",
        log=MemoryLog(),
    )


def braiins(url: str) -> ReceiptSource:
    section = BraiinsSection(name="b", wallet="cold", start=date(2026, 6, 1), base_url=url, key_file="b.token")
    return Framed(
        section=section,
        reader=reader_of(section),
        client=client_of("b", bounds=Bounds(deadline_seconds=SECONDS)),
        evidence=MemoryEvidence(),
        log=MemoryLog(),
        policy=OnPayout(),
    )


@dataclass(frozen=True, kw_only=True)
class Hurried(BuildContext):
    """A context whose client has little time."""

    def client(self, source: str, *, sign: Sign = unsigned, **asked: Any) -> BoundedClient:
        """Return the client that is declared, with a deadline that comes soon."""
        soon = {"deadline_seconds": SECONDS, "gap_seconds": 0.0}
        return super().client(source, sign=sign, **{**asked, **soon})

    def policy(self, book: str) -> Any:
        """Return the policy of a book where income counts when paid."""
        assert book == "main"
        return OnPayout()


class OnPayout:
    """The policy of a book where income counts when paid."""

    def recognition(self, _at: datetime) -> str:
        return "on_payout"

    @property
    def standing(self) -> OnPayout:
        return self

    @property
    def calendar(self) -> Calendar:
        return Calendar()

    def told_by(self, _source: str, _keep: object = None) -> Iterator[Event]:
        return iter(())


RIG = WalletSection(wallet="rig", watch=("0014" + "01" * 20,))


def electrum(url: str) -> ReceiptSource:
    url = url.replace("https:", "ssl:").replace("http:", "tcp:")
    clock = SystemClock()
    section = ElectrumSection(name="e", chain="bitcoin-regtest", url=url, wallets=(RIG,))

    def connect() -> ElectrumServer:
        deadline = Deadline(clock, SECONDS)
        return patient(ElectrumServer(Line(url, deadline=deadline, tls=tls_of(None))), clock, deadline)

    return IndexWatch(section, MemoryLog(), clock, connect)


def esplora(url: str) -> ReceiptSource:
    section = EsploraSection(name="e", chain="bitcoin-regtest", url=url, allow_private=True, wallets=(RIG,))
    client = client_of("e", bounds=Bounds(deadline_seconds=SECONDS))
    server = EsploraServer(url, client, CHAINS["bitcoin-regtest"], after_txid=False)
    return IndexWatch(section, MemoryLog(), SystemClock(), lambda: server)


ASKING: dict[str, Callable[[str], ReceiptSource]] = {
    "bitcoin_node": bitcoin,
    "electrum": electrum,
    "esplora": esplora,
    "evm_node": evm,
    "ocean": ocean,
    "braiins": braiins,
}
POOLS = [place for place in SOURCE_PLACES if place not in CHAIN_PLACES]
"""Pools, devices and whoever else is asked at one place, as their declarations build them."""
FRAME = LENGTH.pack(5000)
"""How the answer of a plug begins that speaks in frames."""
PRICES: dict[str, Callable[..., PriceSource]] = {
    "coinbase": Coinbase,
    "kraken": Kraken,
    "binance": Binance,
    "coingecko": CoinGecko,
    "mempool": Mempool,
}


def test_everybody_who_asks_a_server_is_here() -> None:
    asked = {*ASKING} | {place.of for place in POOLS}
    assert asked | {"files", *EXEMPT} == {declared.kind for declared in SOURCES}, "a folder asks nobody"
    assert {one.of for one in EXEMPT.values() if not one.deadline} == {"recurring"}, "a rule neither"
    assert {*PRICES, "csv"} == {declared.name for declared in PRICE_SOURCES}, "a file neither"


@pytest.mark.parametrize("drip", DRIPS)
@pytest.mark.parametrize("kind", ASKING)
def test_a_look_ends_by_its_deadline_wherever_the_answer_drips(kind: str, drip: str) -> None:
    with dripping(DRIPS[drip]) as url:
        ends_by_its_deadline(ASKING[kind](url))


def ends_by_its_deadline(source: ReceiptSource) -> None:
    begun = SystemClock().monotonic()
    with pytest.raises((SourceUnreachableError, SourceRefusedError)):  # HTTP is no line of an Electrum server's
        source.fetch_since(None)
    assert SystemClock().monotonic() - begun < SOON_SECONDS


@pytest.mark.parametrize("place", POOLS, ids=lambda place: place.name)
def test_a_look_at_any_pool_ends_by_its_deadline(place: Place, tmp_path: Path) -> None:
    with dripping(FRAME if place.of == "kasa" else DRIPS["the body"]) as url:
        context = Hurried(
            home=tmp_path,
            log=MemoryLog(),  # type: ignore[arg-type] # a log in memory
            clock=SystemClock(),
            reveal=lambda reference, file: "key" if reference or file else None,
            pace=Pace(SystemClock(), gap_seconds=0),
        )
        port = int(url.rpartition(":")[2])
        told = {"base_url": url, "url": url, "port": port, "allow_private": True, "deadline_seconds": 1}
        ends_by_its_deadline(place.built(context, **told))


@pytest.mark.parametrize("kind", ["evm_node", "ocean", "electrum", "esplora"])
def test_a_look_ends_by_its_deadline_where_the_secret_handshake_drips(kind: str) -> None:
    with dripping(HANDSHAKE) as url:
        ends_by_its_deadline(ASKING[kind](url.replace("http:", "https:")))


@pytest.mark.parametrize("kind", ASKING)
def test_a_look_ends_by_its_deadline_where_the_name_is_not_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hangs(*_: object, **__: object) -> list[object]:
        over.wait(HANGS_SECONDS)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    try:
        ends_by_its_deadline(ASKING[kind]("http://node.example:8545"))
    finally:
        over.set()


@pytest.mark.parametrize("kind", ASKING)
def test_a_look_ends_by_its_deadline_however_many_addresses_do_not_answer(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    passed = [0.0]
    true = socket.create_connection

    def hangs(address: tuple[str, int], timeout: float, *_: object, **__: object) -> socket.socket:
        if address[1] != PORT:
            return true(address, timeout)
        asked.append(timeout)
        passed[0] += timeout
        raise TimeoutError("timed out")

    monkeypatch.setattr(SystemClock, "monotonic", lambda _: passed[0])  # no time but what the addresses take
    monkeypatch.setattr(f"{__name__}.SECONDS", SOON_SECONDS / 2)

    many = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{each}", PORT)) for each in range(1, 200)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: many)
    monkeypatch.setattr(socket, "create_connection", hangs)
    ends_by_its_deadline(ASKING[kind](f"http://node.example:{PORT}"))
    assert 1 <= len(asked) <= 2
    assert max(asked) <= SECONDS


@pytest.mark.parametrize("name", PRICES)
def test_a_price_that_drips_is_waited_for_no_longer_than_its_deadline(name: str, tmp_path: Path) -> None:
    with dripping(DRIPS["the first line"]) as url:
        client = client_of(name, tmp_path, bounds=Bounds(deadline_seconds=SECONDS))
        source = PRICES[name](client=client, evidence=MemoryEvidence(), base_url=url)
        begun = SystemClock().monotonic()
        wanted = [Wanted("BTC", datetime(2026, 6, day, tzinfo=UTC)) for day in range(1, 9)]
        found = fetch_prices(wanted, [source], clock=SystemClock())
        assert {pending.why for pending in found.unpriced} == {"unreachable"}
        assert SystemClock().monotonic() - begun < SOON_SECONDS


def test_a_round_of_prices_ends_however_many_there_are_to_ask_for() -> None:
    class Slow:
        name = "slow"
        finest_seconds = 60

        def expect(self, _asset: str, _instants: Iterable[datetime]) -> None:
            pass

        def compares(self, _at: datetime) -> bool:
            return True

        def fetch(self, asset: str, at: datetime) -> PriceSample | None:
            asked.append((asset, at))
            clock.elapsed += 0.02
            return None

    asked: list[object] = []
    clock = SetClock(datetime(2026, 9, 1, tzinfo=UTC))
    slow: PriceSource = Slow()
    wanted = [
        Wanted("BTC", datetime(2026, 6, 1, hour, minute, tzinfo=UTC)) for hour in range(24) for minute in range(60)
    ]
    found = fetch_prices(wanted, [slow], clock=clock, deadline_seconds=0.1)
    assert 1 <= len(asked) <= 6
    assert len(found.unpriced) == len(wanted)
    assert found.unpriced[-1].why == "round_over"
