"""Which homes are in a folder: what holds a ledger or tells of one, at the cost of a look at each name.

Who looks again and again, as the daemon of many homes, looks into what is new or was touched since, and no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from lotwork.ledger.errors import LotworkError, UsageError, plain
from lotwork.ledger.storage.heads import FILE_NAME as HEADS
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.service.ledger_place import CONFIG, ledger_settings

TELLS = (FILE_NAME, HEADS)
"""What is in a home: its ledger, or what tells of one that is gone."""


def homes_in(folder: Path) -> Iterator[Path]:
    """Yield the homes in *folder*: its folders that hold a ledger or tell of one, and those nobody can look into."""
    return (folder / each.name for each in _entries(folder) if _is_home(each))


class HomesSeen:
    """The homes of a folder, looked for again and again: only what is new, or was touched, is looked into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.looked_into = 0
        """How many names were looked into so far."""
        self._known: dict[str, tuple[tuple[int, int], bool]] = {}
        """By name: when it and its settings were touched last, in nanoseconds, and whether it is a home."""

    def look(self) -> list[Path]:
        """Return the homes that are there now, by name."""
        known: dict[str, tuple[tuple[int, int], bool]] = {}
        for each in _entries(self.folder):
            before = self._known.get(each.name)
            touched = _touched(Path(each.path)), _touched(Path(each.path) / CONFIG)
            if before is None or before[0] != touched:
                self.looked_into += 1
                before = (touched, _is_home(each))
            known[each.name] = before
        self._known = known
        return [self.folder / name for name, (_, is_home) in known.items() if is_home]


def check_name(home: Path) -> None:
    """Refuse a folder whose name no file of results can hold."""
    try:
        str(home).encode()
    except UnicodeEncodeError as broken:
        raise UsageError(f"{readable(home)}: its name is no UTF-8 text: give the folder another") from broken


def check_address(home: Path) -> None:
    """Refuse a folder whose name no file can hold, or no address of the pages can lead to."""
    check_name(home)
    if plain(home.name) != home.name:
        raise UsageError(f"{plain(str(home))}: its name holds what cannot be shown: give the folder another")


def readable(path: Path) -> str:
    """Return the name of *path* as text that can be printed: what is no UTF-8 is shown as its code."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as inside:
            return sorted(inside, key=lambda each: each.name)
    except OSError as refused:
        raise UsageError(f"--homes {folder}: it cannot be read ({refused}): name a folder of homes") from refused


def _touched(path: Path) -> int:
    """Return when *path* was touched last, in nanoseconds; -1 where it cannot be looked at."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return -1


def _is_home(place: os.DirEntry[str]) -> bool:
    """Say if *place* is a home, or a link to one that leads nowhere: that is told, and not passed over in silence."""
    path = Path(place.path)
    try:
        if place.is_symlink() and not path.exists():
            return True
        return place.is_dir() and (any((path / name).exists() for name in TELLS) or _names_a_server(path))
    except OSError:
        return True


def _names_a_server(home: Path) -> bool:
    """Say if the settings of *home* name a server, or cannot be read: then it is a home, and is told as such."""
    try:
        return (home / CONFIG).is_file() and ledger_settings(home).url is not None
    except LotworkError:
        return True
