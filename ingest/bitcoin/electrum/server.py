"""An Electrum server as one that lists transactions by script (protocol 1.4)."""

from __future__ import annotations

import hashlib

from lotwork.ingest.bitcoin.electrum.line import Line
from lotwork.ingest.bitcoin.index.asked import Branch, Entry, Listed
from lotwork.ingest.bitcoin.index.values import MOST_TRANSACTIONS, Values, state_of
from lotwork.ingest.bitcoin.wire import HEADER_LENGTH, double_sha256
from lotwork.ledger.errors import SourceUnreachableError


class ElectrumServer:
    """Asks for headers by height, as the protocol has it, and so remembers at what height which block stood."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._values = Values(f"server at {line.shown}")
        self._tip = -1
        self._heights: dict[str, int] = {}
        self._headers: dict[str, bytes] = {}
        self._histories: dict[bytes, frozenset[Entry]] = {}

    def tip_height(self) -> int:
        """Return the height of the best block."""
        question = "blockchain.headers.subscribe"
        told = self._values.object(self._line.ask(question), question)
        self._tip = self._values.number(told.get("height"), question)
        return self._tip

    def block_hash(self, height: int) -> str | None:
        """Return the name of the best chain's block at *height*; None where the chain is shorter."""
        if height > (self._tip if self._tip >= height else self.tip_height()):
            return None
        return self._header_at(height)

    def raw_header(self, block_hash: str) -> bytes:
        """Return the header of a block whose height, or whose child, was told in this look."""
        if block_hash not in self._headers:
            height = self._heights.get(block_hash)
            if height is None or self._header_at(height) != block_hash:
                raise SourceUnreachableError(
                    f"server at {self._line.shown}: its chain moved while it was read: it will be asked again"
                )
        return self._headers[block_hash]

    def state(self, script: bytes) -> str:
        """Return a text that is another one when the confirmed history of *script* is."""
        question = "blockchain.scripthash.get_history"
        told = self._line.ask(question, hashlib.sha256(script).digest()[::-1].hex())
        entries = set()
        for each in self._values.list(told, question):
            one = self._values.object(each, question)
            height = one.get("height")
            if height in (0, -1) and not isinstance(height, bool):
                continue  # in no block yet
            entries.add(Entry(self._values.number(height, question), self._values.name(one.get("tx_hash"), question)))
        self._histories[script] = frozenset(entries)
        return state_of(entries)

    def history(self, script: bytes, above: int) -> Listed:
        """Return the confirmed history that `state` was told."""
        if script not in self._histories:
            self.state(script)
        entries = self._histories[script]
        return Listed(len(entries), tuple(entry for entry in entries if entry.height > above))

    def raw_transaction(self, txid: str) -> bytes:
        """Return a transaction as it goes over the wire."""
        question = "blockchain.transaction.get"
        return self._values.hex(self._line.ask(question, txid), question)

    def branch(self, height: int, txid: str) -> Branch:
        """Return the way from a transaction to the root of its block at *height*."""
        question = "blockchain.transaction.get_merkle"
        told = self._values.object(self._line.ask(question, txid, height), question)
        place = self._values.number(told.get("pos"), question, MOST_TRANSACTIONS)
        return Branch(place, self._values.hashes(told.get("merkle"), question))

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()

    def _header_at(self, height: int) -> str:
        question = "blockchain.block.header"
        raw = self._values.hex(self._line.ask(question, height), question)
        if len(raw) < HEADER_LENGTH:
            raise self._values.odd(question)
        name = double_sha256(raw[:HEADER_LENGTH])[::-1].hex()
        self._headers[name], self._heights[name] = raw, height
        self._heights[raw[4:36][::-1].hex()] = height - 1
        return name
