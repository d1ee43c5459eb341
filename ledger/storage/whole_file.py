"""One file that is there whole or not at all: made beside its place, and given its name when the disk has it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lotwork.ledger.errors import InputRefusedError, StorageError
from lotwork.ledger.storage.files import sync_folder


def name_once(made: Path, file: Path, what: str) -> None:
    """Give *made*, a *what*, its name unless something took it meanwhile."""
    try:
        os.link(made, file)
    except FileExistsError:
        raise InputRefusedError(f"{file}: appeared meanwhile: a {what} overwrites nothing; name another file") from None
    try:
        sync_folder(file.absolute().parent)
    except OSError as refused:
        try:
            file.unlink()  # a name that the disk may not keep is no backup
        except OSError:
            raise StorageError(
                f"{file}: the {what} is whole, but the disk did not confirm its name ({refused}): make another one "
                "once the disk is mended"
            ) from refused
        raise


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """Lend a private folder on the disk where *file* will stand, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".lotwork-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def disk_named(file: Path, what: str) -> Iterator[None]:
    """Say of whatever the disk refuses meanwhile that no *what* was made of *file*."""
    try:
        yield
    except OSError as refused:
        raise StorageError(
            f"{file}: the disk refused ({refused}): no {what} was made; free space, check the folder, and try again"
        ) from refused
