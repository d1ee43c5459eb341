"""The files a program is made of, read whole: its digest and the law's are taken at every start."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path


def read_sources(folder: Path, *suffixes: str) -> dict[str, bytes]:
    """Return the bytes of each file under *folder* whose name ends in one of *suffixes*, by its path there, in order.

    A folder that is not there holds none. OSError where one cannot be read, or is a folder of such a name.
    """
    above = len(os.fspath(folder)) + len(os.sep)
    files = {
        f"{where}{os.sep}{name}"[above:].replace(os.sep, "/"): f"{where}{os.sep}{name}"
        for where, folders, names in os.walk(folder)
        for name in (*folders, *names)
        if name.endswith(suffixes)
    }
    return {name: _read(files[name]) for name in sorted(files)}


def _read(path: str) -> bytes:
    with FileIO(path) as file:
        return file.readall()
