"""What a power cut leaves, in POSIX's strictest reading: only what was synced is sure.

Of a file, the bytes written since its last sync may be there or not, sector by sector, torn or rubbish, and its size
may be any it had. Of a folder, each name made, moved or taken away since that folder's own last sync may be so or not,
in any selection. The record that the shim wrote (shim.c) is followed to some call, and from there an image is drawn.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests
from typing import NamedTuple

WRITE, SYNC, TRUNCATE, CREATE, LINK, UNLINK, RENAME, MKDIR, RMDIR, NOTE = range(1, 11)
HEAD = struct.Struct("<8q")
SECTOR = 512
RUBBISH = 0.05


class Call(NamedTuple):
    """One call, as the shim wrote it down."""

    kind: int
    inode: int
    folder: int
    other: int
    offset: int
    name: str
    other_name: str
    data: bytes


def record(file: Path) -> list[Call]:
    """Return the calls in *file*."""
    content, at, calls = file.read_bytes(), 0, []
    while at < len(content):
        kind, inode, folder, other, offset, length, name_length, other_length = HEAD.unpack_from(content, at)
        at += HEAD.size
        parts = []
        for size in (name_length, other_length, length):
            parts.append(content[at : at + size])
            at += size
        calls.append(Call(kind, inode, folder, other, offset, parts[0].decode(), parts[1].decode(), parts[2]))
    return calls


@dataclass
class File:
    """The bytes that are sure, and what was done to them since."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, bytes) written, or (size, None) cut to."""

    def sync(self) -> None:
        """Make all of it sure."""
        for offset, data in self.since:
            put(self.sure, offset, data)
        self.since = []

    def image(self, chance: Random, kept: float) -> bytes:
        """Return what may be left of it: each sector of what is not sure with the chance *kept*."""
        left = bytearray(self.sure)
        for offset, data in self.since:
            if data is None:
                if chance.random() < kept:
                    put(left, offset, None)
                continue
            at = 0
            while at < len(data):
                size = SECTOR - (offset + at) % SECTOR
                piece = data[at : at + size]
                if chance.random() < kept:
                    put(left, offset + at, piece)
                elif chance.random() < RUBBISH:
                    put(left, offset + at, chance.randbytes(len(piece)))
                at += size
        return bytes(left)


def put(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write *data* at *offset*, or cut to that size."""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


Names = dict[str, int]
Effect = tuple[int, str, int, bool]
"""In which folder, which name, of what, and whether it is there or gone."""


@dataclass
class Disk:
    """What a disk holds, followed call by call. Files and folders have numbers of their own: inodes are used again."""

    root: int = 0
    files: dict[int, File] = field(default_factory=dict)
    folders: dict[int, Names] = field(default_factory=dict)
    since: list[list[Effect]] = field(default_factory=list)
    """What was done to names and is not sure, in order; within one folder a rename is one thing."""
    _of: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> Disk:
        """Return the disk as *root* is now, all of it sure."""
        disk = cls()
        disk.root = disk._take(root)
        return disk

    def _new(self, inode: int) -> int:
        self._of[inode] = number = len(self.files) + len(self.folders) + 1
        return number

    def _take(self, path: Path) -> int:
        inode = path.stat().st_ino
        if inode in self._of and not path.is_dir():
            return self._of[inode]
        number = self._new(inode)
        if path.is_dir():
            self.folders[number] = {}
            self.folders[number] = {each.name: self._take(each) for each in sorted(path.iterdir())}
        else:
            self.files[number] = File(bytearray(path.read_bytes()))
        return number

    def follow(self, call: Call) -> None:
        """Do what *call* did."""
        kind = call.kind
        if kind == CREATE:
            self.files[self._new(call.inode)] = File()
        elif kind == MKDIR:
            self.folders[self._new(call.inode)] = {}
        elif call.inode not in self._of:  # shared memory, which no power cut leaves
            return
        number = self._of[call.inode]
        here, there = (call.folder, call.name, number), (call.other, call.other_name, number)
        if kind in {WRITE, TRUNCATE}:
            self.files[number].since.append((call.offset, call.data if kind == WRITE else None))
        elif kind == SYNC:
            self._sync(number)
        elif kind in {CREATE, MKDIR}:
            self._names((*here, True))
        elif kind == LINK:
            self._names((*there, True))
        elif kind in {UNLINK, RMDIR}:
            self._names((*here, False))
        elif kind == RENAME:
            self._names((*there, True), (*here, False))

    def _names(self, *effects: tuple[int, str, int, bool]) -> None:
        self.since.append([(self._of[folder], name, number, there) for folder, name, number, there in effects])

    def _sync(self, number: int) -> None:
        if number in self.files:
            self.files[number].sync()
            return
        for done in self.since:
            for effect in [effect for effect in done if effect[0] == number]:
                name_it(self.folders, effect)
                done.remove(effect)
        self.since = [done for done in self.since if done]

    def leave(self, into: Path, chance: Random) -> None:
        """Write an image of what a power cut now may leave into the new folder *into*."""
        kept = chance.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        folders = {number: dict(names) for number, names in self.folders.items()}
        for done in self.since:
            halves: Mapping[int, list[Effect]] = {
                folder: [effect for effect in done if effect[0] == folder] for folder in {each[0] for each in done}
            }
            for effects in halves.values():
                if chance.random() < kept:
                    for effect in effects:
                        name_it(folders, effect)
        self._write(self.root, into, folders, chance, kept)

    def _write(self, number: int, place: Path, folders: Mapping[int, Names], chance: Random, kept: float) -> None:
        if number in self.files:
            place.write_bytes(self.files[number].image(chance, kept))
            return
        place.mkdir(mode=0o700)
        for name, each in folders[number].items():
            self._write(each, place / name, folders, chance, kept)


def name_it(folders: Mapping[int, Names], effect: Effect) -> None:
    """Let *effect* be so in *folders*; a name that stands for something else by then is left alone."""
    folder, name, number, there = effect
    if there:
        folders[folder][name] = number
    elif folders[folder].get(name) == number:
        del folders[folder][name]


class Image(NamedTuple):
    """What a power cut left, the calls that were done before it, and the last words that were acknowledged."""

    place: Path
    calls: int
    acknowledged: str


def images(begun: Disk, calls: list[Call], count: int, folder: Path, chance: Random) -> Iterator[Image]:
    """Yield *count* images of power cuts spread over *calls*; each is gone when the next is asked for."""
    moments = sorted(chance.randrange(len(calls) + 1) for _ in range(count))
    done, acknowledged = 0, ""
    for number, moment in enumerate(moments):
        for call in islice(calls, done, moment):
            if call.kind == NOTE:
                acknowledged = call.data.decode()
            begun.follow(call)
        done = moment
        place = folder / f"image-{number}"
        begun.leave(place, chance)
        yield Image(place, moment, acknowledged)
        _remove(place)


def _remove(place: Path) -> None:
    for folder, _, names in os.walk(place, topdown=False):
        for name in names:
            (Path(folder) / name).unlink()
        Path(folder).rmdir()
