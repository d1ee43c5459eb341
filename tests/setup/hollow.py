"""Hollow libraries: wheels with a real name, version and metadata, and no code in them.

A folder of them stands for an index of another day. Installing from it takes seconds and no network, and pip decides
exactly as it would on the real ones, because it reads nothing but what stands in them.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.setup.environments import PAGES
from tests.setup.locks import Library, Lock, installed_in, pinned_version, pins

NEWER = "9999.0"
SOURCE_ONLY = ("embit", "taxcalc")
"""Libraries that are published as source, so that installing one means building it."""


def wheel(library: Library, folder: Path) -> Path:
    """Write the hollow wheel of *library* into *folder*."""
    stem = f"{library.name.replace('-', '_')}-{library.version}"
    path = folder / f"{stem}-py3-none-any.whl"
    told = [f"Name: {library.name}", f"Version: {library.version}"]
    told += [f"Provides-Extra: {each}" for each in library.offers] + [f"Requires-Dist: {each}" for each in library.asks]
    files = {
        "METADATA": "\n".join(("Metadata-Version: 2.1", *told, "")),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: hollow\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{stem}.dist-info/{name}", text)
        archive.writestr(f"{stem}.dist-info/RECORD", "".join(f"{stem}.dist-info/{n},,\n" for n in (*files, "RECORD")))
    return path


def source(library: Library, folder: Path) -> Path:
    """Write *library* into *folder* as source that setuptools builds, with no code in it."""
    stem = f"{library.name.replace('-', '_')}-{library.version}"
    path = folder / f"{stem}.tar.gz"
    project = (
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "{library.name}"\nversion = "{library.version}"\ndependencies = {list(library.asks)!r}\n'
        "[tool.setuptools]\npackages = []\n"
    )
    files = {
        "pyproject.toml": project,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {library.name}\nVersion: {library.version}\n",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{stem}/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def write(library: Library, folder: Path) -> Path:
    """Write *library* into *folder* in the form it is published in."""
    return source(library, folder) if library.name in SOURCE_ONLY else wheel(library, folder)


def hash_line(path: Path) -> str:
    """Return the line of a lock that pins the bytes of *path*."""
    return f"    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def index_of(lock: Lock, folder: Path) -> Path:
    """Fill *folder* with what *lock* pins and a newer release of all of it; return the lock with their hashes.

    setuptools is there in a newer release only, which can build nothing: a build that asks for it fails.
    """
    installed = installed_in(lock.installed)
    lines = [line for line in re.split(r"\n(?=[a-zA-Z])", lock.text) if not line.startswith("#")]
    written = []
    for entry, pin in zip(lines, pins(lock.text), strict=True):
        name = canonicalize_name(pin.name)
        library = installed.get(name)
        if library is None or library.version != pinned_version(pin):  # not in force on this Python or system
            written.append(f"{entry.rstrip()}\n")
            continue
        head = entry.partition("\n")[0]
        written.append(f"{head}\n{hash_line(write(library, folder))}")
        wheel(library._replace(version=NEWER), folder)
    wheel(Library("setuptools", NEWER), folder)
    write_pages(folder)
    path = folder / "hollow.lock"
    path.write_text("".join(written), encoding="utf-8")
    return path


def write_pages(folder: Path) -> None:
    """Write the pages by which an index tells what it has: one a library, with a link to each of its files."""
    files = [path for path in folder.iterdir() if path.name.endswith((".whl", ".tar.gz"))]
    for path in files:
        page = folder / PAGES / canonicalize_name(path.name.partition("-")[0]) / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        with page.open("a", encoding="utf-8") as links:
            links.write(f'<!DOCTYPE html><a href="../../{path.name}">{path.name}</a>\n')


def lock_of(libraries: Iterable[Library], folder: Path) -> Path:
    """Fill *folder* with *libraries*; return a lock that pins just these."""
    path = folder / "few.lock"
    path.write_text("".join(f"{each.name}=={each.version} \\\n{hash_line(write(each, folder))}" for each in libraries))
    return path


def without_extras(lock: Path) -> Path:
    """Return a copy of *lock* as it was written before: the extras left out of its pins."""
    path = lock.with_name("bare.lock")
    path.write_text(re.sub(r"^([a-zA-Z0-9._-]+)\[[^]]*\]", r"\1", lock.read_text(), flags=re.MULTILINE))
    return path
