"""No secret reaches a log line, whoever logs it and however it is spelled."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.scrubbing import REDACTED, Scrubber
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import is_seen
from lotwork.service import logs
from lotwork.service.logs import ScrubbedHandler

ODD_LETTERS = 'aB3$/+ "\\é'
CANARIES = tuple(f"canary-{number:02d}-{ODD_LETTERS[number % 10]}{number * 7919}" for number in range(25))
CLOCK = SetClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


class Vault:
    """An object whose repr shows what it holds."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"Vault({self.secret!r})"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    stream = io.StringIO()
    logs.set_up(CLOCK, Scrubber(CANARIES), stream=stream, verbose=True)
    yield stream
    root.handlers[:], sys.excepthook, threading.excepthook = before[0], before[2], before[3]
    root.setLevel(before[1])
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def leaked(text: str) -> list[str]:
    """Return the canaries that stand in *text*, in any of the spellings a reader could undo."""
    return [secret for secret in CANARIES if any(form in text for form in (secret, json.dumps(secret)[1:-1]))]


def fail_with(secret: str) -> None:
    raise ValueError(f"https://node.example/?apikey={quote_plus(secret)} answered {Vault(secret)!r}")


def log_everywhere(secret: str) -> None:
    """Log *secret* in each of the ways that leaked when they were measured."""
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if isinstance(handler, ScrubbedHandler)]  # none of pytest
    log = structlog.get_logger("lotwork.test")
    log.info("plain", value=secret, nested={"list": [secret]})
    event = f"in the event {secret}"
    log.info(event)
    log.info("an object", thing=Vault(secret))
    log.info("twice encoded", body=json.dumps({"password": secret}))
    try:
        fail_with(secret)
    except ValueError:
        log.exception("a traceback")
        logging.getLogger("apscheduler.executors").exception("Job %r raised", secret)
    logging.getLogger("httpx2").warning("HTTP Request: GET https://x/?key=%s", secret)
    logging.getLogger("web3.provider").error({"url": f"https://mainnet/v3/{secret}"})
    logging.getLogger("uvicorn.error").error("failed %s", Vault(secret), stack_info=True)
    logging.getLogger("any").error("bytes %r", secret.encode())
    logging.getLogger("any").error("a call that cannot be formatted %d", secret)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"careful with {secret}", stacklevel=1)


def test_twenty_five_canaries_are_in_no_line(out: io.StringIO) -> None:
    for secret in CANARIES:
        log_everywhere(secret)
    text = out.getvalue()
    assert text.count(REDACTED) > 25 * 10
    assert leaked(text) == []
    assert [secret for secret in CANARIES if base64.b64encode(secret.encode()).decode() in text] == []


def test_an_exception_nobody_caught_is_logged_without_its_secret(out: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(CANARIES[0])

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    text = out.getvalue()
    assert text.count("RuntimeError") >= 2
    assert leaked(text) == []


def test_every_line_off_a_terminal_is_one_json_object_with_its_time_in_utc(out: io.StringIO) -> None:
    structlog.get_logger("a").info("one\ntwo", source="ocean")
    logging.getLogger("b").warning("three %s", "four")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines == [
        {"event": "one\ntwo", "source": "ocean", "level": "info", "logger": "a", "at": "2026-11-22T12:00:00.000Z"},
        {"event": "three four", "level": "warning", "logger": "b", "at": "2026-11-22T12:00:00.000Z"},
    ]


def test_on_a_terminal_lines_are_for_people_and_as_clean(out: io.StringIO) -> None:
    del out

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    logs.set_up(CLOCK, Scrubber(CANARIES), stream=stream, verbose=True)
    for secret in CANARIES:
        log_everywhere(secret)
    assert "a traceback" in stream.getvalue()
    assert leaked(stream.getvalue()) == []


def fail_in_hostile_words() -> None:
    raise ValueError("\x1b[2J\u202e\nlotwork: all is well")


def test_on_a_terminal_a_strangers_words_steer_nothing(out: io.StringIO) -> None:
    del out

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    logs.set_up(CLOCK, Scrubber(), stream=stream)
    hostile = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp\u2066\u200b"
    structlog.get_logger("a").warning(hostile, why=hostile, more=[hostile, {hostile: 1}], seconds=3)
    logging.getLogger("b").error("%s", hostile)
    try:
        fail_in_hostile_words()
    except ValueError:
        structlog.get_logger("a").exception("broke")
        logging.getLogger("b").exception("broke")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())  # the colours of our own
    assert {letter for letter in plain if letter != "\n" and not is_seen(letter)} == set()
    assert plain.count("gnp") >= 4
    assert "seconds=3" in plain


def test_libraries_are_not_heard_below_a_warning(out: io.StringIO) -> None:
    for name in logs.NOISY:
        logging.getLogger(name).info("GET https://x/?key=whatever")
    assert out.getvalue() == ""


def test_the_scheduler_s_own_warning_of_a_skipped_round_is_not_heard(out: io.StringIO) -> None:
    """The daemon says it itself, once, and with the job's name."""
    logging.getLogger("apscheduler.scheduler").warning("Execution of job skipped")
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("http://user:pa55word@host:8332/", "host:8332"),
        ("Authorization: Basic dXNlcjpwYTU1d29yZA==", "Authorization"),
        ("GET /?api_key=pa55word&x=1", "x=1"),
        ('{"password": "pa55word", "x": 1}', '"x": 1'),
        ('{\\"token\\": \\"pa55word\\"}', "token"),
        ("https://mainnet.example/v3/pa55word00112233445566 failed", "failed"),
        ("xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33", ""),
        ("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", ""),
    ],
)
def test_what_looks_like_a_secret_is_taken_out_though_nobody_told_of_it(line: str, kept: str) -> None:
    clean = Scrubber()(line)
    assert REDACTED in clean
    assert kept in clean
    assert "pa55word" not in clean


@pytest.mark.parametrize(
    "line",
    [
        "receipt bitcoin:7e0d9b2a7f6f0f3c5a5c4ad9f3f3e2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5:0 of bc1qxy2kgdygjrsqtzq2n0",
        "http://127.0.0.1:8949/readyz",
        "2026-11-22T12:00:00.000Z source-silent:main:ocean",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert Scrubber()(line) == line


@given(st.text(min_size=3, max_size=40).filter(lambda text: text.strip() and text not in REDACTED))
def test_a_known_secret_never_survives_json_within_json(secret: str) -> None:
    scrub = Scrubber([secret])
    for line in (secret, json.dumps(secret), json.dumps(json.dumps({"a": secret})), repr(secret)):
        left = scrub(f"before {line} after").replace(REDACTED, "")
        assert secret not in left or secret in "before  after" or secret in json.dumps(json.dumps({"a": ""}))


def test_what_was_learnt_later_is_taken_out_too() -> None:
    scrub = Scrubber(["first"])
    scrub.learn(["second"])
    assert scrub("first second") == f"{REDACTED} {REDACTED}"
