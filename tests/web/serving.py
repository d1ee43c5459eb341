"""The dashboard over a home, served on a free port of the loopback for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from lotwork.ledger.clock import SystemClock
from lotwork.web.app import create
from tests.patience import PATIENCE_SECONDS
from tests.web.conftest import clock


def serving(home: Path, app: Starlette | None = None) -> Iterator[str]:
    """Yield the address of the pages over *home*, or of the *app* given for it, which end with it."""
    app = app or create(home, clock=clock())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    give_up = SystemClock().monotonic() + PATIENCE_SECONDS
    while not server.started:
        assert SystemClock().monotonic() < give_up
        SystemClock().sleep(0.02)
    (listening,) = server.servers[0].sockets
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
