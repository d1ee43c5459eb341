"""`lotwork source add` at a terminal: it asks in the words of the declaration, and shows nothing of what is secret."""

from __future__ import annotations

import os
import pty
import select
import shlex
import stat
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lotwork import config
from tests.commands.calling import Caller
from tests.commands.source.test_adding import CANARY, XPRV
from tests.ingest.scripted_server import Script
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]
START = (
    "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "import sys, datetime; from lotwork.ledger.clock import SystemClock; from lotwork.ingest.asking.pace import Pace; "
    "SystemClock.now = lambda _: datetime.datetime(2026, 3, 6, 12, tzinfo=datetime.UTC); Pace.wait = lambda *_: None; "
    "from lotwork.cli import main; main(sys.argv[1:])"
)
"""The command at a terminal of its own, on the day after the recorded answers, waiting for no turn."""


class Terminal:
    """A person at a pseudo-terminal of 80 columns, who types when asked."""

    def __init__(self, home: Path, *words: str) -> None:
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))

        environ = {name: value for name, value in os.environ.items() if not name.startswith("LOTWORK_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "--home", str(home), *words],
            cwd=ROOT, env={**environ, "NO_COLOR": "1"}, start_new_session=True, stdin=slave, stdout=slave, stderr=slave,
        )  # fmt: skip
        os.close(slave)
        self._master = master
        self.seen = ""
        self._read = 0

    def leave(self) -> None:
        """End the command, however the test went."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def asks(self, question: str) -> None:
        """Wait until *question* stands at the end of what is seen."""
        give_up = time.perf_counter() + PATIENCE_SECONDS
        while question not in self.seen[self._read :]:
            assert time.perf_counter() < give_up, f"never asked {question!r}:\n{self.seen}"
            assert self._more(), f"ended, and never asked {question!r}:\n{self.seen}"
        self._read = self.seen.index(question, self._read) + len(question)

    def types(self, words: str) -> None:
        """Type *words* and the enter key."""
        os.write(self._master, f"{words}\n".encode())

    def ended(self) -> int:
        """Return the exit code, all that was said having been seen."""
        while self._more():
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _more(self) -> bool:
        if not select.select([self._master], [], [], PATIENCE_SECONDS)[0]:
            return False
        try:
            told = os.read(self._master, 4096)
        except OSError:  # the other side is gone
            return False
        self.seen += told.decode()
        return bool(told)


Sits = Callable[..., Terminal]


@pytest.fixture
def sits() -> Iterator[Sits]:
    """Return what sits a person down at a terminal."""
    sat: list[Terminal] = []

    def down(home: Path, *words: str) -> Terminal:
        sat.append(Terminal(home, *words))
        return sat[-1]

    yield down
    for terminal in sat:
        terminal.leave()


def test_a_newcomer_is_asked_tested_and_saved(tmp_path: Path, sits: Sits, pool: Script) -> None:
    home = tmp_path / "home"
    at = sits(home, "source", "add", "--set", f"base_url={pool.url}", "--set", "allow_private=true")
    at.asks("Its name in the list: ")
    at.types("braiins")
    at.asks("name [braiins]: ")
    at.types("")
    at.asks("wallet (where payouts on the chain go) [cold]: ")
    at.types(XPRV)
    at.asks("wallet (where payouts on the chain go) [cold]: ")
    assert "looks like a private key" in at.seen
    at.types("")
    at.asks("lightning wallet [lightning]: ")
    at.types("")
    at.asks("start [2026-01-01]: ")
    at.types("2026-03-01")
    at.asks("key (the token of an access profile that may only read): it goes into braiins.token")
    at.asks("key: ")
    at.types(CANARY)
    at.asks("Save it? [Y/n]: ")
    assert "first  2026-03-03T02:06:40Z receipt 0.01250000 BTC (cold)" in at.seen
    assert not (home / "braiins.token").exists()
    assert "[[sources.braiins]]" not in (home / config.FILE).read_text(encoding="utf-8").replace("# [[", "")
    at.types("y")
    assert at.ended() == 0
    assert CANARY not in at.seen
    assert stat.S_IMODE((home / "braiins.token").stat().st_mode) == 0o600
    (section,) = config.load(home, environ={}).settings.sources.all()
    assert (section.name, getattr(section, "lightning_wallet", None)) == ("braiins", "lightning")
    assert {headers["Pool-Auth-Token"] for headers in pool.headers} == {CANARY}


@pytest.mark.parametrize("last", ["n", "\x03"])
def test_who_does_not_want_it_saved_has_nothing_saved(tmp_path: Path, sits: Sits, pool: Script, last: str) -> None:
    home = tmp_path / "home"
    given = ("--name", "mine", "--set", f"base_url={pool.url}", "--set", "allow_private=true")
    rest = ("--set", "wallet=cold", "--set", "lightning_wallet=ln", "--set", "start=2026-03-01")
    at = sits(home, "source", "add", "braiins", *given, *rest)
    at.asks("key: ")
    at.types(CANARY)
    at.asks("Save it? [Y/n]: ")
    at.types(last)
    assert at.ended() == 130
    assert (last != "n") or "nothing was saved" in at.seen
    assert [path.name for path in sorted(home.iterdir())] == ["config.toml"]
    assert not config.load(home, environ={}).settings.sources.all()


def test_without_a_terminal_nothing_is_asked(lotwork: Caller) -> None:
    assert "give --set" in lotwork("source", "add", "ocean", code=2).err


def test_a_zone_that_there_is_none_of_is_asked_for_again(tmp_path: Path, sits: Sits) -> None:
    at = sits(tmp_path / "home", "init", "--filing-status", "single", "--activity", "business")
    for wrong in ("Eastern", "New York", "Amerca/New_York"):
        at.asks("Your time zone [America/New_York]: ")
        at.types(wrong)
        at.asks("is not a time zone")
    at.asks("Your time zone [America/New_York]: ")
    at.types("America/Chicago")
    assert at.ended() == 0
    assert "time_zone=America/Chicago" in at.seen


def test_a_test_that_fails_keeps_the_answers_and_asks_which_is_wrong(tmp_path: Path, sits: Sits) -> None:
    home = tmp_path / "home"
    given = ("--set", "base_url=http://127.0.0.1:9", "--set", "allow_private=true", "--set", "lightning_wallet=ln")
    at = sits(home, "source", "add", "braiins", *given)
    at.asks("name [braiins]: ")
    at.types("")
    at.asks("[cold]: ")
    at.types("vault")
    at.asks("start [2026-01-01]: ")
    at.types("2026-03-01")
    at.asks("key: ")
    at.types("mistyped")
    at.asks("nothing was saved, since the test failed")
    at.asks("Your answers are kept. Change one (name, wallet")
    at.asks("What now: ")
    at.types("wallet")
    at.asks("[vault]: ")
    at.types("cold")
    at.asks("What now: ")
    at.types("key")
    at.asks("only you may read")
    at.asks("key: ")
    at.types(CANARY)
    at.asks("What now: ")
    at.types("leave")
    assert at.ended() == 130
    command = at.seen.replace("\r\n", " ")
    assert "lotwork source add braiins --set" in command
    assert "wallet=cold" in command
    assert "key_file" not in command.partition("and what is secret is asked for again: ")[2]
    assert CANARY not in at.seen
    assert not (home / "braiins.token").exists()
    again = command.partition("asked for again: lotwork ")[2].partition(" lotwork: ")[0]
    then = sits(home, *shlex.split(again))
    then.asks("key: ")


def test_words_to_choose_from_are_told_once(tmp_path: Path, sits: Sits) -> None:
    at = sits(
        tmp_path / "home", "source", "add", "shelly", "--set", "name=plug", "--set", "base_url=http://127.0.0.1:9"
    )
    at.asks("component (switch, pm1, em1, em (three phases); of the first generation relay, emeter) [switch]: ")


def test_answers_that_are_kept_can_be_saved_untested(tmp_path: Path, sits: Sits) -> None:
    home = tmp_path / "home"
    given = ("--set", "base_url=http://127.0.0.1:9", "--set", "allow_private=true", "--set", "lightning_wallet=ln")
    at = sits(home, "source", "add", "braiins", "--name", "b", *given, "--set", "wallet=w", "--set", "start=2026-03-01")
    at.asks("key: ")
    at.types(CANARY)
    at.asks("What now: ")
    at.types("save")
    at.asks("Save it? [Y/n]: ")
    at.types("y")
    assert at.ended() == 0
    assert "[[sources.braiins]]" in (home / config.FILE).read_text(encoding="utf-8").replace("# [[", "")
