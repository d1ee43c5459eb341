"""The scripts that make an environment and fill it: what they leave behind when something goes wrong, and mend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.setup.environments import BROUGHT, OLDEST, PINNED, brought, environment, install, libraries, make, versions
from tests.setup.hollow import lock_of
from tests.setup.locks import Library

STAMPS = (".made", ".runtime", ".development", ".ready")
PLAIN = Library("plain", "1.0")
ASKING = Library("asking", "1.0", ("plain<2",))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


def stamped(folder: Path) -> Path:
    for name in STAMPS:
        (folder / name).touch()
    return folder


def stamps(folder: Path) -> list[str]:
    return [name for name in STAMPS if (folder / name).exists()]


def test_an_environment_is_made_with_the_pinned_pip_and_no_network(tmp_path: Path) -> None:
    brought(PINNED, "pip")
    told = make(tmp_path / "environment", offers=BROUGHT)
    assert told.code == 0, told.said
    here = libraries(tmp_path / "environment")
    assert {path.name for path in here.glob("pip-*.dist-info")} == {f"pip-{brought(PINNED, 'pip')[0]}.dist-info"}
    assert stamps(tmp_path / "environment") == [".made"]


def test_where_the_installer_cannot_be_had_nothing_half_made_is_left_and_it_says_what_to_do(
    tmp_path: Path, index: Path
) -> None:
    stamped(environment(tmp_path / "environment", OLDEST))
    told = make(tmp_path / "environment", offers=index)
    assert told.code == 1
    assert not (tmp_path / "environment").exists()
    assert "pip config list" in told.said
    assert "the same make again" in told.said


def test_a_python_that_was_named_and_cannot_be_used_is_refused(tmp_path: Path, index: Path) -> None:
    told = make(tmp_path / "environment", offers=index, python=os.devnull)
    assert told.code == 1
    assert "is no Python 3.11, 3.12 or 3.13" in told.said


def test_an_install_that_fails_takes_every_stamp_away_so_that_the_next_make_begins_anew(
    tmp_path: Path, index: Path
) -> None:
    made = stamped(environment(tmp_path / "environment", PINNED))
    lock = lock_of([PLAIN, ASKING], index)
    next(index.glob("asking-*")).unlink()
    told = install(made, lock)
    assert told.code != 0
    assert stamps(made) == []


def test_an_install_that_ends_well_keeps_the_stamp_of_the_environment_only(tmp_path: Path, index: Path) -> None:
    made = stamped(environment(tmp_path / "environment", PINNED))
    told = install(made, lock_of([PLAIN, ASKING], index))
    assert told.code == 0, told.said
    assert stamps(made) == [".made"]


def test_a_lock_that_does_not_agree_with_itself_is_refused(tmp_path: Path, index: Path) -> None:
    made = stamped(environment(tmp_path / "environment", PINNED))
    told = install(made, lock_of([Library("plain", "2.0"), ASKING], index))
    assert told.code != 0
    assert "asking 1.0 has requirement plain<2, but you have plain 2.0" in told.said
    assert stamps(made) == []


def test_what_a_former_lock_left_and_does_not_fit_any_more_is_removed(tmp_path: Path, index: Path) -> None:
    made = environment(tmp_path / "environment", PINNED)
    assert install(made, lock_of([PLAIN, ASKING], index)).code == 0
    told = install(made, lock_of([Library("plain", "2.0")], index))
    assert told.code == 0, told.said
    assert versions(made) == {"plain": "2.0"}


def test_what_somebody_added_and_fits_is_left_alone(tmp_path: Path, index: Path) -> None:
    made = environment(tmp_path / "environment", PINNED)
    assert install(made, lock_of([PLAIN, ASKING], index)).code == 0
    assert install(made, lock_of([PLAIN], index)).code == 0
    assert versions(made) == {"plain": "1.0", "asking": "1.0"}


@pytest.mark.parametrize("pip", [PINNED, OLDEST], ids=["the pinned pip", "the oldest pip"])
def test_the_users_own_settings_of_pip_do_not_stop_an_install(pip: Path, tmp_path: Path, index: Path) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(
        "[global]\nrequire-virtualenv = true\nrequire-hashes = true\nno-binary = :all:\n[install]\nuser = true\n"
    )
    made = environment(tmp_path / "environment", pip)
    told = install(made, lock_of([PLAIN, ASKING], index), settings=settings)
    assert told.code == 0, told.said
    assert versions(made) == {"plain": "1.0", "asking": "1.0"}
