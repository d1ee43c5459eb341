"""A wallet's first reading by node, Electrum server and Esplora: one litecoind, one key, each payout an address more.

`python -m bench.histories [--payouts 365]`. The Electrum server is e-x as it ships, which holds an answer back for a
second; the Esplora answers at once, and a public one is asked one question a second.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from embit import base58, bip32

from lotwork.ingest.asking.http import BoundedClient
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.bitcoin.derived import rows_of
from lotwork.ingest.bitcoin.electrum.line import Line
from lotwork.ingest.bitcoin.electrum.section import ElectrumSection
from lotwork.ingest.bitcoin.electrum.source import build as build_electrum
from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.bitcoin.esplora.source import build as build_esplora
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.rpc import RpcNode
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.context import BuildContext
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.sections import WalletSection
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import EventStore
from tests.electrum.server import ADMITTED, ElectrumX
from tests.esplora_over_node import EsploraOverNode
from tests.ingest.scripted_server import serving
from tests.litecoin_node import PASSWORD, USER, WITHOUT_MWEB, LitecoinNode

CHAIN = CHAINS["litecoin-regtest"]
KEY = bip32.HDKey.from_seed(b"bench" * 7).derive("m/84h/1h/0h").to_public().to_base58()
VPUB = str(base58.encode_check(bytes.fromhex("045f1cf6") + base58.decode_check(KEY)[4:]))
WALLET = WalletSection(wallet="cold", watch=(VPUB,), meaning="pool_payout")
ADDRESSES = 40
asked = [0]


def count(kind: type, name: str, size: Any = lambda *_: 1) -> None:
    """Count the questions that go through the method called *name*."""
    told = getattr(kind, name)

    def counted(self: Any, *words: Any, **named: Any) -> Any:
        asked[0] += size(*words)
        return told(self, *words, **named)

    setattr(kind, name, counted)


def source_of(kind: str, url: str, store: EventStore, home: Path) -> ReceiptSource:
    """Return the source of that kind."""
    clock = SystemClock()
    context = BuildContext(
        home=home,
        log=store,
        clock=clock,
        reveal=lambda _one, _file: None,
        pace=Pace(clock, gap_seconds=0),
    )
    common: dict[str, Any] = {"name": "cold", "chain": CHAIN.name, "url": url, "wallets": (WALLET,), "start_height": 1}
    if kind == "node":
        section = BitcoinSection(user=USER, **common)
        return BitcoinNode(section, store, clock, password=PASSWORD, evidence=context.evidence)
    if kind == "Electrum":
        return build_electrum(ElectrumSection(**common), context)
    return build_esplora(EsploraSection(allow_private=True, **common), context)


def measure(kind: str, url: str, payouts: int) -> str:
    """Return the row of a first reading, and of a look without news."""
    with tempfile.TemporaryDirectory() as folder, EventStore.open(Path(folder), clock=SystemClock()) as store:
        source = source_of(kind, url, store, Path(folder))
        asked[0], begun, used = 0, time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        pages: list[str] = []
        new = watch_once(source, store, progress=pages.append)
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
        if new != payouts:
            raise SystemExit(f"{kind} told {new} of {payouts} payouts")
        cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
        questions, asked[0], begun = asked[0], 0, time.perf_counter()
        if watch_once(source, store):
            raise SystemExit(f"{kind} told more without news")
        quiet = f"{asked[0]} questions, {1_000 * (time.perf_counter() - begun):.0f} ms"
    return f"| {kind} | {payouts} | {questions} | {questions / payouts:.1f} | {cpu:.1f} | {wall:.1f} | {quiet} |"


def main() -> None:
    """Print a row for each way to read the wallet."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--payouts", type=int, default=365)
    payouts = given.parse_args().payouts
    count(RpcNode, "_ask")
    count(Line, "_answers", len)
    count(BoundedClient, "_attempt")
    with tempfile.TemporaryDirectory() as folder:
        node = LitecoinNode(Path(folder) / "node", WITHOUT_MWEB, ADMITTED).start()
        electrum = ElectrumX(Path(folder) / "electrum", node, hold_seconds=1.0)
        try:
            node.open_wallet("pool")
            pool = node.new_address("pool")
            node.mine(110, pool)
            cold = [address_of_script(script, CHAIN) for script in next(rows_of(VPUB, "", CHAIN)).scripts(ADDRESSES)]
            for number in range(payouts):
                node.ask("sendtoaddress", cold[number % ADDRESSES], "0.01", wallet="pool")
                node.mine(1, pool)
            node.mine(10, pool)
            print("| read by | payouts | questions | a payout | CPU s | wall s | a look without news |")
            print("|---|---|---|---|---|---|---|")
            with serving() as script:
                script.answer = EsploraOverNode(node).answer
                for kind, url in (("node", node.url), ("Electrum", electrum.start().url), ("Esplora", script.url)):
                    print(measure(kind, url, payouts), flush=True)
        finally:
            electrum.stop()
            node.kill()


if __name__ == "__main__":
    main()
