"""How release 0.1.0 put a backup in its place: what the harness must find fault with."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.files import sync_folder
from lotwork.ledger.storage.heads import heads_file, write_heads
from lotwork.ledger.storage.lock import DaemonLock, writers_turn
from lotwork.ledger.storage.restore import _unpacked
from lotwork.ledger.storage.sqlite.connection import FILE_NAME, connect, ledger_file


def former_restore(home: str, backup: str) -> int:
    """Bring *backup* back into *home* as it was done then: whether the checkpoint was busy was not asked."""
    place, clock = Path(home), SystemClock()
    with (
        DaemonLock.acquire(place),
        writers_turn(place, clock),
        tempfile.TemporaryDirectory(dir=place, prefix=".lotwork-") as unpacked,
    ):
        folder = Path(unpacked)
        manifest = _unpacked(Path(backup), folder)
        _set_aside(place, place / "replaced-20260101T000000")
        write_heads(place, manifest.heads.values(), clock.now())
        ledger_file(folder).replace(ledger_file(place))
        sync_folder(place)
    return 0


def _set_aside(home: Path, aside: Path) -> None:
    current = ledger_file(home)
    aside.mkdir(mode=0o700)
    with suppress(sqlite3.Error), closing(connect(current, write=True)) as connection:
        connection.execute("PRAGMA busy_timeout = 1")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.link(current, aside / FILE_NAME)
    for ending in ("-wal", "-shm"):
        beside = current.with_name(FILE_NAME + ending)
        if beside.exists():
            beside.replace(aside / beside.name)
    heads_file(home).replace(aside / heads_file(home).name)
