"""What a killed maker left beside its file goes with the next one's making; a living one's stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.errors import InputRefusedError, StorageError
from lotwork.ledger.storage.whole_file import PREFIX, beside, disk_named, name_once


def test_a_lent_folder_is_gone_afterwards_and_so_is_one_that_nobody_holds(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "half").write_text("half")
    with beside(tmp_path / "a.zip") as folder:
        assert folder.is_dir()
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_held_stays(tmp_path: Path) -> None:
    with beside(tmp_path / "a.zip") as held, beside(tmp_path / "b.zip") as other:
        assert held.is_dir()
        assert other != held


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    made, file = tmp_path / "made", tmp_path / "a.zip"
    made.write_text("new")
    file.write_text("old")
    with pytest.raises(InputRefusedError, match="appeared meanwhile: a packet overwrites nothing"):
        name_once(made, file, "packet")
    assert file.read_text() == "old"


def test_what_the_disk_refuses_is_said_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with (
        pytest.raises(StorageError, match=r"a.zip: the disk refused .*: no backup was made"),
        disk_named(file, "backup"),
    ):
        raise OSError(28, "No space left on device")
