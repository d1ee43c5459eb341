"""What a killed process leaves beside a file goes at the next run, and what a living one works in stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lotwork.ledger.storage import whole_file
from lotwork.ledger.storage.whole_file import PREFIX, beside
from tests.commands.calling import Caller
from tests.projections.house import receipt

WORKING = """
import sys
from pathlib import Path
from lotwork.ledger.storage.whole_file import beside
with beside(Path(sys.argv[1])) as folder:
    (folder / "half").write_bytes(b"half a file")
    print(folder, flush=True)
    sys.stdin.read()
"""


def left(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir() if each.name.startswith(".")}


def runs(lotwork: Caller, folder: Path) -> list[Callable[[str], object]]:
    """Return what makes whole files: a backup and a packet."""
    return [
        lambda name: lotwork("backup", folder / name),
        lambda name: lotwork("packet", "build", "--year", "2025", "--out", folder / name, code=None),
    ]


def test_a_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(receipt("r", "2025-03-01", "1", "80000"))
    place = tmp_path / "out"
    place.mkdir()
    for number, run in enumerate(runs(lotwork, place)):
        working = subprocess.Popen(
            [sys.executable, "-c", WORKING, place / "x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            assert working.stdout is not None
            folder = Path(working.stdout.readline().strip())
            run(f"{number}-living")
            assert (folder / "half").read_bytes() == b"half a file"
        finally:
            working.kill()
            working.communicate()
        assert left(place) == {folder.name}, "a kill leaves it"
        run(f"{number}-after")
        assert left(place) == set()
    assert len(list(place.iterdir())) == 4


def test_what_is_no_folder_of_ours_stays(tmp_path: Path) -> None:
    for name in (".lotwork-1234abcd", f"{PREFIX}abc"):
        (tmp_path / name).mkdir()
    away = tmp_path / "away"
    away.mkdir()
    (away / "mine").write_text("mine")
    (tmp_path / f"{PREFIX}link").symlink_to(away)
    (tmp_path / f"{PREFIX}file").write_text("a file")
    with beside(tmp_path / "x") as one, beside(tmp_path / "y") as two:
        assert one.is_dir()
        assert two.is_dir()
    assert left(tmp_path) == {".lotwork-1234abcd", f"{PREFIX}link", f"{PREFIX}file"}
    assert (away / "mine").read_text() == "mine"


def test_a_disk_without_locks_of_folders_keeps_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_descriptor: int, _how: int) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("fcntl.flock", refused)
    (tmp_path / f"{PREFIX}abc").mkdir()
    with beside(tmp_path / "x") as folder:
        (folder / "half").write_text("half")
    assert left(tmp_path) == {f"{PREFIX}abc"}


def test_a_folder_taken_before_it_was_locked_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, many = whole_file._opened, iter(range(3))

    def removed_first(folder: Path) -> int:
        if next(many, None) is not None:
            folder.rmdir()
        return opened(folder)

    monkeypatch.setattr(whole_file, "_opened", removed_first)
    with beside(tmp_path / "x") as folder:
        assert left(tmp_path) == {folder.name}
    assert left(tmp_path) == set()
