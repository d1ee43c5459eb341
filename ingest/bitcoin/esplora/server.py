"""An Esplora as one that lists transactions by script (github.com/Blockstream/esplora, API.md).

Its answers name amounts, inputs and outputs; none of that is read. Lists are read for the names and heights in them,
newest first, until the height that was asked for; how many there are in all it tells apart, and both must agree.
"""

from __future__ import annotations

import hashlib

from lotwork.ingest.asking.http import BoundedClient
from lotwork.ingest.asking.json_guard import JsonRefusedError, JsonValue, parse_json
from lotwork.ingest.bitcoin.index.asked import Branch, Entry, Listed
from lotwork.ingest.bitcoin.index.values import MOST_TRANSACTIONS, Values
from lotwork.ingest.bitcoin.rpc import HIGHEST
from lotwork.ingest.bitcoin.scripts import Chain, address_of_script
from lotwork.ledger.errors import SourceUnreachableError

SUMS = ("tx_count", "funded_txo_count", "funded_txo_sum", "spent_txo_count", "spent_txo_sum")
MOST_UNITS = 10**20


class EsploraServer:
    """Asks one Esplora at *url*, its last slash left out."""

    def __init__(self, url: str, client: BoundedClient, chain: Chain, *, after_txid: bool) -> None:
        self._url = url.rstrip("/")
        self._client = client
        self._chain = chain
        self._after_txid = after_txid
        self._values = Values(f"server {client.source!r}")
        self._tip = -1
        self._totals: dict[bytes, int] = {}

    def prepare(self, *_: object, **__: object) -> None:
        """Nothing is asked together: each question waits for its turn."""

    def tip_height(self) -> int:
        """Return the height of the best block."""
        told = self._text("/blocks/tip/height", "its newest block")
        if told is None or not told.isascii() or not told.isdigit() or int(told[:20]) > HIGHEST:
            raise self._values.odd("/blocks/tip/height")
        self._tip = int(told)
        return self._tip

    def block_hash(self, height: int) -> str | None:
        """Return the name of the best chain's block at *height*; None where the chain is shorter."""
        told = self._text(f"/block-height/{height}", f"block {height}")
        return None if told is None else self._values.name(told, "/block-height")

    def raw_header(self, block_hash: str) -> bytes:
        """Return a block's header."""
        return self._hex(f"/block/{block_hash}/header", f"the header of block {block_hash[:16]}…")

    def state(self, script: bytes) -> str:
        """Return a text that is another one when the confirmed history of *script* is."""
        told = self._values.object(self._json(self._place(script), "an address"), "/address")
        stats = self._values.object(told.get("chain_stats"), "/address")
        sums = [self._values.number(stats.get(key), "/address", MOST_UNITS) for key in SUMS]
        self._totals[script] = sums[0]
        return ":".join(map(str, sums)) if sums[0] else ""

    def history(self, script: bytes, above: int) -> Listed:
        """Return the confirmed history of *script*, read down to a block at or below *above*."""
        if script not in self._totals:
            self.state(script)
        total = self._totals[script]
        found: dict[str, Entry] = {}
        last: str | None = None
        while len(found) < total:
            names, entries = self._page(script, last)
            fresh = [entry for entry in entries if entry.txid not in found]
            if not names or (not fresh and last is not None):
                break
            found.update((entry.txid, entry) for entry in fresh)
            if fresh and fresh[-1].height <= above:
                break
            last = names[-1]
        return Listed(total, tuple(found.values()))

    def raw_transaction(self, txid: str) -> bytes:
        """Return a transaction as it goes over the wire."""
        return self._hex(f"/tx/{txid}/hex", f"transaction {txid[:16]}…")

    def branch(self, height: int, txid: str) -> Branch:
        """Return the way from a transaction to the root of its block at *height*."""
        question, item = "/merkle-proof", f"the proof of {txid[:16]}…"
        told = self._values.object(self._proof(f"/tx/{txid}{question}", item), question)
        if self._values.number(told.get("block_height"), question) != height:
            raise self._gone(f"transaction {txid}")
        place = self._values.number(told.get("pos"), question, MOST_TRANSACTIONS)
        return Branch(place, self._values.hashes(told.get("merkle"), question))

    def close(self) -> None:
        """Each question has a connection of its own."""

    def _place(self, script: bytes) -> str:
        """Return where a script is asked for: by its address, or by its SHA-256 where it has none."""
        address = address_of_script(script, self._chain)
        return f"/scripthash/{hashlib.sha256(script).hexdigest()}" if address == script.hex() else f"/address/{address}"

    def _page(self, script: bytes, last: str | None) -> tuple[list[str], list[Entry]]:
        """Return the names of a page of transactions, and those among them that stand in a block."""
        place = self._place(script)
        if self._after_txid:
            told = self._json(f"{place}/txs", "transactions", {} if last is None else {"after_txid": last})
        else:
            told = self._json(f"{place}/txs/chain" + (f"/{last}" if last else ""), "transactions")
        names, entries = [], []
        for each in self._values.list(told, "/txs"):
            one = self._values.object(each, "/txs")
            names.append(self._values.name(one.get("txid"), "/txs"))
            status = self._values.object(one.get("status"), "/txs")
            if status.get("confirmed") is True:
                entries.append(Entry(self._values.number(status.get("block_height"), "/txs"), names[-1]))
            elif status.get("confirmed") is not False:
                raise self._values.odd("/txs")
        return names, entries

    def _json(self, path: str, item: str, params: dict[str, str | int] | None = None) -> JsonValue:
        return self._client.get_json(self._url + path, item=item, params=params).value

    def _proof(self, path: str, item: str) -> JsonValue:
        """Return an answer in JSON that is not there where the chain moved."""
        told = self._text(path, item)
        if told is None:
            raise self._gone(item)
        try:
            return parse_json(told.encode())
        except JsonRefusedError:
            raise self._values.odd(item) from None

    def _text(self, path: str, item: str) -> str | None:
        return self._client.get_text(self._url + path, item=item)

    def _hex(self, path: str, item: str) -> bytes:
        told = self._text(path, item)
        if told is None:
            raise self._gone(item)
        return self._values.hex(told, item)

    def _gone(self, what: str) -> SourceUnreachableError:
        return SourceUnreachableError(
            f"server {self._client.source!r}: {what} is not where it was told to be: its chain moved, or its parts do "
            "not agree yet: nothing of this look is recorded; it will be asked again"
        )
