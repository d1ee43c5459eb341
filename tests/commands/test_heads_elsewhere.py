"""Where the log ends is told elsewhere too, and a rollback of the whole home is found by it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lotwork.ledger.storage.heads import look
from lotwork.ledger.storage.log import EventLog
from tests.commands.calling import Caller
from tests.projections.house import receipt

A, B = receipt("a", "2025-01-01", "1"), receipt("b", "2025-01-02", "1")
KEEPER = """#!/bin/sh
case $1 in
tell) cat >> {kept} ;;
show) cat {kept} ;;
esac
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Return another disk."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def keeper(disk: Path) -> str:
    """Return a command that keeps what it is told."""
    program = disk / "keep heads"
    program.write_text(KEEPER.format(kept=disk / "kept"))
    program.chmod(0o700)
    return f"command:'{program}'"


def told_to(lotwork: Caller, place: str) -> None:
    (lotwork.home / "config.toml").write_text(f'[heads]\nalso = ["{place}"]\n')


@pytest.mark.parametrize("by_command", [False, True], ids=["a file", "a command"])
def test_a_rollback_of_ledger_and_heads_together_is_found(lotwork: Caller, disk: Path, *, by_command: bool) -> None:
    told_to(lotwork, keeper(disk) if by_command else f"file:{disk}/heads")
    lotwork.take(A)
    assert lotwork("verify").err == ""
    shutil.copytree(lotwork.home, disk / "snapshot")
    lotwork.take(B)
    assert lotwork("verify").err == ""
    shutil.rmtree(lotwork.home)
    shutil.copytree(disk / "snapshot", lotwork.home)
    told = lotwork("verify", code=4).err
    assert "tells of 2: 1 events are missing" in told
    assert "heads.log" not in told
    assert lotwork("verify", "--json", code=4).result["ok"] is False


def test_another_history_is_found(lotwork: Caller, disk: Path) -> None:
    told_to(lotwork, f"file:{disk}/heads")
    lotwork.take(A)
    shutil.rmtree(lotwork.home)
    lotwork.take(B)
    told_to(lotwork, f"file:{disk}/heads")
    assert "its history was rewritten" in lotwork("verify", code=4).err


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("file:{disk}/unmounted/heads", "is its disk mounted?"),
        ("command:{disk}/nobody", "No such file"),
        ("command:false", "it ended with exit code 1"),
    ],
)
def test_a_place_that_is_not_reached_holds_nothing_up_and_is_told(
    lotwork: Caller, disk: Path, place: str, why: str
) -> None:
    told_to(lotwork, place.format(disk=disk))
    told = lotwork.take(A)
    assert f"recorded, but the heads could not be told elsewhere: {place.format(disk=disk)}" in told.err
    assert why in told.err
    compared = lotwork("verify", code=1)
    assert "1 events are as they were written" in compared.out
    assert "the heads could not be compared" in compared.err


def test_a_place_that_has_lost_what_it_was_told_is_named(lotwork: Caller, disk: Path) -> None:
    told_to(lotwork, f"file:{disk}/heads")
    lotwork.take(A)
    (disk / "heads").unlink()
    assert "was told no heads yet, or has lost them" in lotwork("verify", code=1).err
    (disk / "heads").write_bytes(b"\xff\n" * 2000)
    assert "is not a head" in lotwork("verify", code=4).err


def test_a_file_elsewhere_is_private_and_told_only_what_is_new(lotwork: Caller, disk: Path) -> None:
    told_to(lotwork, f"file:{disk}/heads")
    for line in (A, A, B):
        lotwork.take(line)
    assert (disk / "heads").stat().st_mode & 0o777 == 0o600
    assert len((disk / "heads").read_bytes().splitlines()) == 2
    with EventLog.open(lotwork.home) as log:
        assert look(disk / "heads").told == {"main": log.head("main")}


@pytest.mark.parametrize("also", ["file:", "command:", "command:'", "/plain", "webhook"])
def test_a_place_that_is_none_is_refused(lotwork: Caller, also: str) -> None:
    told_to(lotwork, also)
    assert "also names" in lotwork("poll", code=3).err


def test_a_place_in_the_environment_is_told(lotwork: Caller, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTWORK_HEADS__ALSO", f'["file:{disk}/heads"]')
    lotwork.take(A)
    assert look(disk / "heads").told["main"].position == 1
