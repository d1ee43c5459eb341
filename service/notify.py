"""A word to systemd: ready, still alive, what is going on, ending. Without systemd it is silence."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from lotwork.ledger.clock import Clock


class Systemd:
    """The socket systemd listens on, as NOTIFY_SOCKET names it."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        watchdog = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_seconds = int(watchdog) / 1_000_000 if watchdog.isdigit() and is_ours else None
        """How often systemd wants to hear of us; None where it does not."""

    def tell(self, *lines: str) -> bool:
        """Send *lines* as one message; return whether anybody listens."""
        if not self._address:
            return False
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.settimeout(1)
                out.connect(address)
                out.sendall("\n".join(lines).encode())
        except OSError:
            return False
        return True

    def ready(self, status: str) -> None:
        """Say that the daemon serves, and in what state."""
        self.tell("READY=1", one_line(status))

    def alive(self, status: str) -> None:
        """Say that the work loop turns, and what it is at."""
        self.tell("WATCHDOG=1", one_line(status))

    def reloading(self, clock: Clock) -> None:
        """Say that the settings are being read anew; `ready` ends it."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={int(clock.monotonic() * 1_000_000)}")

    def stopping(self) -> None:
        """Say that the daemon is ending."""
        self.tell("STOPPING=1", "STATUS=ending")


def one_line(status: str) -> str:
    """Return the STATUS= line of a message: a line's end inside it would be another assignment."""
    return "STATUS=" + " ".join(status.split())
