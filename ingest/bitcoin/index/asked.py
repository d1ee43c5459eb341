"""What a server that lists the transactions of scripts is asked; and two such servers that must agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from lotwork.ingest.bitcoin.watching import Headers
from lotwork.ledger.errors import SourceUnreachableError


class Entry(NamedTuple):
    """A confirmed transaction of a script: the height of its block, and its name."""

    height: int
    txid: str


class Listed(NamedTuple):
    """Confirmed transactions of one script."""

    total: int
    """How many there are in all."""
    entries: tuple[Entry, ...]
    """Those above the height that was asked for at least."""


class Branch(NamedTuple):
    """The way from a transaction to its block's merkle root."""

    place: int
    """The transaction's place in its block, 0 for the coinbase."""
    hashes: tuple[bytes, ...]
    """What stands beside, row by row, in wire order."""


class Index(Headers, Protocol):
    """A server that knows what stands in which script's history."""

    def prepare(
        self,
        scripts: Iterable[bytes] = (),
        blocks: Iterable[tuple[int, list[str]]] = (),
        heights: Iterable[int] = (),
    ) -> None:
        """Be told what is asked next, where it can be asked together: histories, blocks, headers."""
        ...

    def tip_height(self) -> int:
        """Return the height of the best block."""
        ...

    def state(self, script: bytes) -> str:
        """Return a text that is another one when the confirmed history of *script* is; "" of one that has none."""
        ...

    def history(self, script: bytes, above: int) -> Listed:
        """Return the confirmed history of *script*, of the blocks above a height at least."""
        ...

    def raw_transaction(self, txid: str) -> bytes:
        """Return a transaction as it goes over the wire."""
        ...

    def branch(self, height: int, txid: str) -> Branch:
        """Return the way from a transaction to the root of its block at *height*."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Agreeing:
    """Two servers: what no proof shows, that a list is whole, both must tell alike; all else is asked of the first."""

    def __init__(self, first: Index, second: Index, called: str) -> None:
        self._first = first
        self._second = second
        self._called = called

    def prepare(
        self,
        scripts: Iterable[bytes] = (),
        blocks: Iterable[tuple[int, list[str]]] = (),
        heights: Iterable[int] = (),
    ) -> None:
        """Tell both what is asked of them next."""
        scripts, heights = tuple(scripts), tuple(heights)
        self._first.prepare(scripts, blocks, heights)
        self._second.prepare(scripts, heights=heights)

    def tip_height(self) -> int:
        """Return the height that both have reached."""
        return min(self._first.tip_height(), self._second.tip_height())

    def block_hash(self, height: int) -> str | None:
        """Return the name of the block at *height*, which both must tell."""
        one, other = self._first.block_hash(height), self._second.block_hash(height)
        if one != other:
            raise self._differ(f"block {height}")
        return one

    def raw_header(self, block_hash: str) -> bytes:
        """Return a block's header, which proves itself."""
        return self._first.raw_header(block_hash)

    def state(self, script: bytes) -> str:
        """Return what both say."""
        one, other = self._first.state(script), self._second.state(script)
        return f"{one}|{other}" if one or other else ""

    def history(self, script: bytes, above: int) -> Listed:
        """Return the history that both tell, up to the height both have reached."""
        tip = self.tip_height()
        one, other = self._first.history(script, above), self._second.history(script, above)
        alike = [{entry for entry in told.entries if above < entry.height <= tip} for told in (one, other)]
        late = [sum(entry.height > tip for entry in told.entries) for told in (one, other)]
        if alike[0] != alike[1] or one.total - late[0] != other.total - late[1]:
            raise self._differ(f"the history of script {script.hex()}")
        return one

    def raw_transaction(self, txid: str) -> bytes:
        """Return a transaction, which its name proves."""
        return self._first.raw_transaction(txid)

    def branch(self, height: int, txid: str) -> Branch:
        """Return a way to a root, which the root proves."""
        return self._first.branch(height, txid)

    def close(self) -> None:
        """Let go of both."""
        self._first.close()
        self._second.close()

    def _differ(self, what: str) -> SourceUnreachableError:
        return SourceUnreachableError(
            f"{self._called}: its two servers tell {what} differently: nothing is recorded until they agree; it will "
            "be asked again"
        )


def agreeing(servers: Sequence[Index], called: str) -> Index:
    """Return the one server, or the two as one that tells what both tell."""
    return Agreeing(servers[0], servers[1], called) if len(servers) > 1 else servers[0]
