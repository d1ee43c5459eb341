"""One bit of the ledger's files changed: it is told, or the events are those that were written; nobody stumbles."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests

from lotwork.ledger.errors import LotworkError
from lotwork.ledger.storage.heads import FILE_NAME as HEADS
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.ledger.making import open_store, receipts

EVENTS = 30
WAL = f"{FILE_NAME}-wal"
HEADER_BYTES = {HEADS: 1 << 20, FILE_NAME: 4096, WAL: 32 + 24}
"""Of which file, how many bytes: all of the heads, the first page, the header of the write-ahead log and of a frame."""


def pristine(folder: Path, name: str) -> Path:
    """Return a home to change the file *name* of; its last events stand in the write-ahead log, if it is about that."""
    home, made = folder / "pristine", folder / "made"
    with open_store(made) as store:
        store.append(Batch("main", receipts(1, EVENTS - 3)))
    with open_store(made) as store:
        store.append(Batch("main", receipts(EVENTS - 2, EVENTS)))
        if name == WAL:
            shutil.copytree(made, home, ignore=shutil.ignore_patterns("*-shm"))
    return home if name == WAL else made


def flipped(home: Path, name: str, offset: int, chance: Random) -> str:
    """Change a bit of the byte at *offset* of the file *name*; return what came of it: told, noted or unseen."""
    away = home.with_name("flipped")
    shutil.copytree(home, away)
    content = bytearray((away / name).read_bytes())
    content[offset] ^= 1 << chance.randrange(8)
    (away / name).write_bytes(content)
    try:
        found = verify(away)
        stood = found.ok and read(away) == EVENTS
        assert stood or found.message, (name, offset)
    except LotworkError:
        return "told"
    else:
        return "told" if found.message or found.notes else "without effect"
    finally:
        shutil.rmtree(away)


def read(home: Path) -> int:
    """Return how many events a reader and a writer find."""
    with EventLog.open(home) as log:
        events = len(list(log.read("main")))
    with open_store(home) as store:
        assert store.head("main").position == events
    return events


def every_byte(home: Path, name: str, chance: Random, *, step: int = 1) -> Counter[str]:
    """Change a bit of every byte of *name*'s beginning, or of one in *step*."""
    most = min(HEADER_BYTES[name], (home / name).stat().st_size)
    offsets: Iterable[int] = range(chance.randrange(step), most, step)
    return Counter(flipped(home, name, offset, chance) for offset in offsets)
