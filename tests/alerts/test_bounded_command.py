"""A command of the taxpayer's own ends, whatever it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.alerts.bounded_command import run_bounded
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import StorageError
from tests.postgres_server import lives

MIB = 1 << 20


def run(script: str, given: bytes = b"", *, seconds: float = 10.0) -> bytes:
    return run_bounded(("sh", "-c", script), given, seconds=seconds, most_bytes=MIB)


def test_what_it_is_given_and_prints_comes_whole() -> None:
    told = b"a line\n" * 100_000
    assert run("cat", told) == told
    assert run("cat > /dev/null; echo told", told) == b"told\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("yes", "it printed more than 1 MiB"),
        ("cat /dev/zero", "it printed more than 1 MiB"),
        ("sleep 60", "it did not end within 0.3 s"),
        ("exec >&-; sleep 60", "it did not end within 0.3 s"),
        ("trap '' TERM; echo x; sleep 60", "it did not end within 0.3 s"),
        ("exit 3", "it ended with exit code 3"),
        ("kill -9 $$", "it ended with exit code -9"),
    ],
)
def test_one_that_does_not_end_well_is_told_and_ended(script: str, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        run(script, b"x" * MIB, seconds=0.3)


def test_one_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError, match="No such file"):
        run_bounded(("/nowhere/at/all",), b"", seconds=1, most_bytes=1)


def test_what_it_started_ends_with_it_and_holds_nobody_up(tmp_path: Path) -> None:
    begun = SystemClock().monotonic()
    assert run(f"sleep 61.25 & echo $! > {tmp_path}/pid; echo done") == b"done\n"
    assert SystemClock().monotonic() - begun < 5
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if not lives(pid):
            return
        SystemClock().sleep(0.02)
    pytest.fail("it goes on alone")


def test_one_that_takes_nothing_may_still_answer() -> None:
    assert run("echo here", b"x" * 8 * MIB) == b"here\n"
    assert run("exec <&-; sleep 0.05; echo here", b"x" * 8 * MIB) == b"here\n"
