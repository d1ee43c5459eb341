"""A real litecoind on regtest, started by a test: Bitcoin Core's code, from Debian.

A machine without it fails the test with the command that installs it; nothing is skipped.
"""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.ending import end_with_us
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_port

PROGRAM = Path("/usr/lib/litecoin/litecoind")
"""The program itself: /usr/bin/litecoin is a wrapper that writes into the home folder."""
INSTALL = "apt-get install -y --no-install-recommends litecoind"
USER, PASSWORD = "miner", "p@ss/word: ü"
WITHOUT_MWEB = "-vbparams=mweb:4000000000:4000000001"
"""Else MWEB activates at height 432 and, without a peg-in, no block can be mined."""


class LitecoinRpcError(Exception):
    """The node refused a call."""


class LitecoinNode:
    """One litecoind with a folder and ports of its own."""

    def __init__(self, folder: Path, *options: str, program: Path = PROGRAM) -> None:
        if not program.exists():
            pytest.fail(f"{program} is not installed, and this test talks to a real node: {INSTALL}", pytrace=False)
        self.folder = folder
        self.program = program
        self.options = options
        self.rpc_port, self.peer_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.rpc_port}"

    def start(self) -> LitecoinNode:
        self.folder.mkdir(exist_ok=True)
        # 127.0.0.1 only; the options leave out whatever would look for other nodes.
        self.process = subprocess.Popen(
            [
                str(self.program),
                "-regtest",
                f"-datadir={self.folder}",
                "-server",
                "-listen=1",
                f"-bind=127.0.0.1:{self.peer_port}",
                "-rpcbind=127.0.0.1",
                "-rpcallowip=127.0.0.1",
                f"-rpcport={self.rpc_port}",
                f"-rpcuser={USER}",
                f"-rpcpassword={PASSWORD}",
                "-txindex=1",
                "-fallbackfee=0.0001",
                "-dnsseed=0",
                "-upnp=0",
                "-listenonion=0",
                "-keypool=2",
                *(self.options or (WITHOUT_MWEB,)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end_with_us(self.process.pid)
        self._await_readiness()
        return self

    def _await_readiness(self) -> None:
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "regtest" / "debug.log").read_text()[-2_000:]
            try:
                self.ask("getblockcount")
            except (OSError, http.client.HTTPException, LitecoinRpcError):
                time.sleep(0.05)
            else:
                return
        pytest.fail(f"litecoind did not answer on {self.url} within {PATIENCE_SECONDS} s")

    def stop(self) -> None:
        """End the node as an operator does: by a signal, which does not wait for open connections."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def kill(self) -> None:
        """End the node at once; its folder is not used again."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask(self, method: str, *params: Any, wallet: str | None = None) -> Any:
        """Call the node over a connection of its own; amounts come back as Decimal."""
        connection = http.client.HTTPConnection("127.0.0.1", self.rpc_port, timeout=PATIENCE_SECONDS)
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        try:
            connection.request(
                "POST",
                f"/wallet/{wallet}" if wallet else "/",
                json.dumps({"method": method, "params": params, "id": 1}, default=str),
                {"Authorization": f"Basic {credentials}", "Connection": "close"},
            )
            answer = json.loads(connection.getresponse().read(), parse_float=Decimal)
        finally:
            connection.close()
        if answer["error"] is not None:
            raise LitecoinRpcError(f"{method}: {answer['error']}")
        return answer["result"]

    # -- what tests do with it

    @property
    def height(self) -> int:
        return int(self.ask("getblockcount"))

    def mine(self, blocks: int, address: str) -> list[str]:
        """Mine *blocks*; a coinbase to the same address in the same second would rebuild the same block."""
        return list(self.ask("generatetoaddress", blocks, address))

    def open_wallet(self, name: str) -> None:
        self.ask("createwallet", name)

    def new_address(self, wallet: str, kind: str = "bech32") -> str:
        return str(self.ask("getnewaddress", "", kind, wallet=wallet))

    def coins_of(self, wallet: str, *addresses: str) -> list[dict[str, Any]]:
        """Return the spendable outputs of *wallet*, of some addresses or of all."""
        return list(self.ask("listunspent", 0, 9_999_999, list(addresses), wallet=wallet))

    def pay(self, inputs: list[dict[str, Any]], outputs: Mapping[str, str], *wallets: str) -> str:
        """Send a transaction of exactly these inputs and outputs, signed by *wallets*; the rest is the fee."""
        spent = [{"txid": coin["txid"], "vout": coin["vout"]} for coin in inputs]
        raw = self.ask("createrawtransaction", spent, dict(outputs))
        for wallet in wallets:
            raw = self.ask("signrawtransactionwithwallet", raw, wallet=wallet)["hex"]
        return str(self.ask("sendrawtransaction", raw, 0))

    def join(self, other: LitecoinNode) -> None:
        """Connect to *other*, and wait until both have the same tip."""
        for node in (self, other):
            node.ask("setnetworkactive", True)
        self.ask("addnode", f"127.0.0.1:{other.peer_port}", "onetry")
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            if self.ask("getbestblockhash") == other.ask("getbestblockhash"):
                return
            time.sleep(0.05)
        pytest.fail("the two nodes did not agree on a tip")

    def part(self) -> None:
        """Leave the network, and wait until nobody is connected."""
        self.ask("setnetworkactive", False)
        for _ in range(int(PATIENCE_SECONDS / 0.02)):
            if self.ask("getconnectioncount") == 0:
                return
            time.sleep(0.02)
        pytest.fail("the node did not leave its network")
