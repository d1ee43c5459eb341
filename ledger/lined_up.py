"""Events that wait to be let in, in the order told, each with where it was told: a million of them in little memory.

What is more than a little lies in a file without a name, which goes with the process, written down as the log will
store it. In memory stays where each begins, and the digest of its id: 24 bytes an event.
"""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from array import array
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from io import FileIO
from itertools import chain
from pathlib import Path

import msgspec

from lotwork.ledger.codec import kind_of
from lotwork.ledger.errors import ImpossibleEventError, StorageError
from lotwork.ledger.events import Event, EventBase
from lotwork.ledger.public_form.plain_receipt import Plain
from lotwork.ledger.storage.rows import Written, columns_of, microseconds

IN_MEMORY_BYTES = 1 << 20
READ_AT_ONCE = 500
FEWEST_BUCKETS = 1 << 12
NOBODY = -1
RECEIPT = "receipt"


class _Kept(Written, frozen=True, array_like=True, gc=False):
    where: str


_encode_into = msgspec.msgpack.Encoder().encode_into
_decode = msgspec.msgpack.Decoder(list[_Kept]).decode
_LIST = b"\xdd"
"""What MessagePack puts before a list, and its length in four bytes."""


class LinedUp(Collection[Event]):
    """Events of one book, taken in order, or asked for by id (`find`)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.kinds: set[str] = set()
        """The kinds that were told."""
        self.name_evidence = False
        """Whether one of them names evidence."""
        self._folder = folder
        self._file: list[FileIO] = []
        self._on_disk = 0
        self._fresh = bytearray()
        self._begins = array("Q")
        self._digests = array("q")
        self._before = array("q")
        self._buckets = array("q", [NOBODY]) * FEWEST_BUCKETS
        self._odd: dict[int, tuple[str, Event]] = {}
        """By place, what cannot be written down, or stands in the place of what was told."""
        self._else: dict[str, tuple[str, Event]] = {}
        """By id, what something else stands in the place of."""

    # -- putting in -----------------------------------------------------------------------------------------------

    def append(self, event: Event, where: str) -> tuple[str, Event] | None:
        """Put *event*, told at *where*, at the end; where its id was told before, return that, and leave it out."""
        digest, place = hash(event.id), len(self._begins)
        known = self._place(event.id, digest)
        if known is not None or (self._else and event.id in self._else):
            return self.find(event.id)
        self._begins.append(self._on_disk + len(self._fresh))
        try:
            columns = columns_of(event)
            _encode_into((*columns, where), self._fresh, -1)  # a list, as `_Kept` is one
            self.kinds.add(columns[1])
        except (ImpossibleEventError, UnicodeError):
            self._odd[place] = where, event
            self.kinds.add(kind_of(event))
        if event.evidence is not None:
            self.name_evidence = True
        self._index(digest, place)
        if len(self._fresh) >= IN_MEMORY_BYTES:
            self._put_away()
        return None

    def extend(self, run: Sequence[tuple[str, Plain]]) -> int:
        """Put receipts that were read at sight, each with where it was told, at the end, as `append` does one by one.

        Return how many were put: fewer than there are where the id of the next was told before.
        """
        self.kinds.add(RECEIPT)
        begins, digests, before, fresh = self._begins, self._digests, self._before, self._fresh
        buckets, count, on_disk = self._buckets, len(self._buckets), self._on_disk
        for put, (where, (name, at, source, txid, payload)) in enumerate(run):
            digest, place = hash(name), len(begins)
            if place == count:
                self._widen()
                buckets, count = self._buckets, len(self._buckets)
            bucket = digest % count
            other = first = buckets[bucket]
            while other != NOBODY:
                if digests[other] == digest and self[other][1].id == name:
                    return put
                other = before[other]
            if name in self._else:
                return put
            begins.append(on_disk + len(fresh))
            _encode_into((name, RECEIPT, microseconds(at), source, txid, payload, where), fresh, -1)
            digests.append(digest)
            before.append(first)
            buckets[bucket] = place
            if len(fresh) >= IN_MEMORY_BYTES:
                self._put_away()
                fresh, on_disk = self._fresh, self._on_disk
        return len(run)

    def _index(self, digest: int, place: int) -> None:
        if place == len(self._buckets):
            self._widen()
        bucket = digest % len(self._buckets)
        self._digests.append(digest)
        self._before.append(self._buckets[bucket])
        self._buckets[bucket] = place

    def _widen(self) -> None:
        count = 8 * len(self._buckets)
        self._buckets = array("q", [NOBODY]) * count
        for place, digest in enumerate(self._digests):
            bucket = digest % count
            self._before[place] = self._buckets[bucket]
            self._buckets[bucket] = place

    def _put_away(self) -> None:
        try:
            if not self._file:
                is_there = self._folder is not None and self._folder.is_dir()
                opened = tempfile.TemporaryFile(dir=self._folder if is_there else None, buffering=0)  # noqa: SIM115 - it lasts as long as the line
                self._file.append(opened)
                weakref.finalize(self, opened.close)
            left = memoryview(self._fresh)
            while left:
                written = os.pwrite(self._file[0].fileno(), left, self._on_disk)
                left, self._on_disk = left[written:], self._on_disk + written
        except OSError as refused:
            raise self._refused(refused) from refused
        self._fresh = bytearray()

    def put_instead(self, name: str, recorded: Event) -> None:
        """Let *recorded* stand in the place of the event *name*, which goes on being found by its id."""
        place = self._place(name, hash(name))
        if place is not None:
            where, former = self[place]
            self._else[recorded.id] = self._odd[place] = where, recorded
            self._else.setdefault(name, (where, former))

    # -- taking out -----------------------------------------------------------------------------------------------

    def find(self, name: str) -> tuple[str, Event] | None:
        """Return where the event *name* was told, and the event; None where it was not."""
        if name in self._else:
            return self._else[name]
        place = self._place(name, hash(name))
        return None if place is None else self[place]

    def _place(self, name: str, digest: int) -> int | None:
        place = self._buckets[digest % len(self._buckets)]
        while place != NOBODY:
            if self._digests[place] == digest and self[place][1].id == name:
                return place
            place = self._before[place]
        return None

    def __getitem__(self, place: int) -> tuple[str, Event]:
        """Return where the event at *place* was told, and the event."""
        if place in self._odd:
            return self._odd[place]
        kept = next(self._read(range(place, place + 1)))
        return kept.where, kept.read()

    def __contains__(self, event: object) -> bool:
        found = self.find(event.id) if isinstance(event, EventBase) else None
        return found is not None and found[1] == event

    @property
    def names(self) -> Container[str]:
        """The ids of what was told, to be asked whether one is among them."""
        return _Names(self)

    def __len__(self) -> int:
        return len(self._begins)

    def __iter__(self) -> Iterator[Event]:
        return (event.read() if isinstance(event, Written) else event for event in self.written())

    @property
    def is_distinct(self) -> bool:
        """Whether each has an id of its own: nothing stands in the place of what was told."""
        return not self._odd

    def written(self) -> Iterator[Event | Written]:
        """Yield each event as it is stored; one that cannot be stored as it is."""
        if not self._odd:
            yield from chain.from_iterable(map(self._read, self._in_parts()))
            return
        for places in self._in_parts():
            told = self._read(places)
            for place in places:
                yield self._odd[place][1] if place in self._odd else next(told)

    def of_kinds(self, kinds: Collection[str]) -> Iterator[tuple[str, Event]]:
        """Yield the events of some *kinds*, each with where it was told."""
        return self._picked(kinds) if not self.kinds.isdisjoint(kinds) else iter(())

    def _picked(self, kinds: Collection[str]) -> Iterator[tuple[str, Event]]:
        for places in self._in_parts():
            told = self._read(places)
            for place in places:
                where, event = self._odd[place] if place in self._odd else _parted(next(told))
                kind = event.kind if isinstance(event, Written) else kind_of(event)
                if kind in kinds:
                    yield where, event.read() if isinstance(event, Written) else event

    def _in_parts(self) -> Iterable[range]:
        everything = range(len(self))
        return (everything[begin : begin + READ_AT_ONCE] for begin in everything[::READ_AT_ONCE])

    def _read(self, places: range) -> Iterator[_Kept]:
        """Yield what was kept at *places*, passing over what is odd."""
        begin, after = self._begins[places.start], places.stop
        end = self._begins[after] if after < len(self._begins) else self._on_disk + len(self._fresh)
        kept: Sequence[int] = places
        if self._odd:
            bounds = [*self._begins[places.start : after], end]
            kept = [place for place, one, next_ in zip(places, bounds, bounds[1:], strict=False) if one != next_]
        # written one behind the other they are a list that lacks its head: all of it is read at once
        told = _decode(_LIST + len(kept).to_bytes(4, "big") + self._bytes(begin, end))
        return (each for place, each in zip(kept, told, strict=True) if place not in self._odd)

    def _bytes(self, begin: int, end: int) -> bytes:
        data, until = bytearray(), min(end, self._on_disk)
        try:
            while begin + len(data) < until:
                data += self._part(begin + len(data), until)
        except OSError as refused:
            raise self._refused(refused) from refused
        if end > self._on_disk:
            data += self._fresh[max(0, begin - self._on_disk) : end - self._on_disk]
        return bytes(data)

    def _part(self, begin: int, end: int) -> bytes:
        part = os.pread(self._file[0].fileno(), end - begin, begin)
        if not part:
            raise OSError(errno.EIO, "it ends too soon")
        return part

    def _refused(self, refused: OSError) -> StorageError:
        folder = self._folder or tempfile.gettempdir()
        return StorageError(
            f"{folder}: what comes in could not be kept meanwhile ({refused}): nothing was appended; free space or "
            "mend the disk, and try again"
        )


def _parted(kept: _Kept) -> tuple[str, Written]:
    return kept.where, kept


class _Names(Container[str]):
    def __init__(self, events: LinedUp) -> None:
        self._events = events

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._events.find(name) is not None
