"""Ports for programs that must be told theirs before they start, and cannot choose a free one themselves."""

from __future__ import annotations

import os
import secrets
import socket

FIRST, LAST = 10_000, 29_999
"""Below the ports that Linux gives to whoever asks for any, so that none of these is given away before it is used."""
WORKERS = 16


def free_port() -> int:
    """Return a port of the loopback that nobody listens on, and that no other worker of this run chooses."""
    ours = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    while True:
        port = FIRST + secrets.randbelow((LAST - FIRST) // WORKERS) * WORKERS + ours
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
