"""Esplora's questions answered from a litecoind: the layouts of its API.md, the content of the node's own blocks.

It shares no line with what asks: blocks come decoded from the node, branches are reckoned here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from typing import Any, NamedTuple

from tests.ingest.scripted_server import Reply
from tests.litecoin_node import LitecoinNode

PAGE = 25
COIN = 100_000_000


def word(text: str) -> Reply:
    return Reply(body=text.encode(), media="text/plain")


def told(value: Any) -> Reply:
    return Reply(body=json.dumps(value).encode())


MISSING = Reply(status=404, body=b"not found", media="text/plain")


class Touch(NamedTuple):
    """A transaction that pays or spends: its block, itself, and what was received and spent."""

    block: dict[str, Any]
    transaction: dict[str, Any]
    received: int
    spent: int


class EsploraOverNode:
    """Answers paths; `answer` is what a scripted server asks."""

    def __init__(self, node: LitecoinNode) -> None:
        self.node = node
        self.blocks: dict[str, dict[str, Any]] = {}
        self.best = ""
        self.chain: list[dict[str, Any]] = []
        self.histories: dict[str, list[Touch]] = {}
        self.asked = 0

    def answer(self, path: str) -> Reply:
        self.asked += 1
        self._follow()
        for pattern, answered in (
            (r"/blocks/tip/height", lambda: word(str(self.chain[-1]["height"]))),
            (r"/block-height/(\d+)", self._block_height),
            (r"/block/([0-9a-f]{64})/header", self._header),
            (r"/tx/([0-9a-f]{64})/hex", lambda txid: word(self.node.ask("getrawtransaction", txid))),
            (r"/tx/([0-9a-f]{64})/merkle-proof", self._proof),
            (r"/(?:address|scripthash)/(\w+)", self._stats),
            (r"/(?:address|scripthash)/(\w+)/txs/chain(?:/([0-9a-f]{64}))?", self._txs),
            (r"/(?:address|scripthash)/(\w+)/txs(?:\?after_txid=([0-9a-f]{64}))?", self._txs),
        ):
            found = re.fullmatch(pattern, path)
            if found is not None:
                return answered(*found.groups())
        return MISSING

    def _follow(self) -> None:
        """Know the chain as it stands."""
        best = self.node.ask("getbestblockhash")
        if best == self.best:
            return
        chain = []
        name = best
        while name is not None:
            if name not in self.blocks:
                self.blocks[name] = self.node.ask("getblock", name, 2)
            chain.append(self.blocks[name])
            name = self.blocks[name].get("previousblockhash")
        self.chain, self.best = chain[::-1], best
        self._index()

    def _block_height(self, height: str) -> Reply:
        return word(self.chain[int(height)]["hash"]) if int(height) < len(self.chain) else MISSING

    def _header(self, name: str) -> Reply:
        return word(self.node.ask("getblockheader", name, False))

    def _proof(self, txid: str) -> Reply:
        for block in self.chain:
            row = [one["txid"] for one in block["tx"]]
            if txid not in row:
                continue
            place = at = row.index(txid)
            beside = []
            while len(row) > 1:
                row = row + row[-1:] if len(row) % 2 else row
                beside.append(row[at ^ 1])
                row = [
                    hashlib.sha256(
                        hashlib.sha256(bytes.fromhex(left)[::-1] + bytes.fromhex(right)[::-1]).digest()
                    ).digest()[::-1].hex()
                    for left, right in zip(row[::2], row[1::2], strict=True)
                ]  # fmt: skip
                at //= 2
            return told({"block_height": block["height"], "merkle": beside, "pos": place})
        return MISSING

    def _history(self, who: str) -> list[Touch]:
        """Return what touches an address, or the SHA-256 of a script, oldest first."""
        return self.histories.get(who, [])

    def _index(self) -> None:
        """Know who is touched by what, by address and by the SHA-256 of the script."""
        outputs: dict[tuple[str, int], tuple[tuple[str, ...], int]] = {}
        found: defaultdict[str, list[Touch]] = defaultdict(list)
        for block in self.chain[1:]:
            for one in block["tx"]:
                got: Counter[str] = Counter()
                spent: Counter[str] = Counter()
                for each in one["vin"]:
                    names, value = outputs.pop((each.get("txid"), each.get("vout")), ((), 0))
                    spent.update(dict.fromkeys(names, value))
                for output in one["vout"]:
                    script = output["scriptPubKey"]
                    digest = hashlib.sha256(bytes.fromhex(script["hex"])).hexdigest()
                    names, value = (*script.get("addresses", ()), digest), int(output["value"] * COIN)
                    outputs[one["txid"], output["n"]] = names, value
                    got.update(dict.fromkeys(names, value))
                for who in got.keys() | spent.keys():
                    found[who].append(Touch(block, one, got[who], spent[who]))
        self.histories = dict(found)

    def _stats(self, who: str) -> Reply:
        history = self._history(who)
        confirmed = {
            "funded_txo_count": sum(got > 0 for _, _, got, _ in history),
            "funded_txo_sum": sum(got for _, _, got, _ in history),
            "spent_txo_count": sum(spent > 0 for _, _, _, spent in history),
            "spent_txo_sum": sum(spent for _, _, _, spent in history),
            "tx_count": len(history),
        }
        return told({"address": who, "chain_stats": confirmed, "mempool_stats": dict.fromkeys(confirmed, 0)})

    def _txs(self, who: str, last: str | None) -> Reply:
        newest_first = self._history(who)[::-1]
        names = [one["txid"] for _, one, _, _ in newest_first]
        begin = names.index(last) + 1 if last else 0
        return told(
            [
                {
                    "txid": one["txid"],
                    "version": one["version"],
                    "vout": [],
                    "status": {
                        "confirmed": True,
                        "block_height": block["height"],
                        "block_hash": block["hash"],
                        "block_time": block["time"],
                    },
                }
                for block, one, _, _ in newest_first[begin : begin + PAGE]
            ]
        )
