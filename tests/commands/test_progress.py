"""Long work tells how far it is: every command that passes over a log counts; it is drawn at a terminal alone."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.commands import telling
from lotwork.commands.progress import Progress, progress
from lotwork.ledger.clock import SetClock
from lotwork.ledger.counting import count, counted, listening
from tests.commands.calling import Caller
from tests.projections.house import receipt, sale

ROOT = Path(__file__).parents[2]
SOON = """
import sys
from threading import Event
from lotwork.cli import main
from lotwork.commands import progress

drawn = Event()
draw, add = progress.draw, progress.Progress.add

def draw_and_tell(words):
    draw(words)
    drawn.set()

def add_and_wait(self, what, more):
    add(self, what, more)
    drawn.clear()
    drawn.wait(60)

progress.FIRST_SECONDS, progress.EACH_SECONDS = 0, 0.001
progress.draw, progress.Progress.add = draw_and_tell, add_and_wait
main(sys.argv[1:])
"""
"""The command, drawn from its first moment on, where what is counted waits until it was drawn: however fast it is."""
ME = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "time_zone": "UTC",
      "activity": "business", "jurisdiction": "us"}  # fmt: skip
LINES = [ME, receipt("a", "2025-01-01", "1", "90000"), sale("s", "2025-02-01", "0.5", "50000")]
LONG = {
    ("import", "../events.jsonl", "--dry-run"): {"lines read", "events checked"},
    ("verify",): {"events verified"},
    ("replay", "--from-zero"): {"events read"},
    ("backup", "a.backup"): {"events verified"},
    ("restore", "a.backup"): {"events verified"},
    ("export",): {"events read"},
    ("export", "hledger"): {"events read"},
    ("file", "--year", "2025"): {"events read", "returns worked out"},
    ("diff", "--filed", "2025"): {"events read", "returns worked out"},
    ("forms", "--year", "2025", "--out", "forms"): {"events read", "returns worked out"},
    ("plan", "sale", "0.1", "--price", "90000"): {"events read", "returns worked out"},
    ("rules", "diff", "shipped"): {"events read"},
}


def test_every_command_that_may_be_long_counts(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    told: Counter[str] = Counter()
    with listening(lambda what, more: told.update({what: more})):
        lotwork.take(*LINES)
        assert told["events recorded"] == len(LINES)
        for words, counts in LONG.items():
            told.clear()
            lotwork(*words, code=None)
            assert {what for what, more in told.items() if more > 0} >= counts, words


def test_the_rate_is_of_what_is_told_and_the_seconds_of_all() -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    told = Progress(clock)
    clock.move(3)
    assert told.words() == "3 s"
    told.add("lines read", 2000)
    clock.move(4)
    told.add("lines read", 2000)
    assert told.words() == "4,000 lines read (1,000 a second), 7 s"
    told.add("events recorded", 50)
    clock.move(1)
    assert told.words() == "50 events recorded (50 a second), 8 s"


@pytest.mark.parametrize(("argv", "sits"), [(["lotwork", "verify", "--json"], True), (["lotwork", "verify"], False)])
def test_nobody_listens_under_json_or_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], *, sits: bool
) -> None:
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: sits)
    assert not telling.is_watched()
    with progress():
        items = [1]
        assert counted("things", items) is items
        count("things")


def at_terminal(home: Path, *words: str) -> tuple[str, str]:
    """Run the command with its standard error at a terminal; return what came there, and its standard output."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 60))
    with subprocess.Popen(
        [sys.executable, "-c", SOON, "--home", str(home), *words],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=slave, text=True,
    ) as process:  # fmt: skip
        os.close(slave)
        seen = b""
        try:
            while more := os.read(master, 65536):
                seen += more
        except OSError:  # how Linux says that nobody holds the other end any more
            pass
        out = process.stdout.read() if process.stdout else ""
    os.close(master)
    assert process.returncode == 0
    return seen.decode(), out


def screen(seen: str) -> list[str]:
    """Return what stands on a terminal after *seen*: what is drawn over is gone."""
    lines = [""]
    column = 0
    for letter in seen:
        if letter == "\n":
            lines.append("")
            column = 0
        elif letter == "\r":
            column = 0
        else:
            lines[-1] = lines[-1][:column].ljust(column) + letter + lines[-1][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]


def test_at_a_terminal_it_is_drawn_in_place_and_gone_at_the_end(tmp_path: Path) -> None:
    lines = (f'{{"kind":"wallet","at":"2025-01-01T00:00:00Z","wallet":"w{number}"}}\n' for number in range(3000))
    (tmp_path / "e.jsonl").write_text("".join(lines), encoding="utf-8")
    seen, out = at_terminal(tmp_path / "home", "import", str(tmp_path / "e.jsonl"))
    assert out == "book main: 3000 appended, 0 known already; the log ends at 3000\n"
    drawn = [words.strip() for words in seen.split("\r") if words.strip()]
    assert any("lines read (" in words and " a second), " in words for words in drawn)
    assert max(map(len, drawn)) < 60
    assert screen(seen) == [""]
    seen, out = at_terminal(tmp_path / "home", "verify", "--json")
    assert seen == ""
    assert '"ok": true' in out
