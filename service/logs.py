"""Logs: one line an event, JSON off a terminal, and no secret in any of them.

Everything goes through one handler: our own events, the standard library's loggers (httpx2, web3, apscheduler,
uvicorn), warnings, and exceptions nobody caught. Secrets are taken out of the line as it is written, after every
traceback has been rendered: a filter by key cannot see a password inside the text of an exception.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import suppress
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

import structlog

from lotwork.ledger.clock import Clock

REDACTED = "[redacted]"
SHORTEST = 3
"""A shorter secret is in every line by chance, and no secret."""
NOISY = ("httpx", "httpx2", "httpcore", "httpcore2", "urllib3", "web3", "apscheduler", "asyncio", "bitcoin", "uvicorn")

_TELLTALES = r"api[-_]?key|apikey|access[-_]?token|token|passw(?:or)?d|passphrase|secret|signature|private[-_]?key"
_PATTERNS = (
    (re.compile(r"(://[^/\s:@\"']*:)[^/\s@\"']+(@)"), rf"\1{REDACTED}\2"),
    (re.compile(r"(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(rf"(?i)((?:{_TELLTALES}|key)=)[^\s&\"'\\]+"), rf"\1{REDACTED}"),
    (re.compile(rf"(?i)((?:{_TELLTALES}|authorization)\\*[\"']?\s*:\s*\\*[\"']?)[^\s,\"'\\}}]+"), rf"\1{REDACTED}"),
    (re.compile(r"\b[xyzuvtXYZUVT]prv[1-9A-HJ-NP-Za-km-z]{50,}"), REDACTED),
    (re.compile(r"\b[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}\b"), REDACTED),
    (re.compile(r"(/v[23]/)[0-9A-Za-z_-]{20,}"), rf"\1{REDACTED}"),
)


class Scrubber:
    """Takes secrets out of text: those it was told, in every spelling a line may hold them, and what looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: tuple[str, ...] = ()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Know *secrets* as well; what was known stays known, since an old password may still be in a queue."""
        found = {spelling for secret in secrets for spelling in spellings(secret) if len(spelling) >= SHORTEST}
        self._spellings = tuple(sorted(found | set(self._spellings), key=lambda text: (-len(text), text)))

    def __call__(self, text: str) -> str:
        """Return *text* without secrets."""
        for spelling in self._spellings:
            text = text.replace(spelling, REDACTED)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def spellings(secret: str) -> Iterator[str]:
    """Yield *secret* as a plain line, JSON within JSON, a Python literal and a URL may spell it."""
    plain = (secret, repr(secret)[1:-1], repr(secret.encode())[2:-1], quote(secret, safe=""), quote_plus(secret))
    for text in plain:
        escaped = text
        for _ in range(3):
            yield escaped
            yield json.dumps(escaped, ensure_ascii=False)[1:-1]
            escaped = json.dumps(escaped)[1:-1]


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

    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, stamp]
    if stream.isatty():
        ending: list[Any] = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
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
