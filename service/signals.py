"""What the process is told from outside, and how it ends: the signals of a service, and threads that would hold it."""

from __future__ import annotations

import logging
import os
import signal
import threading

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


def listen(*, stop: threading.Event, reload: threading.Event, sync: threading.Event) -> None:
    """Take the process's signals: end, read the settings anew, look round at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    signal.signal(signal.SIGUSR1, lambda *_: sync.set())


def listen_no_more() -> None:
    """Ignore what is told again while Python takes itself down: it must not end as if it were killed."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def leave(code: int) -> int:
    """Return *code*, or end the process with it at once where a thread is left that Python would wait for.

    That is a page still being made; it only reads.
    """
    main = threading.main_thread()
    if any(thread is not main and not thread.daemon for thread in threading.enumerate()):
        logging.shutdown()
        os._exit(code)
    return code
