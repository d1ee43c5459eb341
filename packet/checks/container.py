"""The ZIP file, byte by byte: a packet has one layout, and any other byte in it is found.

Every member is stored as it is (no compression, so that the same packet is the same bytes whatever library made it, and
nothing can swell), under a plain name, with the fixed date of 1980-01-01, no comment, no extra field and no flag but
the one for UTF-8 names. They stand in the order of their names, the manifest last, with nothing before, between or
after.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from lotwork.packet.checks.telling import BrokenPacketError, short

MANIFEST_MEMBER = "manifest.json"
FIXED_DAY = 33
"""1980-01-01, as a ZIP writes a day."""
FILE_RIGHTS = 0o100644 << 16
MOST_ENTRIES = 65_534
MOST_ZIP_BYTES = 4_294_967_294
READ_BYTES = 1 << 20
MOST_LINE = 64 << 20
MOST_READ = 1 << 30
"""Bytes of a member that is read at once: what is longer is none that Lotwork writes."""
LINK_RIGHTS, KIND_OF_FILE = 0o120000, 0o170000
ENCRYPTED = 1
OF_ZIP64 = 0xFFFF_FFFF
MEMBER_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", re.ASCII)
"""Plain letters only: no name leads out of the folder, hides, or means another on another system."""

MOST_LETTERS_OF_A_NAME = 200

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
ENDING = struct.Struct("<4s4H2IH")


class Entry(NamedTuple):
    """One member: its name, what it holds, and where its bytes begin in the file."""

    name: str
    size: int
    crc: int
    start: int


def check_name(name: str) -> None:
    """Refuse a *name* that a packet cannot have."""
    if MEMBER_NAME.fullmatch(name) is None or len(name) > MOST_LETTERS_OF_A_NAME:
        raise BrokenPacketError("the packet", f"the name {short(name)} is none that a packet has")


def check_plain(name: str, told: tuple[int, ...]) -> None:
    """Refuse a member whose entry in the directory tells of anything but plain bytes, in words of its own."""
    _, _, _, flags, method, _, _, _, packed, size, _, extra, comment, _, _, rights, at = told
    strange = (
        (flags & ENCRYPTED, "is encrypted"),
        (method, f"is compressed (method {method})"),
        (OF_ZIP64 in (packed, size, at), "tells its size or place in another format of ZIP (ZIP64)"),
        (packed != size, f"is told to be {size} bytes and {packed} in the ZIP"),
        (extra, "has an extra field"),
        (comment, "has a comment"),
        (rights >> 16 & KIND_OF_FILE == LINK_RIGHTS, "is a link"),
    )
    for found, words in strange:
        if found:
            raise BrokenPacketError(name, f"{words}, which no member of a packet is or has")


def in_order(names: list[str]) -> list[str]:
    """Return the names in the order in which members stand: sorted, the manifest last."""
    return sorted(names, key=lambda name: (name == MANIFEST_MEMBER, name))


def local_header(name: str, size: int, crc: int) -> bytes:
    """Return what stands before the bytes of a member."""
    named = name.encode("ascii")
    return LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, FIXED_DAY, crc, size, size, len(named), 0) + named


def central_header(entry: Entry) -> bytes:
    """Return what the directory at the end says of a member."""
    named = entry.name.encode("ascii")
    at = entry.start - len(named) - LOCAL.size
    return (
        CENTRAL.pack(
            b"PK\1\2", 788, 20, 0, 0, 0, FIXED_DAY, entry.crc, entry.size, entry.size, len(named), 0, 0, 0, 0,
            FILE_RIGHTS, at,
        )
        + named
    )  # fmt: skip


def ending_of(entries: list[Entry], directory: int, at: int) -> bytes:
    """Return the last bytes: how many members, and where their directory of so many bytes stands."""
    return ENDING.pack(b"PK\5\6", 0, 0, len(entries), len(entries), directory, at, 0)


class Members:
    """What a packet holds, by name, whether it is a ZIP or a folder it was unpacked into."""

    def names(self) -> list[str]:
        """Return the names, in order."""
        raise NotImplementedError

    def size(self, name: str) -> int:
        """Return how many bytes *name* has."""
        raise NotImplementedError

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of *name*, piece by piece."""
        raise NotImplementedError

    def read(self, name: str) -> bytes:
        """Return the bytes of *name*; BrokenPacketError where they are more than any member's that is read whole."""
        if self.size(name) > MOST_READ:
            raise BrokenPacketError(name, f"has {self.size(name)} bytes, more than any that Lotwork writes")
        return b"".join(self.pieces(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of *name*, each without its end."""
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > MOST_LINE:
                raise BrokenPacketError(name, "has a line longer than any")
        if rest:
            raise BrokenPacketError(name, "its last line has no end: the file was cut")

    def digest(self, name: str) -> str:
        """Return the SHA-256 of *name* in hex."""
        sha = hashlib.sha256()
        for piece in self.pieces(name):
            sha.update(piece)
        return sha.hexdigest()


class Zipped(Members):
    """The members of a ZIP whose every byte is where it belongs."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self._entries: dict[str, Entry] = {}
        for entry in self._read_directory():
            if self._entries.setdefault(entry.name, entry) is not entry:
                raise BrokenPacketError(entry.name, "stands in the ZIP twice")
        self._check_layout()

    def names(self) -> list[str]:
        """Return the names, in order."""
        return list(self._entries)

    def size(self, name: str) -> int:
        """Return how many bytes *name* has."""
        return self._entries[name].size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of *name*, piece by piece."""
        entry = self._entries[name]
        at, left = entry.start, entry.size
        while left:
            self._file.seek(at)
            piece = self._file.read(min(left, READ_BYTES))
            if not piece:
                raise BrokenPacketError(name, "ends too early")
            at, left = at + len(piece), left - len(piece)
            yield piece

    def _at(self, place: int, length: int) -> bytes:
        self._file.seek(place)
        found = self._file.read(length)
        if len(found) != length:
            raise BrokenPacketError("the ZIP", "ends too early")
        return found

    def _read_directory(self) -> Iterator[Entry]:
        """Yield what the directory tells, refusing at once what no packet has."""
        if self._size < ENDING.size:
            raise BrokenPacketError("the ZIP", "is too short to be one")
        end = self._size - ENDING.size
        mark, disk, disks, here, count, length, at, comment = ENDING.unpack(self._at(end, ENDING.size))
        if mark != b"PK\5\6" or (disk, disks, comment) != (0, 0, 0) or here != count:
            raise BrokenPacketError(
                "the ZIP", "does not end as a packet does: it was cut, or something follows it, such as a comment"
            )
        if at + length != end or not 0 <= length - count * CENTRAL.size <= count * MOST_LETTERS_OF_A_NAME:
            raise BrokenPacketError("the ZIP", "its directory does not stand where its end says")
        directory, place = self._at(at, length), 0
        for _ in range(count):
            if place + CENTRAL.size > length:
                raise BrokenPacketError("the ZIP", "its directory is cut")
            told = CENTRAL.unpack_from(directory, place)
            named = directory[place + CENTRAL.size : place + CENTRAL.size + told[10]]
            name = named.decode("ascii", "replace")
            check_name(name)
            check_plain(name, told)
            yield Entry(name, told[9], told[7], told[16] + LOCAL.size + len(named))
            place += CENTRAL.size + len(named)

    def _check_layout(self) -> None:
        """Hold every byte that belongs to no member against the one layout a packet has."""
        entries = list(self._entries.values())
        if in_order(list(self._entries)) != list(self._entries):
            raise BrokenPacketError("the ZIP", "its members do not stand in the order of their names")
        place = 0
        for entry in entries:
            header = local_header(entry.name, entry.size, entry.crc)
            if entry.start != place + len(header) or self._at(place, len(header)) != header:
                raise BrokenPacketError(entry.name, "what stands before it in the ZIP is not as it was packed")
            place = entry.start + entry.size
            if place > self._size:
                raise BrokenPacketError(entry.name, "is told to be larger than the whole ZIP")
        directory = b"".join(map(central_header, entries))
        tail = directory + ending_of(entries, len(directory), place)
        if self._size - place != len(tail) or self._at(place, len(tail)) != tail:
            raise BrokenPacketError("the ZIP", "its directory is not as it was packed")
        for entry in entries:
            crc = 0
            for piece in self.pieces(entry.name):
                crc = zlib.crc32(piece, crc)
            if crc != entry.crc:
                raise BrokenPacketError(entry.name, "is not what was packed (its CRC differs)")


class Unpacked(Members):
    """The members of a folder that a packet was unpacked into."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._sizes: dict[str, int] = {}
        for path, folders, files in os.walk(folder):
            below = os.path.relpath(path, folder).replace(os.sep, "/")
            for name in (*folders, *files):
                whole, place = (name if below == "." else f"{below}/{name}"), Path(path, name)
                check_name(whole)
                if place.is_symlink() or not (place.is_dir() or place.is_file()):
                    raise BrokenPacketError(whole, "is a link, or no file: unpack the ZIP anew")
                if place.is_file():
                    self._sizes[whole] = place.stat().st_size

    def names(self) -> list[str]:
        """Return the names, in order."""
        return in_order(list(self._sizes))

    def size(self, name: str) -> int:
        """Return how many bytes *name* has."""
        return self._sizes[name]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of *name*, piece by piece."""
        with Path(self._folder, name).open("rb") as file:
            while piece := file.read(READ_BYTES):
                yield piece
