"""A line to the server that a test can cut: before a commit reaches it, or before its answer comes back."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from typing import Literal

COMMIT = b"COMMIT"


class Line:
    """Forwards every connection to *port*; `cut` says where the next commit finds its end."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut: Literal["", "before", "after"] = ""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        with suppress(OSError), near, socket.create_connection(("127.0.0.1", self._to)) as far:
            answers = True
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(1 << 16)
                    if not data:
                        return
                    if ready is near and COMMIT in data and self.cut:
                        where, self.cut = self.cut, ""
                        if where == "before":
                            return
                        answers = False
                    if ready is far and not answers:
                        return
                    (far if ready is near else near).sendall(data)
