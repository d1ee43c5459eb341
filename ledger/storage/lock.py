"""Who may write: one daemon a home, and one writer at a time.

Both are `flock`s, which the kernel gives back when a process dies. Writers take turns outside SQLite as well, so that
never two connections write or checkpoint at once (SQLite before 3.51.3 can corrupt a WAL then).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import BusyError, StorageError
from lotwork.ledger.storage.files import as_file, make_folder

DAEMON_FILE_NAME = "daemon.lock"
WRITER_FILE_NAME = "writer.lock"
TURN_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.002


class DaemonLock:
    """This process is the one daemon of a home, until it is released or dies."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self.file = file
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, home: Path, *, force: bool = False) -> Self:
        """Become the daemon of *home*; BusyError names the process that is.

        *force* takes over from a daemon that hangs: it must then be fenced with `EventStore.claim`.
        """
        file = home / DAEMON_FILE_NAME
        try:
            make_folder(home)
            if force:
                file.unlink(missing_ok=True)
        except OSError as refused:
            raise StorageError(f"{file}: cannot be made ({refused}): check the folder, its owner and disk") from refused
        while True:
            descriptor = _opened(file)
            if not _taken(descriptor):
                holder = os.read(descriptor, 20).decode(errors="replace").strip() or "not known yet"
                os.close(descriptor)
                raise BusyError(
                    f"{file}: a daemon is already running here (pid {holder}): stop it first, or look at its dashboard"
                )
            if _still_at(file, descriptor):
                break
            os.close(descriptor)
        with suppress(OSError):  # the same: a disk that is full keeps nobody from holding the lock
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(file, descriptor)

    def release(self) -> None:
        """Let another process be the daemon."""
        if self._descriptor >= 0:
            with suppress(OSError):  # the pid is for people; the lock goes with the descriptor
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def daemon_pid(home: Path) -> str | None:
    """Return the pid of the daemon that runs in *home*; None where none does."""
    file = home / DAEMON_FILE_NAME
    if not file.exists():
        return None
    descriptor = _opened(file)
    try:
        if _taken(descriptor):
            return None
        return os.read(descriptor, 20).decode(errors="replace").strip() or "not known yet"
    finally:
        os.close(descriptor)


@contextmanager
def writers_turn(home: Path, clock: Clock, *, seconds: float = TURN_SECONDS) -> Iterator[None]:
    """Wait for this process's turn to write in *home*; BusyError after *seconds*."""
    file = f"{home}/{WRITER_FILE_NAME}"
    descriptor = _opened(file)
    try:
        give_up = clock.monotonic() + seconds
        while not _taken(descriptor):
            if clock.monotonic() >= give_up:
                raise BusyError(
                    f"{file}: another process has been writing for {seconds:g} s: nothing was appended; wait for it to "
                    "end (`lotwork doctor` says if a daemon runs) and try again"
                )
            clock.sleep(LOOK_AGAIN_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _opened(file: Path | str) -> int:
    try:
        return as_file(str(file), os.O_RDWR | os.O_CREAT)
    except OSError as refused:
        raise StorageError(
            f"{file}: cannot be opened ({refused}): check that the folder exists, is yours and is writable"
        ) from refused


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_at(file: Path, descriptor: int) -> bool:
    """Return whether *file* is still the one opened: a forced take-over puts a new file in its place."""
    try:
        return file.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
