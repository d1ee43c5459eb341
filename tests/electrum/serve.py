"""Runs e-x (the ElectrumX of Electrum's developers) in its own environment, its database in memory.

Its libraries for databases are compiled ones that not every Python here has; a test's chain of some hundred blocks
needs none. All else is the server as it is.
"""

from __future__ import annotations

import os
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Self

from electrumx.cli.electrumx_server import main
from electrumx.server import storage
from electrumx.server.transport import PaddedRSTransport

KEPT: dict[str, Memory] = {}


class Memory(storage.Storage):  # type: ignore[misc] # the server's libraries are not where types are checked
    """A database that lasts as long as the process, through closing and opening."""

    def __init__(self, name: str, for_sync: bool) -> None:
        self.is_new = name not in KEPT
        self.for_sync = for_sync or self.is_new
        self.open(name, create=self.is_new)

    @classmethod
    def import_module(cls) -> None:
        """There is nothing to import."""

    def open(self, name: str, create: bool) -> None:  # noqa: ARG002 - the server's own interface
        """Take the keys and values of the database called *name*."""
        before = KEPT.setdefault(name, self)
        self.keys: list[bytes] = getattr(before, "keys", [])
        self.values: dict[bytes, bytes] = getattr(before, "values", {})

    def close(self) -> None:
        """Keep everything."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value of *key*."""
        return self.values.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of *key*."""
        if key not in self.values:
            insort(self.keys, key)
        self.values[key] = value

    def delete(self, key: bytes) -> None:
        """Take *key* out."""
        if self.values.pop(key, None) is not None:
            del self.keys[bisect_left(self.keys, key)]

    def write_batch(self) -> Batch:
        """Return what writes all at once."""
        return Batch(self)

    def iterator(self, prefix: bytes = b"", reverse: bool = False) -> Walk:  # noqa: FBT002 - the same
        """Return the pairs whose key begins with *prefix*, in order."""
        return Walk(self, prefix, reverse=reverse)


class Batch:
    """Changes that are made together, when the block they are collected in ends well."""

    def __init__(self, store: Memory) -> None:
        self.store = store
        self.changes: list[tuple[bytes, bytes | None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            for key, value in self.changes:
                self.store.delete(key) if value is None else self.store.put(key, value)

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of *key*, in the end."""
        self.changes.append((key, value))

    def delete(self, key: bytes) -> None:
        """Take *key* out, in the end."""
        self.changes.append((key, None))


class Walk:
    """Pairs in the order of their keys, or the other way."""

    def __init__(self, store: Memory, prefix: bytes, *, reverse: bool) -> None:
        self.reverse = reverse
        self.pairs = [(key, store.values[key]) for key in store.keys if key.startswith(prefix)]
        self.seek(prefix if not reverse else prefix + b"\xff" * 64)

    def seek(self, key: bytes) -> None:
        """Stand just left of *key*."""
        self.at = bisect_left([each for each, _ in self.pairs], key)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return self

    def __next__(self) -> tuple[bytes, bytes]:
        if self.reverse:
            self.at -= 1
        if not 0 <= self.at < len(self.pairs):
            raise StopIteration
        pair = self.pairs[self.at]
        if not self.reverse:
            self.at += 1
        return pair


if __name__ == "__main__":
    # It holds answers back for a second to send them padded; a test that asks one by one would wait for each.
    PaddedRSTransport.WAIT_FOR_BUFFER_GROWTH_SECONDS = float(os.environ.get("HOLD_SECONDS", "0.01"))
    storage.Memory = Memory  # where the server looks for what DB_ENGINE names
    main()
