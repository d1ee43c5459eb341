"""The lock files as they are read by pip: pins with their extras and markers, and what each library asks for."""

from __future__ import annotations

import re
import sys
import sysconfig
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, NamedTuple

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.house import ROOT

PYTHONS = ("3.11", "3.12", "3.13")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
OF_THE_PROJECT = Path(sysconfig.get_path("purelib"))
OF_THE_ORACLES = ROOT / ".venv-oracles" / "lib" / f"python{HERE}" / "site-packages"
OF_THE_SERVER = ROOT / ".venv-electrum" / "lib" / f"python{HERE}" / "site-packages"
HOW_TO_INSTALL = "install what the tests need first: make parts oracles electrum .venv/.development"


class MissingError(AssertionError):
    """What a test of the set-up needs has not been installed."""


class Lock(NamedTuple):
    """A lock file, where what it pins is installed, and what the project asks of it: a group, or extras."""

    path: str
    installed: Path
    extras: tuple[str, ...] = ()
    group: str = ""

    @property
    def text(self) -> str:
        """Return what the file says."""
        return (ROOT / self.path).read_text(encoding="utf-8")


LOCKS = (
    Lock("requirements.lock", OF_THE_PROJECT, extras=("build",)),
    Lock("requirements-dev.lock", OF_THE_PROJECT, extras=("alerts", "build", "dev", "postgres")),
    Lock("tests/oracles/requirements.lock", OF_THE_ORACLES, group="oracles"),
    Lock("tests/electrum/requirements.lock", OF_THE_SERVER, group="electrum"),
)


class Library(NamedTuple):
    """What a library says of itself: its name, its version, what it asks for, and the extras it offers."""

    name: str
    version: str
    asks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


def pins(text: str) -> list[Requirement]:
    """Return every pin of a lock file, its hashes left out."""
    return [Requirement(line) for line in re.findall(r"^([a-zA-Z][^\\\n]*==[^\\\n]*)", text, re.MULTILINE)]


def pinned_version(pin: Requirement) -> str:
    """Return the one version that *pin* lets in."""
    [only] = pin.specifier
    assert only.operator == "=="
    return only.version


@cache
def installed_in(folder: Path) -> Mapping[str, Library]:
    """Return what is installed in *folder*, by name."""
    if not folder.is_dir():
        raise MissingError(f"{folder} is not there: {HOW_TO_INSTALL}")
    found: dict[str, Library] = {}
    for each in distributions(path=[str(folder)]):
        told = each.metadata
        name = canonicalize_name(told["Name"])
        asks, offers = told.get_all("Requires-Dist") or (), told.get_all("Provides-Extra") or ()
        found[name] = Library(name, each.version, tuple(asks), tuple(offers))
    return found


def environment_of(python: str) -> dict[str, str]:
    """Return what a marker is asked about on this machine under the first release of *python*, as 3.11."""
    here = {name: str(value) for name, value in default_environment().items()}
    return {**here, "python_version": python, "python_full_version": f"{python}.0", "implementation_version": python}


def holds(requirement: Requirement, python: str, extras: Collection[str] = ()) -> bool:
    """Return whether *requirement* is in force under *python*, asked for with one of *extras* or with none."""
    if requirement.marker is None:
        return True
    environment = environment_of(python)
    return any(requirement.marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def asked_by_the_project(lock: Lock) -> list[Requirement]:
    """Return what pyproject.toml asks of *lock*."""
    told: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if lock.group:
        return [Requirement(each) for each in told["dependency-groups"][lock.group]]
    optional = told["project"]["optional-dependencies"]
    asked = [*told["project"]["dependencies"], *(each for extra in lock.extras for each in optional[extra])]
    return [Requirement(each) for each in asked]


def in_force(text: str, python: str) -> dict[str, Requirement]:
    """Return the pins of a lock that hold under *python*, by name; two of one name are an error."""
    found: dict[str, Requirement] = {}
    for pin in pins(text):
        if holds(pin, python):
            name = canonicalize_name(pin.name)
            assert name not in found, f"{name} is pinned twice for Python {python}"
            found[name] = pin
    return found


def known(lock: Lock, text: str, python: str) -> Iterator[tuple[Requirement, Library]]:
    """Yield each pin that holds under *python* with what the library says of itself, where that version is here."""
    installed = installed_in(lock.installed)
    for name, pin in in_force(text, python).items():
        if name in installed and installed[name].version == pinned_version(pin):
            yield pin, installed[name]


def lacks(asked: Iterable[tuple[str, Requirement]], held: Mapping[str, Requirement]) -> Iterator[str]:
    """Yield what *asked* (each with who asks) finds missing among the pins *held*, in words."""
    for who, each in asked:
        pin = held.get(canonicalize_name(each.name))
        if pin is None:
            yield f"{who} asks for {each}, which is not pinned"
        elif not each.specifier.contains(pinned_version(pin), prereleases=True):
            yield f"{who} asks for {each}, and pinned is {pinned_version(pin)}"
        elif each.extras - pin.extras:
            yield f"{who} asks for {each}, and the pin does not name the extra"
