"""What the daemon of a home tells of its sources, asked from another process: its own page for machines, and no other.

A page on the same port may be another home's: only the daemon that holds this home's lock is believed. The daemon of
many homes leaves word in each of them where it is to be asked (`service.telling_place`).
"""

from __future__ import annotations

import http.client
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from lotwork.ledger.storage.lock import daemon_pid
from lotwork.service.settings import Daemon
from lotwork.service.telling_place import where_told

PAGE = "/readyz"
MOST_BYTES = 1 << 20
SECONDS = 3.0


class ToldSource(msgspec.Struct, frozen=True):
    """What the daemon says of one source."""

    last_success: datetime | None = None
    next_poll: datetime | None = None
    trouble: str | None = None


class ToldDaemon(msgspec.Struct, frozen=True):
    """What of the page is read here."""

    pid: int
    sources: dict[str, ToldSource]


class Asked(NamedTuple):
    """Whether a daemon runs in a home, and what it told, by book and source."""

    pid: str | None
    sources: dict[tuple[str, str], ToldSource]
    trouble: str | None = None
    """Why a daemon that runs told nothing."""


def ask(home: Path, settings: Daemon) -> Asked:
    """Return what the daemon of *home* tells, asked where *settings* say it serves."""
    pid = daemon_pid(home)
    if pid is None:
        return Asked(None, {})
    of_many = where_told(home, pid)
    host, port = (settings.host, settings.port) if of_many is None else (of_many.host, of_many.port)
    headers = {} if of_many is None else {"Authorization": f"Bearer {of_many.token}"}
    where = f"{host}:{port}"
    asking = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        asking.request("GET", PAGE, headers=headers)
        told = msgspec.json.decode(asking.getresponse().read(MOST_BYTES), type=ToldDaemon)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError) as silent:
        return Asked(pid, {}, f"it does not answer at {where} ({type(silent).__name__})")
    finally:
        asking.close()
    if str(told.pid) != pid:
        return Asked(pid, {}, f"another daemon answers at {where}")
    split = (name.partition("/") for name in told.sources)
    return Asked(pid, {(book, name): told.sources[f"{book}/{name}"] for book, _, name in split})
