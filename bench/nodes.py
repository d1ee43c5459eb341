"""What it costs to believe a node only what it proves: real nodes scanned, beside another commit's sources.

`python -m bench.nodes [--blocks 2000] [--beside FOLDER]`, the folder being a checkout of that other commit.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.anvil_node import running_anvil
from tests.litecoin_node import PASSWORD, USER, LitecoinNode

HERE = Path(__file__).resolve().parent
A_PAYOUT_EACH = 10
"""Blocks for each that holds a payout to the watched wallet."""
IN_A_BLOCK = 20
"""Other transactions beside each of anvil's payouts; litecoind's wallet makes one a tenth of a second."""
COLD, STRANGER = "0x" + "c0" * 20, "0x" + "5a" * 20

Settings = dict[str, Any]


@contextmanager
def litecoin(folder: Path, blocks: int) -> Iterator[Settings]:
    """Run a litecoind with so many blocks; yield the settings of a source that reads them."""
    node = LitecoinNode(folder).start()
    try:
        node.open_wallet("own")
        cold, other = node.new_address("own"), node.new_address("own")
        node.mine(110, other)
        while node.height < blocks:
            for address in (cold, other):
                node.ask("sendtoaddress", address, "0.01", wallet="own")
            node.mine(A_PAYOUT_EACH, other)
        script = node.ask("getaddressinfo", cold, wallet="own")["scriptPubKey"]
        common = {"name": "node", "start_height": 1, "confirmations": 1}
        wallet = {"wallet": "cold", "watch": [script], "meaning": "pool_payout"}
        yield {
            **common,
            "chain": "litecoin-regtest",
            "url": node.url,
            "user": USER,
            "password": PASSWORD,
            "wallets": [wallet],
        }
    finally:
        node.kill()


@contextmanager
def ethereum(blocks: int) -> Iterator[Settings]:
    """Run an anvil with so many blocks; yield the settings of a source that reads them."""
    with running_anvil(chain_id=1) as node:
        pool, *others = node.accounts()
        while node.height() < blocks:
            node.send(pool, COLD, 10**15)
            for number in range(IN_A_BLOCK):
                node.send(others[number % len(others)], STRANGER, 1)
            node.mine()
            node.mine(A_PAYOUT_EACH - 1)
        wallet = {"wallet": "cold", "watch": [COLD]}
        common = {"name": "eth", "chain_id": 1, "url": node.url, "start_height": 1, "finality": 0}
        yield {**common, "wallets": [wallet]}


def scan(kind: str, settings: Settings, sources: Path) -> Settings:
    """Return what a scan with the sources of that checkout cost."""
    with tempfile.TemporaryDirectory() as folder:
        words: list[str | Path] = [sys.executable, HERE / "scan.py", Path(folder) / "home", kind, json.dumps(settings)]
        environ = {**os.environ, "PYTHONPATH": str(sources)}
        said = subprocess.run(words, env=environ, check=True, stdout=subprocess.PIPE, cwd=folder).stdout
    told: Settings = json.loads(said)
    return told


def main() -> None:
    """Print a row for each node and each checkout."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--blocks", type=int, default=2_000)
    asked.add_argument("--beside", type=Path, action="append", default=[])
    given = asked.parse_args()
    print("| node | sources | payouts | messages | a payout | CPU s | wall s | a look without news |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        worlds = {
            ("bitcoin_node", "litecoind"): litecoin(Path(folder) / "node", given.blocks),
            ("evm_node", "anvil"): ethereum(given.blocks),
        }
        for (kind, name), world in worlds.items():
            with world as settings:
                rows = [(sources.name, settings, sources) for sources in (HERE.parent, *given.beside)]
                if kind == "evm_node":
                    rows.append(("two nodes", {**settings, "second_url": settings["url"]}, HERE.parent))
                for label, settings_, sources in rows:
                    cost = min((scan(kind, settings_, sources) for _ in range(2)), key=lambda one: one["cpu"])
                    each = cost["messages"] / max(cost["events"], 1)
                    quiet = f"{cost['quiet_messages']} messages, {1000 * cost['quiet_wall']:.0f} ms"
                    print(
                        f"| {name} | {label} | {cost['events']} | {cost['messages']} | {each:.1f} | "
                        f"{cost['cpu']:.1f} | {cost['wall']:.1f} | {quiet} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
