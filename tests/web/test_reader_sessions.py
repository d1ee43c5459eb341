"""Guessing at the passwords of readers: what one of them knows opens no way to another's."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.service import web_password
from lotwork.service.readers import FILE, Reader, Readers, write_readers
from lotwork.service.web_password import kept_form
from lotwork.web import sessions as sessions_module
from lotwork.web.sessions import FORGOTTEN_SECONDS, FREE_TRIES, FREE_TRIES_OF_ALL, ReaderSessions, SlowDownError
from tests.web.conftest import clock

ANNS, EVES, WRONG = "correct horse battery", "staple battery horse", "wrong wrong wrong"
PLACE = "203.0.113.7"


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a try cost nothing: what it costs is no matter here."""
    monkeypatch.setattr(web_password, "COST", 16)


@pytest.fixture
def now() -> SetClock:
    return clock()


@pytest.fixture
def sessions(tmp_path: Path, now: SetClock) -> ReaderSessions:
    told = (("ann", ANNS), ("eve", EVES))
    write_readers(tmp_path / FILE, [Reader(name=name, books=(name,), password=kept_form(kept)) for name, kept in told])
    return ReaderSessions(Readers(tmp_path), now)


def guesses(sessions: ReaderSessions, names: list[str], client: str = PLACE) -> int:
    """Return how many of the guesses at *names*, a login of eve behind each, were looked at before one had to wait."""
    for number, name in enumerate(names):
        try:
            assert sessions.begin(WRONG, client.format(number), name) is None
            assert sessions.begin(EVES, client.format(number), "eve")
        except SlowDownError:
            return number + 1
    return len(names)


@pytest.mark.parametrize("name", ["ann", "nobody", ""])
def test_who_logs_in_between_guesses_at_anothers_password_gets_no_more_of_them(
    sessions: ReaderSessions, name: str
) -> None:
    assert guesses(sessions, [name] * 20) == FREE_TRIES


def test_who_has_many_addresses_gets_no_more_guesses_by_logging_in_between(sessions: ReaderSessions) -> None:
    assert guesses(sessions, ["ann"] * 60, "203.0.113.{}") == FREE_TRIES_OF_ALL


def test_who_mistyped_their_own_password_begins_anew_once_it_was_right(sessions: ReaderSessions) -> None:
    assert guesses(sessions, ["eve"] * 20) == 20


def test_what_was_mistyped_long_ago_makes_nobody_wait(sessions: ReaderSessions, now: SetClock) -> None:
    for _ in range(5):
        for _ in range(FREE_TRIES - 1):
            assert sessions.begin(WRONG, PLACE, "anne") is None
        now.sleep(FORGOTTEN_SECONDS + 1)
    assert sessions.begin(ANNS, PLACE, "ann")


def test_of_guesses_that_are_sent_at_once_no_more_are_looked_at_than_one_after_the_other(
    sessions: ReaderSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def slowly(kept: str, password: str) -> bool:
        looked.append(password)
        time.sleep(0.01)
        return web_password.is_password(kept, password)

    def guess() -> None:
        try:
            sessions.begin(WRONG, PLACE, "ann")
        except SlowDownError:
            return

    monkeypatch.setattr(sessions_module, "is_password", slowly)
    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) == FREE_TRIES
