"""A folder of files is there whole or not at all, and replaces nothing but an earlier drawing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.storage.files import write_private
from lotwork.service import drawn_folder
from lotwork.service.drawn_folder import draw_folder


def drawing(**files: bytes) -> dict[str, bytes]:
    """Return *files* with the manifest that lists them."""
    listed = [{"name": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()]
    return {**files, "manifest.json": json.dumps({"files": listed}).encode()}


def held(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


FIRST, SECOND = drawing(a=b"1", b=b"2"), drawing(a=b"3")


def test_a_drawing_takes_the_place_of_the_one_before_as_a_whole(tmp_path: Path) -> None:
    for files in (FIRST, SECOND, SECOND, FIRST):
        draw_folder(tmp_path / "out", files)
        assert held(tmp_path / "out") == files
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_an_empty_folder_and_folders_above_that_are_not_there_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "not" / "there" / "yet"):
        draw_folder(place, FIRST)
        assert held(place) == FIRST


@pytest.mark.parametrize("refused_at", ["a", "manifest.json", "rename"])
def test_what_the_disk_refuses_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused_at: str
) -> None:
    out = tmp_path / "out"
    draw_folder(out, FIRST)
    writing, renaming = write_private, Path.rename

    def write(file: Path, content: bytes) -> None:
        if file.name == refused_at:
            raise OSError(28, "No space left on device")
        writing(file, content)

    def rename(path: Path, target: Path) -> Path:
        if refused_at == "rename" and target == out and ".before." not in path.name:
            raise OSError(5, "Input/output error")
        return renaming(path, target)

    monkeypatch.setattr(drawn_folder, "write_private", write)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match=r"No space|Input/output"):
        draw_folder(out, SECOND)
    assert held(out) == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["mine.txt", "manifest-mine.json", "a", "manifest.json"])
def test_what_is_not_ours_stays(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    draw_folder(out, FIRST)
    (out / name).write_bytes(b"mine")
    there = held(out)
    with pytest.raises(InputRefusedError, match="name a new or an empty folder"):
        draw_folder(out, SECOND)
    assert held(out) == there


def test_a_folder_in_the_folder_and_a_link_are_not_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    draw_folder(out, FIRST)
    (tmp_path / "link").symlink_to(out)
    (out / "folder").mkdir()
    for place in (out, tmp_path / "link"):
        with pytest.raises(InputRefusedError):
            draw_folder(place, SECOND)
