"""A command of the taxpayer's own, run with an end: so many seconds, so many bytes, and nothing of it stays behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, cast

from lotwork.ledger.clock import Clock, SystemClock
from lotwork.ledger.errors import StorageError

PIECE_BYTES = 1 << 16
LOOK_AGAIN_SECONDS = 0.1


def run_bounded(
    words: Sequence[str], given: bytes, *, seconds: float, most_bytes: int, clock: Clock | None = None
) -> bytes:
    """Run *words* with *given* on standard input and return what it printed; StorageError where it did not end well.

    It has a session of its own, of which nothing is left: whatever it started ends with it.
    """
    clock = clock or SystemClock()
    until = clock.monotonic() + seconds
    try:
        process = subprocess.Popen(  # noqa: S603 - the taxpayer's own command, and no shell
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as failed:
        raise StorageError(str(failed)) from failed
    try:
        with process:
            try:
                printed = _talk(process, memoryview(given), until, most_bytes, clock)
                process.wait(max(0.0, until - clock.monotonic()))
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    except (TimeoutError, subprocess.TimeoutExpired):
        raise StorageError(f"it did not end within {seconds:g} s") from None
    if process.returncode:
        raise StorageError(f"it ended with exit code {process.returncode}")
    return printed


def _talk(process: subprocess.Popen[bytes], given: memoryview, until: float, most_bytes: int, clock: Clock) -> bytes:
    """Hand *given* over and take what is printed, until the command closes its output or has ended."""
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    os.set_blocking(stdin.fileno(), False)
    printed = bytearray()
    with selectors.DefaultSelector() as both:
        both.register(stdout, selectors.EVENT_READ)
        both.register(stdin, selectors.EVENT_WRITE)
        while True:
            left = until - clock.monotonic()
            if left <= 0:
                raise TimeoutError
            has_ended = process.poll() is not None
            ready = {key.fileobj for key, _ in both.select(0 if has_ended else min(left, LOOK_AGAIN_SECONDS))}
            if stdin in ready:
                given = _handed(stdin.fileno(), given)
                if not given:
                    both.unregister(stdin)
                    stdin.close()
            if stdout in ready:
                piece = os.read(stdout.fileno(), PIECE_BYTES)
                printed += piece
                if len(printed) > most_bytes:
                    raise StorageError(f"it printed more than {most_bytes >> 20} MiB")
                if not piece:
                    return bytes(printed)
            elif has_ended:  # what it left behind may hold its output open
                return bytes(printed)


def _handed(descriptor: int, given: memoryview) -> memoryview:
    """Return what is left of *given* once the command took some; nothing where it takes no more."""
    try:
        return given[os.write(descriptor, given[:PIECE_BYTES]) :]
    except BrokenPipeError:  # it does not want to know
        return given[:0]
