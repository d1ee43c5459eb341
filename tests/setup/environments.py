"""Environments made without a network, each with a pip of a chosen release, and the scripts that fill them."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.house import ROOT
from tests.setup.locks import HERE, HOW_TO_INSTALL, MissingError, in_force, pinned_version

BROUGHT = ROOT / ".ci" / "pip"
TOOLS = ("pip", "setuptools")
"""What installs, at the version of the installer's lock whatever another lock pins."""
PINNED = ROOT / ".ci" / "installer.lock"
OLDEST = ROOT / ".ci" / "oldest-pip.lock"
SECONDS = 300
PAGES = "pages"
"""The folder of an index that has a page a library: of a flat one an old pip looks at every file for every library."""


class Ended(NamedTuple):
    """A script that ended: its exit code, and everything it said."""

    code: int
    said: str


def brought(lock: Path, name: str) -> tuple[str, Path]:
    """Return the version of *name* that *lock* pins for this Python, and the wheel that `make parts` brought."""
    pin: Requirement = in_force(lock.read_text(encoding="utf-8"), HERE)[name]
    version = pinned_version(pin)
    path = BROUGHT / f"{name}-{version}-py3-none-any.whl"
    if not path.is_file():
        raise MissingError(f"{path} is not there: {HOW_TO_INSTALL}")
    return version, path


def environment(folder: Path, pip: Path) -> Path:
    """Make an environment in *folder* with the pip that the lock *pip* pins, and with the pinned setuptools."""
    venv.create(folder, symlinks=True)
    for wheel in (brought(pip, "pip")[1], brought(PINNED, "setuptools")[1]):
        for part in Path(unpacked(wheel).name).iterdir():
            (libraries(folder) / part.name).symlink_to(part)
    return folder


@cache
def unpacked(wheel: Path) -> TemporaryDirectory[str]:
    """Unpack *wheel* once; the environments that link to it share what Python compiled of it, too."""
    folder = TemporaryDirectory(prefix="lotwork-setup-")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder.name)
    return folder


def libraries(folder: Path) -> Path:
    """Return where an environment keeps its libraries."""
    return folder / "lib" / f"python{HERE}" / "site-packages"


def run(words: list[str | Path], *, offers: Path, settings: Path = Path(os.devnull)) -> Ended:
    """Run a script of .ci, or any program, with a pip that sees the folder *offers*, by its pages if it has some."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    environ |= {"PIP_CONFIG_FILE": str(settings)}
    pages = offers / PAGES
    if pages.is_dir():
        environ |= {"PIP_INDEX_URL": pages.as_uri()}
    else:
        environ |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(offers)}
    told = subprocess.run(
        words, env=environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    return Ended(told.returncode, told.stdout)


def install(where: Path, lock: Path, *, settings: Path = Path(os.devnull)) -> Ended:
    """Run .ci/install, as the Makefile does, with what lies beside *lock* for an index."""
    return run([ROOT / ".ci" / "install", where, lock], offers=lock.parent, settings=settings)


def make(where: Path, *, offers: Path, python: str = sys.executable) -> Ended:
    """Run .ci/make-venv with *python* and with *offers* for an index."""
    return run(["env", f"PYTHON={python}", ROOT / ".ci" / "make-venv", where], offers=offers)


def versions(where: Path) -> dict[str, str]:
    """Return what is installed in an environment beside the installer."""
    found = distributions(path=[str(libraries(where))])
    named = {canonicalize_name(each.metadata["Name"]): each.version for each in found}
    return {name: version for name, version in named.items() if name not in TOOLS}
