"""The doctor finds what is wrong, says what to do, and harms nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from lotwork.ledger.storage.doctor import Check, disk_space, examine, python_version, sqlite_version
from lotwork.ledger.storage.heads import heads_file
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.ledger.storage.sqlite.connection import ledger_file
from tests.ledger.making import filled


def named(checks: tuple[Check, ...], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


def test_a_sound_ledger_on_a_sound_machine_passes_every_check(tmp_path: Path) -> None:
    home = tmp_path / "home"
    filled(home, 5)
    (tmp_path / "lotwork.toml").write_text("[sources]\n")
    checks = examine(home, config=tmp_path / "lotwork.toml")
    assert [check for check in checks if not check.ok] == []
    assert named(checks, "daemon").detail == "does not run"


def test_a_home_that_does_not_exist_yet_is_in_order_and_stays_away(tmp_path: Path) -> None:
    checks = examine(tmp_path / "nowhere", config=tmp_path / "none.toml")
    assert [check for check in checks if not check.ok] == []
    assert not (tmp_path / "nowhere").exists()
    assert "defaults" in named(checks, "config").detail


def test_every_failed_check_says_what_to_do(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    tmp_path.chmod(0o755)
    ledger_file(tmp_path).write_bytes(b"rubbish" * 1000)
    (tmp_path / "lotwork.toml").write_text("not = [toml")
    failed = [check for check in examine(tmp_path, config=tmp_path / "lotwork.toml") if not check.ok]
    assert {check.name for check in failed} == {"permissions", "heads", "chain", "config"}
    assert all(check.remedy for check in failed)


def test_a_deleted_head_file_is_noticed(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    heads_file(tmp_path).unlink()
    assert "heads.log is missing" in named(examine(tmp_path), "heads").detail


def test_a_running_daemon_is_named(tmp_path: Path) -> None:
    with DaemonLock.acquire(tmp_path):
        assert named(examine(tmp_path), "daemon").detail == f"runs with pid {os.getpid()}"


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), 0),
        ((3, 44, 6), 1),
        ((3, 50, 6), 0),
        ((3, 50, 7), 1),
        ((3, 51, 2), 0),
        ((3, 51, 3), 1),
        ((4, 0, 0), 1),
    ],
)
def test_the_wal_reset_bug_is_told_of_the_versions_that_have_it(version: tuple[int, ...], fixed: int) -> None:
    assert ("WAL-reset" not in sqlite_version(version).detail) == bool(fixed)


def test_an_old_python_is_refused() -> None:
    assert not python_version((3, 10, 9)).ok
    assert python_version((3, 11, 0)).ok


def test_a_disk_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1 << 20))
    assert not disk_space(tmp_path / "not" / "there" / "yet").ok


def test_a_part_that_is_not_installed_is_named_with_its_purpose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    checks = examine(tmp_path)
    assert not named(checks, "part web3").ok
    assert named(checks, "part apprise").ok
    assert "EVM" in named(checks, "part web3").remedy
