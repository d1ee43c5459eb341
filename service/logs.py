"""Logs: one line an event, JSON off a terminal, and no secret in any of them.

Everything goes through one handler: our own events, the standard library's loggers (httpx2, web3, apscheduler,
uvicorn), warnings, and exceptions nobody caught. Secrets are taken out of the line as it is written, after every
traceback has been rendered: a filter by key cannot see a password inside the text of an exception.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO

import structlog

from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import plain_lines

NOISY = ("httpx", "httpx2", "httpcore", "httpcore2", "urllib3", "web3", "apscheduler", "asyncio", "bitcoin", "uvicorn")


class ScrubbedHandler(logging.StreamHandler[TextIO]):
    """Writes each line without secrets, whatever rendered it."""

    def __init__(self, stream: TextIO, scrub: Scrubber) -> None:
        super().__init__(stream)
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished line."""
        return self._scrub(super().format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say that a line was lost, and not what it held: the standard library would print it raw."""
        broken = sys.exc_info()[0]
        with suppress(OSError, ValueError):
            self.stream.write(f"a log line of {record.name} could not be written ({broken and broken.__name__})\n")


def set_up(clock: Clock, scrub: Scrubber, *, stream: TextIO | None = None, verbose: bool = False) -> None:
    """Send every logger of this process to *stream* (stderr): JSON lines, or coloured ones on a terminal."""
    stream = sys.stderr if stream is None else stream

    def stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["at"] = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        stamp,
    ]
    if stream.isatty():
        console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        ending: list[Any] = [structlog.processors.format_exc_info, in_plain_text, console]
    else:
        ending = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=repr)]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = ScrubbedHandler(stream, scrub)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of each round it skips; the daemon hears the same as an event and says it in words of its own.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # It warns of each line that is no HTTP: whoever sends a thousand of them would fill the log.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    logging.captureWarnings(capture=True)
    catch_the_uncaught()


def in_plain_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write what would steer a terminal as its code, in every value of a line; JSON does so by itself."""
    for name, value in event.items():
        event[name] = (
            value
            if isinstance(value, int | float | None)
            else plain_lines(value if isinstance(value, str) else repr(value))
        )
    return event


def catch_the_uncaught() -> None:
    """Log exceptions that end a thread or the process: Python would print them raw."""
    log = logging.getLogger("lotwork.uncaught")

    def of_process(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        log.critical("uncaught exception", exc_info=(kind, error, trace))

    def of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log.critical("uncaught exception in a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook = of_process
    threading.excepthook = of_thread
