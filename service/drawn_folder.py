"""A folder of files that is there whole or not at all, and takes the place of nothing but an earlier drawing of ours.

It is made beside its place and named when everything in it is on the disk. A folder that stands there is replaced only
where every file in it is one that its manifest lists, byte for byte: what a person put there, or changed, stays.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from lotwork.ledger.errors import BusyError, InputRefusedError
from lotwork.ledger.storage.files import make_folder, sync_folder, write_private

NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
"""What stands in the way of a folder of that name."""
TAKEN = {errno.ENOTEMPTY, errno.ENOENT}
"""What another process that draws into the same place makes of ours."""
NOBODYS = {errno.ENOENT, errno.EPERM, errno.EROFS}
"""What the system says where no folder can be made, whoever asks: /proc, /sys, a disc that is only read."""
MANIFESTS = ("manifest.json", "manifest-DRAFT.json")


class _Listed(msgspec.Struct):
    name: str
    sha256: str


class _Manifest(msgspec.Struct):
    files: list[_Listed]


def draw_folder(place: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder *place* with *files*, whose names are plain; one of them is the manifest that lists the others.

    Raises InputRefusedError where something else stands there; OSError as the system does. Then nothing is changed.
    """
    place = Path(os.path.abspath(place))  # noqa: PTH100 - a link that stands there is refused, and not followed
    try:
        _draw(place, files)
    except OSError as refused:
        if refused.errno in NO_FOLDER:
            raise InputRefusedError(f"{place}: no folder can be made there ({refused}): name another") from refused
        if refused.errno in TAKEN:
            raise BusyError(f"{place}: another process draws there: try again") from refused
        raise


def _draw(place: Path, files: Mapping[str, bytes]) -> None:
    there = _drawn_before(place)
    if there is not None and there == {name: hashlib.sha256(content).digest() for name, content in files.items()}:
        return
    made = _begun(place)
    try:
        for name, content in files.items():
            write_private(made / name, content)
        sync_folder(made)
        _put(made, place, is_there=there is not None)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(made)
    sync_folder(place.parent)


def _begun(place: Path) -> Path:
    """Return a new folder beside *place*, in which it is made; in what the system makes up there is none."""
    try:
        make_folder(place.parent)
        return Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as refused:
        if refused.errno not in NOBODYS:
            raise
        why = os.strerror(refused.errno)
        words = f"{place}: the system lets nothing be made in {place.parent} ({why}): name a folder of your own"
        raise InputRefusedError(words) from refused


def _put(made: Path, place: Path, *, is_there: bool) -> None:
    """Give *made* the name *place*, and take what stood there out of the way; it comes back where that fails."""
    if not is_there or not any(place.iterdir()):
        made.rename(place)  # onto an empty folder, or none
        return
    before = Path(tempfile.mkdtemp(prefix=f".{place.name}.before.", dir=place.parent))
    place.rename(before)
    try:
        made.rename(place)
    except OSError:
        before.rename(place)
        raise
    shutil.rmtree(before)


def _drawn_before(place: Path) -> dict[str, bytes] | None:
    """Return the digest of every file of ours in *place*; None where nothing is there. Refuses what is not ours."""
    if not place.is_symlink() and not place.exists():
        return None
    if place.is_symlink() or not place.is_dir():
        raise InputRefusedError(f"{place}: it is there, and is no folder: name a new folder")
    held: dict[str, bytes] = {}
    for path in sorted(place.iterdir()):
        if path.is_symlink() or not path.is_file():
            raise InputRefusedError(f"{place}: {path.name} was not drawn by Lotwork: name a new or an empty folder")
        held[path.name] = hashlib.sha256(path.read_bytes()).digest()
    listed = _listed(place, held)
    for name, digest in held.items():
        if listed.get(name) != digest.hex():
            why = "was changed since it was drawn" if name in listed else "was not drawn by Lotwork"
            raise InputRefusedError(f"{place}: {name} {why}: name a new or an empty folder")
    return held


def _listed(place: Path, held: Mapping[str, bytes]) -> dict[str, str]:
    """Return what the manifest in *place* lists, and itself; nothing where there is none that can be read."""
    for name in MANIFESTS:
        if name in held:
            with suppress(msgspec.DecodeError):
                told = msgspec.json.decode((place / name).read_bytes(), type=_Manifest)
                return {each.name: each.sha256 for each in told.files} | {name: held[name].hex()}
    return {}
