"""The pages, served by uvicorn in a thread of their own, on this machine only."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from lotwork.ledger.errors import BusyError, ConfigError
from lotwork.service.connections import BoundedConnection, Limits, limits_here
from lotwork.service.reach import UNGUARDED, is_loopback
from lotwork.service.web_password import has_password

GRACE_SECONDS = 2


class HttpServer:
    """A listening socket, and the thread that answers on it."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def bind(cls, host: str, port: int, home: Path | None = None, *, guarded: bool = False) -> Self:
        """Listen on *host*, which is a loopback address unless the pages of *home* have a password, or are *guarded*.

        BusyError where the port is taken.
        """
        if not (is_loopback(host) or guarded or (home is not None and has_password(home))):
            raise ConfigError(f"daemon.host {host} is not a loopback address, {UNGUARDED}")
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError as taken:
            listening.close()
            raise BusyError(
                f"{host}:{port} cannot be listened on ({taken.strerror}): stop the program that does, or set another "
                "port in [daemon]"
            ) from taken
        return cls(listening)

    @property
    def address(self) -> tuple[str, int]:
        """Return the address and the port that are listened on."""
        host, port = self._listening.getsockname()[:2]
        return str(host), int(port)

    @property
    def url(self) -> str:
        """Return where the pages are."""
        host, port = self.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def serve(self, app: ASGIApp, limits: Limits | None = None) -> None:
        """Answer requests with *app* until `close`, within *limits*."""
        settings = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            http=BoundedConnection.limited(limits or limits_here()),
            ws="none",
        )
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), name="http", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer what is being asked, and listen no more."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(GRACE_SECONDS + 1)
        self._listening.close()
