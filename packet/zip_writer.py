"""A packet's ZIP, written member by member: the one layout that `checks.container` describes, and no other."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import IO, NamedTuple

from lotwork.ledger.errors import InputRefusedError
from lotwork.packet.checks.container import (
    MOST_ENTRIES,
    MOST_ZIP_BYTES,
    Entry,
    central_header,
    check_name,
    ending_of,
    local_header,
)

TOO_LARGE = "the packet would be larger than a ZIP can be: leave the evidence out with --without-evidence"


class Packed(NamedTuple):
    """One member as it was written."""

    name: str
    size: int
    sha256: str


class ZipWriter:
    """Writes members into *out*, which can be sought in, and holds none of them in memory."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._entries: list[Entry] = []
        self.packed: list[Packed] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a member; members come in the order of `checks.container.in_order`."""
        check_name(name)
        begin = self._out.tell()
        self._out.write(local_header(name, 0, 0))
        size, crc, sha = 0, 0, hashlib.sha256()
        for piece in pieces:
            self._out.write(piece)
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            sha.update(piece)
            if begin + size > MOST_ZIP_BYTES:
                raise InputRefusedError(TOO_LARGE)
        if len(self._entries) >= MOST_ENTRIES:
            raise InputRefusedError(TOO_LARGE)
        self._out.seek(begin)
        header = local_header(name, size, crc)
        self._out.write(header)
        self._out.seek(begin + len(header) + size)
        self._entries.append(Entry(name, size, crc, begin + len(header)))
        self.packed.append(Packed(name, size, sha.hexdigest()))

    def close(self) -> None:
        """Write the directory at the end."""
        at, length = self._out.tell(), 0
        for entry in self._entries:
            told = central_header(entry)
            self._out.write(told)
            length += len(told)
        if at + length > MOST_ZIP_BYTES:
            raise InputRefusedError(TOO_LARGE)
        self._out.write(ending_of(self._entries, length, at))
