"""After a power cut at any moment, in POSIX's strictest reading, the ledger opens and has every acknowledged event.

Here a sample of images, and others in each round of `make fuzz`; `python -m tests.faults.whole` draws 3,000.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.drawing import ROUND, stream
from tests.faults.harness import Bench
from tests.faults.power import CREATE, LINK, NOTE, RENAME, SYNC, UNLINK, WRITE, Call, Disk, images
from tests.faults.power_cuts import CUTS, UNSYNCED, Cut, lost

IMAGES = 100 if ROUND in os.environ else 25


@pytest.mark.faults
@pytest.mark.seeded
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name)
def test_a_power_cut_loses_nothing_acknowledged(bench: Bench, cut: Cut) -> None:
    assert lost(bench, cut, IMAGES, stream(len(cut.name))) == []


@pytest.mark.faults
def test_the_harness_finds_a_ledger_that_is_not_synced(bench: Bench) -> None:
    assert len(lost(bench, UNSYNCED, 20, stream(1))) > 5


# -- the model itself -------------------------------------------------------------------------------------------------


def call(kind: int, inode: int, name: str = "", *, data: bytes = b"", offset: int = 0, to: str = "") -> Call:
    return Call(kind, inode, 1, 1, offset, name, to, data)


def left(tmp_path: Path, *calls: Call) -> set[tuple[tuple[str, bytes], ...]]:
    """Return what may be left of an empty folder after *calls*, as many images as it takes to see it."""
    root = tmp_path / "root"
    root.mkdir()
    inode = root.stat().st_ino
    done = [each._replace(folder=inode, other=inode, inode=each.inode or inode) for each in calls]
    seen = set()
    for number in range(60):
        disk = Disk.of(root)
        for each in done:
            disk.follow(each)
        place = tmp_path / f"{number}"
        disk.leave(place, stream(number))
        seen.add(tuple(sorted((path.name, path.read_bytes()) for path in place.iterdir())))
    return seen


def test_what_is_not_synced_may_be_there_or_not(tmp_path: Path) -> None:
    made, written = call(CREATE, 7, "a"), call(WRITE, 7, data=b"xy")
    assert {(), (("a", b""),), (("a", b"xy"),)} <= left(tmp_path, made, written)


def test_a_synced_file_without_a_synced_name_may_be_gone_and_a_synced_name_not(tmp_path: Path) -> None:
    made, written = call(CREATE, 7, "a"), call(WRITE, 7, data=b"xy")
    assert left(tmp_path, made, written, call(SYNC, 7)) == {(), (("a", b"xy"),)}
    (tmp_path / "other").mkdir()
    assert left(tmp_path / "other", made, written, call(SYNC, 7), call(SYNC, 0)) == {(("a", b"xy"),)}


def test_a_rename_is_whole_or_not_at_all(tmp_path: Path) -> None:
    made = (call(CREATE, 7, "a"), call(CREATE, 8, "b"), call(WRITE, 7, data=b"new"), call(SYNC, 7), call(SYNC, 0))
    assert left(tmp_path, *made, call(RENAME, 7, "a", to="b")) == {(("a", b"new"), ("b", b"")), (("b", b"new"),)}


def test_a_link_and_what_was_taken_away(tmp_path: Path) -> None:
    made = (call(CREATE, 7, "a"), call(SYNC, 0), call(LINK, 7, "a", to="b"), call(UNLINK, 7, "a"))
    assert left(tmp_path, *made) == {(), (("a", b""),), (("b", b""),), (("a", b""), ("b", b""))}


def test_words_are_acknowledged_at_the_call_they_stand_at(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    calls = [call(NOTE, 0, data=b"1"), call(NOTE, 0, data=b"2")]
    found = {image.calls: image.acknowledged for image in images(Disk.of(root), calls, 30, tmp_path, stream(3))}
    assert found == {0: "", 1: "1", 2: "2"}
