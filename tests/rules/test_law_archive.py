"""The archive: an edition of the law is kept once, whoever keeps it at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.errors import StorageError
from lotwork.rules import law_archive as room
from lotwork.rules.law_archive import LawArchive
from lotwork.rules.load import Law


def test_of_two_that_keep_one_law_at_once_the_second_leaves_the_first_s_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, law = LawArchive(tmp_path), Law.load()

    def another_comes_first(folder: Path) -> None:
        monkeypatch.setattr(room, "sync_folder", lambda _: None)
        LawArchive(tmp_path).keep(law)
        assert folder.is_dir()

    monkeypatch.setattr(room, "sync_folder", another_comes_first)
    digest = archive.keep(law)
    assert [each.name for each in (tmp_path / "laws").iterdir()] == [digest]
    assert archive.law(digest).files == law.files


def test_a_link_to_nowhere_in_the_law_s_place_is_set_aside(tmp_path: Path) -> None:
    archive, law = LawArchive(tmp_path), Law.load()
    digest = archive.keep(law)
    kept = tmp_path / "laws" / digest
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "nowhere")
    assert archive.keep(law) == digest
    assert kept.is_dir()
    assert not kept.is_symlink()


def test_a_home_that_takes_no_folder_of_law_says_so(tmp_path: Path) -> None:
    (tmp_path / "laws").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="the law could not be kept"):
        LawArchive(tmp_path).keep(Law.load())
