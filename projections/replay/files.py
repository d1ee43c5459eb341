"""Files that are written whole or not at all, and of which a folder keeps no more than so many."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from lotwork.ledger.units import ONE_DAY

NEW = ".new-"
"""How what is being written is named."""
A_WHILE_NS = timedelta(minutes=10) // timedelta(microseconds=1) * 1_000
A_DAY_NS = ONE_DAY // timedelta(microseconds=1) * 1_000


def write_whole(file: Path, parts: Iterable[bytes]) -> bool:
    """Write *parts* to *file*, whole or not at all; say if the disk took it."""
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=NEW)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.writelines(parts)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def prune(folder: Path, suffix: str, most: int) -> None:
    """Let go of the files of *folder* with *suffix* that were asked for longest ago, but for *most* of them.

    Another process may do so at the same time; what it took away, or cannot be taken away, is passed over. What a
    writer left that was killed goes after a day.
    """
    kept = asked_for(folder, f"*{suffix}")
    newest = kept[-1][0] if kept else 0
    left = [(when, file) for when, file in asked_for(folder, f"{NEW}*") if when < newest - A_DAY_NS]
    for _, file in kept[:-most] + left:
        with suppress(OSError):
            file.unlink()


def prune_unnamed(folder: Path, suffix: str, named: Collection[str]) -> None:
    """Let go of the files of *folder* with *suffix* that are not *named*, and were written a while before the newest.

    Whoever folds meanwhile has not yet written the state that names what it writes.
    """
    files = asked_for(folder, f"*{suffix}")
    newest = files[-1][0] if files else 0
    for when, file in files:
        if when < newest - A_WHILE_NS and file.stem not in named:
            with suppress(OSError):
                file.unlink()


def asked_for(folder: Path, pattern: str) -> list[tuple[int, Path]]:
    """Return the files of *folder* by *pattern*, each with when it was asked for last, the oldest first."""
    found = []
    for file in folder.glob(pattern):
        with suppress(OSError):
            found.append((file.stat().st_mtime_ns, file))
    return sorted(found)
