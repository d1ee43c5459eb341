"""A log in memory: what a source and a history ask of one, without a database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lotwork.ledger.blocks import Entry, in_blocks
from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import AssetDeclared, Event
from lotwork.ledger.history import History
from lotwork.ledger.txids import loosely
from lotwork.ledger.units import Asset, AssetTable


class MemoryLog:
    """One book's events in the order they were appended; an id is taken once and for ever."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.known: set[str] = set()

    def append(self, events: Sequence[Event]) -> None:
        for event in events:
            assert event.id not in self.known, f"{event.id} is in the log already"
            self.known.add(event.id)
            self.events.append(event)

    def read(
        self,
        book: str,
        *,
        after: int = 0,
        up_to: int | None = None,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
        by_time: bool = False,
    ) -> Iterator[tuple[int, Event]]:
        assert book == "main"
        wanted = None if ids is None else frozenset(ids)
        if wanted is not None and not wanted & self.known:
            return
        found = [
            (position, event)
            for position, event in enumerate(self.events, 1)
            if position > after
            and (up_to is None or position <= up_to)
            and (kinds is None or kind_of(event) in kinds)
            and (source is None or event.source == source)
            and (wanted is None or event.id in wanted)
        ]
        yield from sorted(found, key=lambda entry: (entry[1].at, entry[0])) if by_time else found

    def blocks(self, book: str, *, after: int = 0, up_to: int | None = None) -> Iterator[list[Entry]]:
        return in_blocks(self.read(book, after=after, up_to=up_to, by_time=True))

    def books(self) -> tuple[str, ...]:
        return ("main",) if self.events else ()

    def assets(self, book: str) -> AssetTable:
        assert book == "main"
        told = [event for event in self.events if isinstance(event, AssetDeclared)]
        return AssetTable().with_declared(
            Asset(each.asset, each.decimals, each.asset_class, each.chain, each.contract) for each in told
        )

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        assert (book, after >= 0) == ("main", True)
        return frozenset()

    def last_of_version(self, book: str, version: int) -> int:
        assert (book, version) == ("main", 1)
        return 0

    def effective(self) -> dict[str, Event]:
        """Return the events that hold, by id, as the ledger itself reads them."""
        history = History.read(self, "main")
        found = {event.id: event for event in history.events()}
        assert history.troubles == []
        return found


class SharingLog(MemoryLog):
    """A log that knows which transactions are told twice, and up to where a former version wrote it."""

    def __init__(self, former: int = 0) -> None:
        super().__init__()
        self.former = former

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        assert book == "main"
        told = [loosely(txid) for event in self.events if (txid := getattr(event, "txid", None))]
        late = {loosely(getattr(event, "txid", None) or "") for event in self.events[after:]}
        return frozenset(txid for txid in told if told.count(txid) > 1 and txid in late)

    def last_of_version(self, book: str, version: int) -> int:
        assert (book, version) == ("main", 1)
        return self.former
