"""The homes of a folder: found at the cost of a look at each name, and looked into again only where one was touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lotwork.ledger.errors import UsageError
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.service.homes import HomesSeen, check_address, homes_in


def make(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    (folder / name / FILE_NAME).touch()
    return folder / name


def test_what_was_looked_into_is_looked_into_again_only_where_it_was_touched(tmp_path: Path) -> None:
    for number in range(50):
        make(tmp_path, f"home{number:02}")
    for number in range(50):
        (tmp_path / f"file{number}").touch()
    seen = HomesSeen(tmp_path)
    assert len(seen.look()) == 50
    assert seen.looked_into == 100
    for _ in range(3):
        assert seen.look() == list(homes_in(tmp_path))
    assert seen.looked_into == 100
    make(tmp_path, "new")
    assert len(seen.look()) == 51
    assert seen.looked_into == 101


def test_a_folder_that_becomes_a_home_is_found_and_one_that_goes_is_gone(tmp_path: Path) -> None:
    seen = HomesSeen(tmp_path)
    (tmp_path / "later").mkdir()
    (tmp_path / "named").mkdir()
    config = tmp_path / "named" / "config.toml"
    config.write_text("[daemon]\nport = 1\n")
    assert seen.look() == []
    (tmp_path / "later" / FILE_NAME).touch()
    config.write_text('[ledger]\nurl = "postgresql://db/lotwork"\n')  # in place: its folder is not touched
    os.utime(config, ns=(1, 1))
    assert [home.name for home in seen.look()] == ["later", "named"]
    (tmp_path / "later").rename(tmp_path / "away")
    assert [home.name for home in seen.look()] == ["away", "named"]


def test_a_name_that_cannot_be_looked_into_is_told_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert [home.name for home in HomesSeen(tmp_path).look()] == ["nowhere"]


@pytest.mark.parametrize("name", ["two\nlines", "bell\x07", "turned\u202eabout", "bad\udcff"])
def test_a_name_that_no_line_can_say_and_no_address_can_lead_to_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="give the folder another") as refused:
        check_address(tmp_path / name)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("name", ["a b", "a.b", "a%2Fb", "語ü", "q?x#y;z", "<b>x", "back\\slash", "'quote\""])
def test_any_other_name_is_as_good_as_a_plain_one(tmp_path: Path, name: str) -> None:
    check_address(make(tmp_path, name))
    assert [home.name for home in HomesSeen(tmp_path).look()] == [name]


def test_a_file_in_the_folder_costs_no_look_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        (tmp_path / f"file{number}").touch()
    looks: list[Path] = []

    def exists(path: Path) -> bool:
        looks.append(path)
        return False

    monkeypatch.setattr(Path, "exists", exists)
    assert list(homes_in(tmp_path)) == []
    assert looks == []
