"""A command of the taxpayer's own ends, whatever it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.alerts.bounded_command import run_bounded
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import StorageError
from tests.patience import PATIENCE_SECONDS
from tests.postgres_server import lives

MIB = 1 << 20


def run(script: str, given: bytes = b"", *, seconds: float = PATIENCE_SECONDS) -> bytes:
    return run_bounded(("sh", "-c", script), given, seconds=seconds, most_bytes=MIB)


def test_what_it_is_given_and_prints_comes_whole() -> None:
    told = b"a line\n" * 100_000
    assert run("cat", told) == told
    assert run("cat > /dev/null; echo told", told) == b"told\n"


@pytest.mark.parametrize(
    ("script", "seconds", "words"),
    [
        ("yes", PATIENCE_SECONDS, "it printed more than 1 MiB"),
        ("cat /dev/zero", PATIENCE_SECONDS, "it printed more than 1 MiB"),
        ("sleep 600", 0.3, "it did not end within 0.3 s"),
        ("exec >&-; sleep 600", 0.3, "it did not end within 0.3 s"),
        ("trap '' TERM; echo x; sleep 600", 0.3, "it did not end within 0.3 s"),
        ("exit 3", PATIENCE_SECONDS, "it ended with exit code 3"),
        ("kill -9 $$", PATIENCE_SECONDS, "it ended with exit code -9"),
    ],
)
def test_one_that_does_not_end_well_is_told_and_ended(script: str, seconds: float, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        run(script, b"x" * MIB, seconds=seconds)


def test_one_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError, match="No such file"):
        run_bounded(("/nowhere/at/all",), b"", seconds=1, most_bytes=1)


def test_what_it_started_ends_with_it_and_holds_nobody_up(tmp_path: Path) -> None:
    assert run(f"sleep 600.25 & echo $! > {tmp_path}/pid; echo done") == b"done\n", "within its time, not in 600 s"
    pid, give_up = int((tmp_path / "pid").read_text()), SystemClock().monotonic() + PATIENCE_SECONDS
    while lives(pid):
        assert SystemClock().monotonic() < give_up, "it goes on alone"
        SystemClock().sleep(0.02)


def test_one_that_takes_nothing_may_still_answer() -> None:
    assert run("echo here", b"x" * 8 * MIB) == b"here\n"
    assert run("exec <&-; sleep 0.05; echo here", b"x" * 8 * MIB) == b"here\n"
