"""How the daemon's process ends, also where a thread is left that Python would wait for."""

from __future__ import annotations

import logging
import os
import threading


def leave(code: int) -> int:
    """Return *code*, or end the process with it at once where a thread is left that Python would wait for.

    That is a page still being made; it only reads.
    """
    main = threading.main_thread()
    if any(thread is not main and not thread.daemon for thread in threading.enumerate()):
        logging.shutdown()
        os._exit(code)
    return code
