"""The core's side of the process that ccxt lives in: started for one look, asked line by line, ended whatever happens.

What it says is a stranger's word: read up to a bound, within a time, and by its shape. That it ends, hangs, or says
something else is a look that failed, in words. Its key is written to it and stands nowhere else.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, Self

import msgspec

from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.ports import NOTHING
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

CHILD = "lotwork.ingest.exchanges.child"
MOST_BYTES = 10 * 1024 * 1024
LONGEST_LINE = 6 * MOST_BYTES + 4096
"""An answer as a line of JSON: a byte of it may be written in six."""
START_SECONDS = 60.0
HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
"""The variables that the process gets: no other, since a key may stand in any."""
INSTALL = "install it: pip install 'lotwork[exchanges]'"
ATTEMPTS, FIRST_WAIT_SECONDS = 3, 1.0
A_SLOW_EXCHANGE = 900.0
THROTTLED = "EService:Throttled"
"""What Kraken says of too many questions at once, and ccxt has no name for."""


class Reply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that the process says."""

    id: int
    body: str | None = None
    error: str | None = None
    under: tuple[str, ...] = ()
    """The classes that the error is one of, the nearest first."""
    cause: str = ""
    said: str = ""
    wait: str = ""

    def is_one_of(self, *names: str) -> bool:
        """Say if the error is one of the classes *names*."""
        return not {self.error, *self.under}.isdisjoint(names)


