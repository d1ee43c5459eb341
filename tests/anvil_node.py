"""A real EVM node for tests: anvil, started on a free port and ended with the test.

It is installed into .ci/evm by the test set-up. Where it is missing the test fails and says how to get it: a node
test that is skipped proves nothing.
"""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lotwork.ledger.clock import SystemClock
from tests.ending import end_with_us
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_port

CI_FOLDER = Path(__file__).resolve().parent.parent / ".ci" / "evm"
ANVIL = CI_FOLDER / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
INSTALL = "npm ci --prefix .ci/evm"

FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
"""The key of the first of anvil's published development accounts; it has never held a coin of worth."""


class AnvilError(Exception):
    """Anvil refused a request."""


class Anvil:
    """A running anvil, asked over JSON-RPC; blocks are made only when a test says so."""

    def __init__(self, port: int, chain_id: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.chain_id = chain_id
        self._numbers = itertools.count(1)

    def ask(self, method: str, *params: Any) -> Any:
        """Return what the node answers to *method*."""
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": list(params)}
        request = urllib.request.Request(  # noqa: S310 - the url is our own
            self.url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - the url is our own
            answer = json.load(response)
        if "error" in answer:
            raise AnvilError(answer["error"])
        return answer["result"]

    def accounts(self) -> list[str]:
        """Return the development accounts, rich and unlocked."""
        return list(self.ask("eth_accounts"))

    def send(self, sender: str, to: str | None, wei: int = 0, data: str = "0x") -> str:
        """Send a transaction that waits for the next block; return its hash."""
        asked = {"from": sender, "value": hex(wei), "data": data, "gas": hex(500_000)}
        return str(self.ask("eth_sendTransaction", asked if to is None else {**asked, "to": to}))

    def mine(self, blocks: int = 1) -> None:
        """Make so many blocks; what waits goes into the first."""
        self.ask("anvil_mine", hex(blocks), hex(1))

    def reorganise(self, depth: int) -> None:
        """Replace the newest *depth* blocks by as many empty ones."""
        self.ask("anvil_reorg", depth, [])

    def put_code(self, address: str, code: str) -> None:
        """Make *address* a contract with this byte code."""
        self.ask("anvil_setCode", address, code)

    def receipt(self, transaction: str) -> Any:
        """Return the receipt of *transaction*; None where it is in no block."""
        return self.ask("eth_getTransactionReceipt", transaction)

    def height(self) -> int:
        """Return the height of the newest block."""
        return int(self.ask("eth_blockNumber"), 16)


@contextmanager
def running_anvil(*, chain_id: int = 31337, port: int | None = None, timestamp: int = 1_767_225_600) -> Iterator[Anvil]:
    """Start an anvil on a free port, or on *port*; it is ended and waited for in any case."""
    if not ANVIL.exists():
        raise AssertionError(f"the EVM tests need anvil: run `{INSTALL}` in the project folder")
    port = free_port() if port is None else port
    command = [str(ANVIL), "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id)]
    command += ["--no-mining", "--silent", "--slots-in-an-epoch", "1", "--timestamp", str(timestamp)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        end_with_us(process.pid)
        try:
            wait_for(port, process)
            yield Anvil(port, chain_id)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once *port* takes connections; fail if the process ends or a minute passes."""
    clock = SystemClock()
    end = clock.monotonic() + PATIENCE_SECONDS
    while clock.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"anvil ended at once with exit code {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        clock.sleep(0.02)
    raise AssertionError("anvil took no connection within a minute")
