"""An Electrum server as one that lists transactions by script (protocol 1.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.bitcoin.electrum.line import Line, Question
from lotwork.ingest.bitcoin.index.asked import Branch, Entry, Listed
from lotwork.ingest.bitcoin.index.values import MOST_TRANSACTIONS, Values, state_of
from lotwork.ingest.bitcoin.wire import HEADER_LENGTH, double_sha256
from lotwork.ledger.errors import SourceUnreachableError

TIP = "blockchain.headers.subscribe"
HISTORY = "blockchain.scripthash.get_history"
HEADER = "blockchain.block.header"
TRANSACTION = "blockchain.transaction.get"
BRANCH = "blockchain.transaction.get_merkle"
AT_ONCE = 300
"""Questions sent together."""
HEADERS_BELOW = 11


class ElectrumServer:
    """Asks for headers by height, as the protocol has it, and so remembers at what height which block stood."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._values = Values(f"server at {line.shown}")
        self._tip = -1
        self._heights: dict[str, int] = {}
        self._headers: dict[str, bytes] = {}
        self._histories: dict[bytes, frozenset[Entry]] = {}
        self._ahead: dict[Question, JsonValue] = {}
        """Answers to questions that were asked before they are needed; each is taken once."""

    def prepare(
        self,
        scripts: Iterable[bytes] = (),
        blocks: Iterable[tuple[int, list[str]]] = (),
        heights: Iterable[int] = (),
    ) -> None:
        """Ask together what is asked next: histories, what blocks hold, the headers at some heights.

        What was asked ahead before and was not needed is forgotten: the chain may have moved since.
        """
        self._ahead.clear()
        questions: list[Question] = [(HISTORY, (_script_hash(script),)) for script in scripts]
        for height, txids in blocks:
            questions.append((HEADER, (height,)))
            for txid in txids:
                questions += [(BRANCH, (txid, height)), (TRANSACTION, (txid,))]
        headers = [(HEADER, (height,)) for height in heights]
        questions += [*([(TIP, ())] if headers else []), *headers]
        self._ask_ahead(questions)

    def _ask_ahead(self, questions: Sequence[Question]) -> None:
        for begin in range(0, len(questions), AT_ONCE):
            some = questions[begin : begin + AT_ONCE]
            answers = zip(some, self._line.ask_many(some), strict=True)
            self._ahead.update((question, answer) for question, answer in answers if answer is not None)

    def tip_height(self) -> int:
        """Return the height of the best block."""
        told = self._values.object(self._ask(TIP), TIP)
        self._tip = self._values.number(told.get("height"), TIP)
        self._ahead[HEADER, (self._tip,)] = told.get("hex")
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
            if height is not None:
                self._ask_ahead([(HEADER, (each,)) for each in range(max(0, height - HEADERS_BELOW), height + 1)])
            if height is None or self._header_at(height) != block_hash:
                raise SourceUnreachableError(
                    f"server at {self._line.shown}: its chain moved while it was read: it will be asked again"
                )
        return self._headers[block_hash]

    def state(self, script: bytes) -> str:
        """Return a text that is another one when the confirmed history of *script* is."""
        told = self._ask(HISTORY, _script_hash(script))
        entries = set()
        for each in self._values.list(told, HISTORY):
            one = self._values.object(each, HISTORY)
            height = one.get("height")
            if height in (0, -1) and not isinstance(height, bool):
                continue  # in no block yet
            entries.add(Entry(self._values.number(height, HISTORY), self._values.name(one.get("tx_hash"), HISTORY)))
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
        return self._values.hex(self._ask(TRANSACTION, txid), TRANSACTION)

    def branch(self, height: int, txid: str) -> Branch:
        """Return the way from a transaction to the root of its block at *height*."""
        told = self._values.object(self._ask(BRANCH, txid, height), BRANCH)
        if self._values.number(told.get("block_height"), BRANCH) != height:
            raise self._values.odd(BRANCH)
        place = self._values.number(told.get("pos"), BRANCH, MOST_TRANSACTIONS)
        return Branch(place, self._values.hashes(told.get("merkle"), BRANCH))

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()

    def _header_at(self, height: int) -> str:
        raw = self._values.hex(self._ask(HEADER, height), HEADER)
        if len(raw) < HEADER_LENGTH:
            raise self._values.odd(HEADER)
        name = double_sha256(raw[:HEADER_LENGTH])[::-1].hex()
        self._headers[name], self._heights[name] = raw, height
        self._heights[raw[4:36][::-1].hex()] = height - 1
        return name

    def _ask(self, method: str, *params: Any) -> JsonValue:
        if (method, params) in self._ahead:
            return self._ahead.pop((method, params))
        return self._line.ask(method, *params)


def _script_hash(script: bytes) -> str:
    return hashlib.sha256(script).digest()[::-1].hex()