class Talk:
    """One process, and what is asked of it within *seconds*; a `with` block ends it."""

    def __init__(  # noqa: PLR0913 - what one process is told, and each may be left out
        self,
        source: str,
        exchange: str,
        key: Mapping[str, str],
        *,
        clock: Clock,
        deadline_seconds: float,
        base_url: str = "",
        scrub: Callable[[str], str] = str,
        hold: Callable[[float], None] = lambda _seconds: None,
        most_seconds: float = A_SLOW_EXCHANGE,
    ) -> None:
        self._source = source
        self._exchange = exchange
        self._clock = clock
        self._scrub = scrub
        self._hold = hold
        self._each = deadline_seconds
        self._whole = Deadline(clock, most_seconds)
        self._asked = 0
        self._rest = b""
        self._hello = {
            "exchange": exchange,
            "key": dict(key),
            "base_url": base_url,
            "timeout_ms": int(deadline_seconds * 1000),
            "most_bytes": MOST_BYTES,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by the Python that runs
            [sys.executable, "-P", "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            close_fds=True,
            start_new_session=True,
        )
        try:
            self._say(self._hello)
            reply = self._heard(0, START_SECONDS)
        except BaseException:
            self.__exit__()
            raise
        if reply.error is not None:
            self.__exit__()
            if reply.error == "NotInstalled":
                raise ConfigError(f"{self._source}: exchanges are asked through ccxt, which is not here: {INSTALL}")
            raise ConfigError(f"{self._source}: ccxt cannot be used ({reply.error}): {INSTALL}, its newest release")
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def ask(self, call: str, params: Mapping[str, Any], item: str) -> bytes:
        """Return the raw answer to *call*; *item* names it in messages.

        What may pass is asked again, a few times. Raises SourceUnreachableError where there is no answer, and
        SourceRefusedError where the exchange refuses; none repeats a key.
        """
        wait = FIRST_WAIT_SECONDS
        for attempt in range(ATTEMPTS):
            self._asked += 1
            self._say({"id": self._asked, "call": call, "params": dict(params)})
            reply = self._heard(self._asked, self._each + START_SECONDS)
            if reply.body is not None:
                return reply.body.encode("utf-8", "surrogatepass")
            may_pass = reply.is_one_of("NetworkError") and not reply.is_one_of("RateLimitExceeded", "DDoSProtection")
            if not may_pass or reply.is_one_of("InvalidNonce") or attempt == ATTEMPTS - 1 or self._whole.left() <= wait:
                raise self._failure(reply, item)
            self._clock.sleep(wait)
            wait *= 2
        raise AssertionError("the last attempt returns or raises")

    def refusal(self, item: str, reason: str) -> SourceRefusedError:
        """Return the error for an answer that must not be believed."""
        return SourceRefusedError(self._scrub(f"{self._source}: {item}: {reason}: {NOTHING}"))

    def _say(self, words: Mapping[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise SourceUnreachableError(f"{self._source}: the process that asks {self._exchange} has ended")
        try:
            process.stdin.write(msgspec.json.encode(words) + b"\n")
            process.stdin.flush()
        except OSError:
            raise self._ended() from None

    def _heard(self, number: int, seconds: float) -> Reply:
        line = self._line(min(seconds, self._whole.left()))
        try:
            reply = msgspec.json.decode(line, type=Reply)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise self._odd() from None
        if reply.id != number or (number and (reply.body is None) == (reply.error is None)):
            raise self._odd()
        return reply

    def _line(self, seconds: float) -> bytes:
        """Return the next line, read within *seconds* and to a bound."""
        process = self._process
        if process is None or process.stdout is None:
            raise self._ended()
        until = Deadline(self._clock, seconds)
        parts, long = [self._rest], len(self._rest)
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                left = until.left()
                if left <= 0 or not ready.select(left):
                    raise SourceUnreachableError(
                        f"{self._source}: {self._exchange} did not answer within {seconds:.0f} s: it is asked again"
                    )
                parts.append(os.read(process.stdout.fileno(), 1 << 16))
                long += len(parts[-1])
                if not parts[-1]:
                    raise self._ended()
                if long > LONGEST_LINE:
                    raise self._odd()
        line, _, self._rest = b"".join(parts).partition(b"\n")
        return line

    def _ended(self) -> SourceUnreachableError:
        code = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(1)
        how = "" if code is None else f" (signal {-code})" if code < 0 else f" (code {code})"
        return SourceUnreachableError(
            f"{self._source}: the process that asks {self._exchange} ended by itself{how}: {NOTHING}; it is started "
            "again at the next poll, and where that goes on, report it"
        )

    def _odd(self) -> SourceRefusedError:
        return SourceRefusedError(
            f"{self._source}: the process that asks {self._exchange} says what nobody understands: {NOTHING}; "
            f"{INSTALL}, its newest release"
        )

    def _failure(self, reply: Reply, item: str) -> SourceUnreachableError:
        """Return the error that says why there is no answer, and what to do."""
        told = self._scrub(" ".join(reply.said.split()))
        said = f" ({told})" if told else ""
        throttled = THROTTLED in reply.said
        for names, refuses, words in _FAILURES:
            if reply.is_one_of(*names) or (throttled and "RateLimitExceeded" in names):
                wait, told_wait = _seconds(reply.wait), ""
                if {"RateLimitExceeded", "DDoSProtection"} & {*names}:
                    self._hold(wait or 60.0)
                    told_wait = f", in {wait or 60:.0f} s"
                kind = SourceRefusedError if refuses else SourceUnreachableError
                cause = f", {reply.cause}" if reply.cause and not told else ""
                return kind(f"{self._source}: {item}: {self._exchange} {words}{told_wait}{said}{cause}: {NOTHING}")
        name = self._scrub(str(reply.error))[:60]
        return SourceRefusedError(f"{self._source}: {item}: {self._exchange} refuses it ({name}){said}: {NOTHING}")


DOES_NOT_TAKE = "does not take this key"
_CLOCK = (
    "does not take the number or the time that each question carries: see that the clock of this machine is right "
    "(timedatectl), and that no other program uses this key: make one for Lotwork alone"
)
_PUT_AGAIN = (
    "see that the clock of this machine is right (timedatectl), put the key and its secret there again, or make a new "
    "key that may only read"
)
_FAILURES: tuple[tuple[tuple[str, ...], bool, str], ...] = (
    (("TooLong", "MemoryError"), True, f"sent more than {MOST_BYTES // (1024 * 1024)} MiB"),
    (("LedAway",), True, "would send the question elsewhere, with the key in it, and that is not done"),
    (("UnknownQuestion", "NotSupported"), True, "is not asked this by the ccxt that is installed: take its newest"),
    (("InvalidNonce",), True, _CLOCK),
    (("RateLimitExceeded", "DDoSProtection"), False, "wants to be left alone for a while; it is asked again"),
    (("PermissionDenied",), True, "says that this key may not see it: let the key read, and nothing else"),
    (
        ("AuthenticationError", "AccountNotEnabled", "AccountSuspended"), True,
        f"{DOES_NOT_TAKE}: {_PUT_AGAIN}",
    ),
    (("RequestTimeout", "ExchangeNotAvailable", "NetworkError", "OnMaintenance"), False, "did not answer"),
)  # fmt: skip
"""What ccxt calls a failure, whether the exchange thereby refuses, and what that is in words."""


def _seconds(told: str) -> float:
    """Return how many seconds a Retry-After asks for; 0 where it says none."""
    if told.isascii() and told.isdigit():
        return min(float(told), A_SLOW_EXCHANGE)
    with suppress(ValueError, TypeError):
        parsedate_to_datetime(told)
        return 60.0
    return 0.0
