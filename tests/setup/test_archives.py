"""The wheel and the source archive hold one package, whole, and nothing else that could be imported."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.house import PACKAGE, ROOMS, ROOT, SINGLE_MODULES, kept_files

MAN = "docs/lotwork.1"
BESIDE = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "PKG-INFO", MAN, ".gitignore"}
"""What a source archive holds beside the package: what it is built from, and what is read first."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with both archives, built from this checkout as `make wheel` and a release do."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True, capture_output=True
    )
    return folder


def of_the_package() -> set[str]:
    """Return every kept file of the rooms and of the package's own folder, by the name it has in an archive."""
    names = set()
    for path in kept_files():
        relative = PurePosixPath(path.relative_to(ROOT))
        top = relative.parts[0]
        if top in ROOMS or (len(relative.parts) == 1 and relative.stem in SINGLE_MODULES and relative.suffix == ".py"):
            names.add(f"{PACKAGE}/{relative}")
        elif top == PACKAGE and not path.is_symlink():
            names.add(str(relative))
    return names


def test_the_wheel_holds_every_file_of_the_package_and_no_other(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    shared = {name for name in names if ".data/" in name}
    assert {name.partition(".data/data/")[2] for name in shared} == {"share/man/man1/lotwork.1"}
    names -= shared
    assert {name.partition("/")[0] for name in names} == {PACKAGE}
    assert names == of_the_package()


def test_the_source_archive_holds_the_same_as_files_and_never_as_links(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        members = archive.getmembers()
    assert not [member.name for member in members if member.issym() or member.islnk()]
    names = {member.name.partition("/")[2] for member in members if member.isfile()}
    assert {name for name in names if name.partition("/")[0] != PACKAGE} == BESIDE
    assert {name for name in names if name.partition("/")[0] == PACKAGE} == of_the_package()
