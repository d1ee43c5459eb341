"""The model chain as strangers tell it: a node over JSON-RPC, an Esplora over HTTP, an Electrum server in lines.

What asks is the program's own code, down to the socket (`tests.ingest.wires`); nothing here knows of it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tests.ingest.chain_model import GENESIS, GENESIS_HEADER, Block, ChainModel, Tx
from tests.ingest.index_model import branch_of
from tests.ingest.wires import Asked, Said, said, word

PAGE = 25
MISSING = Said(status=404, body=b"not found", media="text/plain")


class ModelChain:
    """What is asked of a chain; *interrupt* is called at every question, and may change it under the reading."""

    def __init__(self, chain: ChainModel, *, interrupt: Callable[[], None] | None = None) -> None:
        self.chain = chain
        self.interrupt = interrupt or (lambda: None)
        self.asked = 0
        self._tip = ""
        self._names: dict[str, Block] = {}
        self._transactions: dict[str, tuple[Block, Tx]] = {}
        self._histories: dict[str, list[tuple[Block, Tx]]] = {}

    def question(self) -> None:
        """Count a question."""
        self.asked += 1
        self.interrupt()
        self._follow()

    def _follow(self) -> None:
        """Know the chain as it stands."""
        tip = self.chain.hash_at(self.chain.height)
        if tip == self._tip:
            return
        self._tip, owner = tip, dict[tuple[bytes, int], str]()
        self._names = {block.block_hash: block for block in self.chain.blocks}
        self._transactions = {tx.txid[::-1].hex(): (block, tx) for block in self.chain.blocks for tx in block.txs}
        found: defaultdict[str, list[tuple[Block, Tx]]] = defaultdict(list)
        for block, tx in self._transactions.values():
            touched = {owner[spent]: None for spent in tx.inputs if spent in owner}
            for vout, paid in enumerate(tx.outputs):
                owner[tx.txid, vout] = hashlib.sha256(paid.script).hexdigest()
                touched[owner[tx.txid, vout]] = None
            for script in touched:
                found[script].append((block, tx))
        self._histories = dict(found)

    def header(self, height: int) -> bytes:
        """Return the header at *height*."""
        return self.chain.blocks[height - 1].raw[:80] if height else GENESIS_HEADER

    def block(self, name: str) -> Block | None:
        """Return a block of the best chain."""
        return self._names.get(name)

    def transaction(self, txid: str) -> tuple[Block, Tx] | None:
        """Return a transaction of the best chain, and its block."""
        return self._transactions.get(txid)

    def histories(self) -> dict[str, list[tuple[Block, Tx]]]:
        """Return what pays or spends each script, oldest first, by the SHA-256 of the script."""
        return self._histories

    def branch(self, block: Block, tx: Tx) -> tuple[int, list[str]]:
        """Return the place of *tx* and the way from there to the root, as servers write it."""
        names = [each.txid for each in block.txs]
        way = branch_of(names, names.index(tx.txid))
        return way.place, [each[::-1].hex() for each in way.hashes]


class RpcFace(ModelChain):
    """A node of the Bitcoin family."""

    def answer(self, asked: Asked) -> Said:
        """Answer one call of JSON-RPC."""
        self.question()
        call = asked.json
        told = getattr(self, call["method"])(*call["params"])
        absent = {"code": -8, "message": "Block height out of range"}
        return said({"result": told, "error": absent if told is None else None, "id": call["id"]})

    def getblockcount(self) -> int:
        """Return the height."""
        return self.chain.height

    def getblockhash(self, height: int) -> str | None:
        """Return the name of a block."""
        return self.chain.hash_at(height) if height <= self.chain.height else None

    def getblock(self, name: str, _verbosity: int) -> str | None:
        """Return a block."""
        block = self.block(name)
        return None if block is None else block.raw.hex()

    def getblockheader(self, name: str, _decoded: bool) -> str | None:
        """Return a header."""
        block = self.block(name)
        return GENESIS_HEADER.hex() if name == GENESIS else None if block is None else block.raw[:80].hex()

    def getblockchaininfo(self) -> dict[str, Any]:
        """Return that all is read."""
        height = self.chain.height
        return {"chain": "regtest", "blocks": height, "headers": height, "initialblockdownload": False}


class EsploraFace(ModelChain):
    """An Esplora, as its API.md has it."""

    def answer(self, asked: Asked) -> Said:
        """Answer one path."""
        self.question()
        for pattern, answered in (
            (r"/blocks/tip/height", lambda: word(str(self.chain.height))),
            (r"/block-height/(\d+)", self._block_height),
            (r"/block/([0-9a-f]{64})/header", self._header),
            (r"/tx/([0-9a-f]{64})/hex", self._raw),
            (r"/tx/([0-9a-f]{64})/merkle-proof", self._proof),
            (r"/(?:address|scripthash)/(\w+)", self._stats),
            (r"/(?:address|scripthash)/(\w+)/txs/chain(?:/([0-9a-f]{64}))?", self._txs),
        ):
            found = re.fullmatch(pattern, asked.path)
            if found is not None:
                return answered(*found.groups())
        return MISSING

    def _block_height(self, height: str) -> Said:
        return word(self.chain.hash_at(int(height))) if int(height) <= self.chain.height else MISSING

    def _header(self, name: str) -> Said:
        block = self.block(name)
        if name == GENESIS:
            return word(GENESIS_HEADER.hex())
        return MISSING if block is None else word(block.raw[:80].hex())

    def _raw(self, txid: str) -> Said:
        found = self.transaction(txid)
        return MISSING if found is None else word(found[1].raw.hex())

    def _proof(self, txid: str) -> Said:
        found = self.transaction(txid)
        if found is None:
            return MISSING
        place, merkle = self.branch(*found)
        return said({"block_height": found[0].height, "merkle": merkle, "pos": place})

    def _of(self, who: str) -> list[tuple[Block, Tx]]:
        return self.histories().get(self.digests.get(who, who), [])

    digests: dict[str, str]
    """The SHA-256 of the script of each address that is asked for."""

    def _stats(self, who: str) -> Said:
        history = self._of(who)
        paid = {"funded_txo_count": len(history), "funded_txo_sum": 0, "spent_txo_count": 0, "spent_txo_sum": 0}
        names = "".join(tx.txid.hex() for _, tx in history)  # sums that differ where the history does
        digest = int(hashlib.sha256(names.encode()).hexdigest()[:12], 16) if history else 0
        stats = {**paid, "funded_txo_sum": digest, "tx_count": len(history)}
        return said({"address": who, "chain_stats": stats, "mempool_stats": dict.fromkeys(stats, 0)})

    def _txs(self, who: str, last: str | None) -> Said:
        newest = self._of(who)[::-1]
        names = [tx.txid[::-1].hex() for _, tx in newest]
        if last is not None and last not in names:
            return said([])
        begin = names.index(last) + 1 if last else 0
        rows = []
        for (block, _), name in list(zip(newest, names, strict=True))[begin : begin + PAGE]:
            status = {"confirmed": True, "block_height": block.height, "block_hash": block.block_hash}
            rows.append({"txid": name, "version": 2, "vin": [], "vout": [], "status": status})
        return said(rows)


class ElectrumFace(ModelChain):
    """An Electrum server, protocol 1.4."""

    def answer(self, asked: Asked) -> Said:
        """Answer one line."""
        self.question()
        call = asked.json
        name = call["method"].removeprefix("blockchain.").replace(".", "_")
        told = getattr(self, f"_{name}")(*call["params"])
        if told is None:
            return said({"jsonrpc": "2.0", "id": call["id"], "error": {"code": 1, "message": "not here"}})
        return said({"jsonrpc": "2.0", "id": call["id"], "result": told})

    def _server_version(self, *_: object) -> list[str]:
        return ["ModelX 1.0", "1.4"]

    def _headers_subscribe(self) -> dict[str, Any]:
        return {"height": self.chain.height, "hex": self.header(self.chain.height).hex()}

    def _block_header(self, height: int) -> str | None:
        return self.header(height).hex() if height <= self.chain.height else None

    def _scripthash_get_history(self, digest: str) -> list[dict[str, Any]]:
        history = self.histories().get(bytes.fromhex(digest)[::-1].hex(), [])
        return [{"height": block.height, "tx_hash": tx.txid[::-1].hex()} for block, tx in history]

    def _transaction_get(self, txid: str) -> str | None:
        found = self.transaction(txid)
        return None if found is None else found[1].raw.hex()

    def _transaction_get_merkle(self, txid: str, height: int) -> dict[str, Any] | None:
        found = self.transaction(txid)
        if found is None or found[0].height != height:
            return None
        place, merkle = self.branch(*found)
        return {"block_height": height, "merkle": merkle, "pos": place}
