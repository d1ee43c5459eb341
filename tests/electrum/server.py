"""A real Electrum server (PyPI's e-x, the ElectrumX of Electrum's own developers) over a test's litecoind.

It lives in an environment of its own, which `make electrum` makes; without it the test fails with that word.
"""

from __future__ import annotations

import hmac
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.litecoin_node import LitecoinNode
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_port

PYTHON = Path(__file__).parents[2] / ".venv-electrum" / "bin" / "python"
PROGRAM = Path(__file__).with_name("serve.py")
INSTALL = "make electrum"
SALT = "00"
RPC_USER = RPC_PASSWORD = "electrum"
ADMITTED = f"-rpcauth={RPC_USER}:{SALT}${hmac.new(SALT.encode(), RPC_PASSWORD.encode(), 'sha256').hexdigest()}"
"""What litecoind is told, so that the server may ask it: it writes a password with letters beyond ASCII otherwise."""


class ElectrumX:
    """One electrumx_server with a folder and a port of its own."""

    def __init__(self, folder: Path, node: LitecoinNode, *, hold_seconds: float = 0.01) -> None:
        if not PYTHON.exists():
            pytest.fail(
                f"{PYTHON} is not there, and this test talks to a real Electrum server: {INSTALL}", pytrace=False
            )
        self.folder = folder
        self.node = node
        self.port = free_port()
        self.hold_seconds = hold_seconds
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> ElectrumX:
        self.starts += 1
        folder = self.folder / str(self.starts)
        folder.mkdir(parents=True)
        settings = {
            "DB_DIRECTORY": str(folder),
            "DAEMON_URL": f"http://{RPC_USER}:{RPC_PASSWORD}@127.0.0.1:{self.node.rpc_port}/",
            "SERVICES": f"tcp://127.0.0.1:{self.port}",
            "HOLD_SECONDS": str(self.hold_seconds),
            "COIN": "Litecoin",
            "NET": "regtest",
            "PEER_DISCOVERY": "off",
            "PEER_ANNOUNCE": "",
            "ALLOW_ROOT": "1",
            "DB_ENGINE": "memory",
            "COST_SOFT_LIMIT": "0",
            "COST_HARD_LIMIT": "0",
            "DAEMON_POLL_INTERVAL_BLOCKS": "50",
            "DAEMON_POLL_INTERVAL_MEMPOOL": "50",
        }
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(PYTHON), str(PROGRAM)],
                env={"PATH": os.environ["PATH"], **settings},
                stdout=log,
                stderr=log,
            )
        self.await_tip()
        return self

    def ask(self, method: str, *params: Any) -> Any:
        """Ask over a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS) as connection:
            for number, (name, given) in enumerate((("server.version", ("test", "1.4")), (method, params))):
                question = {"jsonrpc": "2.0", "id": number, "method": name, "params": given}
                connection.sendall(json.dumps(question).encode() + b"\n")
            with connection.makefile() as arriving:
                answers = {told["id"]: told for told in map(json.loads, (arriving.readline(), arriving.readline()))}
        return answers[1]["result"]

    def await_tip(self) -> None:
        """Wait until the server stands where its node stands; it looks every few seconds, and at a signal at once."""
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2_000:]
            try:
                told = self.ask("blockchain.headers.subscribe")
                best = self.node.ask("getblockheader", self.node.ask("getbestblockhash"), False)
                if told["hex"] == best:
                    return
            except (OSError, ValueError, KeyError):
                pass
            time.sleep(0.05)
        pytest.fail(f"electrumx did not reach its node's tip within {PATIENCE_SECONDS} s")

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Let the server stand still: it ends where it meets its node in the midst of invalidating blocks."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
