"""Time cannot break an install: a newer release of everything is out, and the pinned one is taken all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.environments import OLDEST, PINNED, TOOLS, Ended, brought, environment, install, run, versions
from tests.setup.hollow import NEWER, index_of, without_extras
from tests.setup.locks import HERE, LOCKS, Lock, in_force, pinned_version

MENDED = ("24.2",)
"""Pips that do apply a pin to a library that is asked for with an extra."""

of_every_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.path)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@of_every_lock
@pytest.mark.parametrize("pip", [PINNED, OLDEST], ids=["the pinned pip", "the oldest pip"])
def test_a_lock_is_installed_as_it_stands_though_newer_releases_are_out(
    lock: Lock, pip: Path, tmp_path: Path, index: Path
) -> None:
    made = environment(tmp_path / "environment", pip)
    told = install(made, index_of(lock, index))
    assert told.code == 0, told.said
    pins = {name: pinned_version(pin) for name, pin in in_force(lock.text, HERE).items()}
    assert versions(made) == {name: version for name, version in pins.items() if name not in TOOLS}
    checked = run([made / "bin" / "python", "-m", "pip", "check"], offers=index)
    assert checked.code == 0, checked.said


@of_every_lock
def test_no_lock_brings_another_installer(lock: Lock) -> None:
    pins = {name: pinned_version(pin) for name, pin in in_force(lock.text, HERE).items()}
    assert {name: pins[name] for name in TOOLS if name in pins}.items() <= {
        (name, brought(PINNED, name)[0]) for name in TOOLS
    }


def the_old_way(lock: Path, made: Path, *options: str) -> Ended:
    words: list[str | Path] = [
        made / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--require-hashes",
        *options,
        "--requirement",
        lock,
    ]
    return run(words, offers=lock.parent)


@pytest.mark.parametrize("lock", LOCKS[:2], ids=lambda lock: lock.path)
def test_resolving_on_the_same_folder_takes_a_newer_release_and_breaks(lock: Lock, tmp_path: Path, index: Path) -> None:
    """So the tests above can fail: of a library asked for with an extra, the pin was not applied."""
    bare = without_extras(index_of(lock, index))
    told = the_old_way(bare, environment(tmp_path / "environment", OLDEST), "--no-build-isolation")
    if brought(OLDEST, "pip")[0] in MENDED:
        assert told.code == 0, told.said
        return
    assert told.code != 0
    assert NEWER in told.said
    assert "--require-hashes" in told.said


@pytest.mark.parametrize("lock", [LOCKS[0], LOCKS[2]], ids=lambda lock: lock.path)
def test_a_build_of_its_own_on_the_same_folder_takes_the_newest_setuptools_and_breaks(
    lock: Lock, tmp_path: Path, index: Path
) -> None:
    told = the_old_way(index_of(lock, index), environment(tmp_path / "environment", OLDEST), "--no-deps")
    assert told.code != 0
    assert "setuptools" in told.said


def test_the_oldest_pip_is_the_one_this_python_first_came_with() -> None:
    assert brought(OLDEST, "pip")[0] == {"3.11": "22.3", "3.12": "23.2.1", "3.13": "24.2"}[HERE]
