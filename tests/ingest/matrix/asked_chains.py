"""The places of the chains: nodes and servers over a chain in memory, and what anvil answered once."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from tests.ingest.chain_model import ChainModel, Paid, make_tx
from tests.ingest.faces import ElectrumFace, EsploraFace, RpcFace
from tests.ingest.matrix.grammar import Reads
from tests.ingest.matrix.looking import Source
from tests.ingest.wires import Asked, Said, Server, in_lines, over_http, said

KEPT = Path(__file__).parents[2] / "data" / "external"
OWN = b"\x00\x14" + b"\x01" * 20
STRANGER = b"\x00\x14" + b"\x63" * 20
RIG = {"wallet": "rig", "watch": (OWN.hex(),), "meaning": "pool_payout"}


def paid_chain(payments: int = 2) -> ChainModel:
    """Return a chain of blocks with a payment in each other one."""
    chain = ChainModel()
    for number in range(payments):
        paid = make_tx([(number.to_bytes(32, "big"), 0)], [Paid(OWN, 500 + number), Paid(STRANGER, 7)], tag=number)
        chain.mine([paid], STRANGER)
        chain.mine([], STRANGER)
    return chain


PAID, BEFORE = paid_chain(), paid_chain(1)
DIGESTS = {address_of_script(OWN, CHAINS["bitcoin-regtest"]): hashlib.sha256(OWN).hexdigest()}
CHAIN: dict[str, Any] = {"chain": "bitcoin-regtest", "start_height": 1, "confirmations": 1, "wallets": [RIG]}
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def esplora(chain: ChainModel = PAID) -> Server:
    """Return an Esplora over the chain."""
    face = EsploraFace(chain)
    face.digests = DIGESTS
    return face.answer


def anvil() -> Server:
    """Return an EVM node, as anvil answered once (tests/data/external/README.md)."""
    told = EVM["said"]

    def one(call: dict[str, Any]) -> dict[str, Any]:
        head = {"jsonrpc": "2.0", "id": call["id"]}
        key = json.dumps([call["method"], call["params"]])
        if key not in told:
            return {**head, "error": {"code": -32_000, "message": "not known here"}}
        return {**head, "result": told[key]}

    def answer(asked: Asked) -> Said:
        calls = asked.json
        return said([one(call) for call in calls] if isinstance(calls, list) else one(calls))

    return answer


EVM = json.loads((KEPT / "anvil_look.json").read_bytes())
CHAIN_PLACES = (
    Source(
        name="bitcoin_node",
        of="bitcoin_node",
        settings={**CHAIN, "url": "http://127.0.0.1:1", "user": "u", "password": "p"},
        server=lambda: RpcFace(PAID).answer,
        before=lambda: RpcFace(BEFORE).answer,
        at=JUNE,
        reads=Reads(may_be_nothing=frozenset({"error"})),
        knock=over_http,
    ),
    Source(
        name="electrum",
        of="electrum",
        settings={**CHAIN, "url": "tcp://127.0.0.1:1"},
        server=lambda: ElectrumFace(PAID).answer,
        before=lambda: ElectrumFace(BEFORE).answer,
        at=JUNE,
        reads=Reads(
            unread=frozenset({"jsonrpc", "hex"}),
            may_be_nothing=frozenset({"error"}),
            takes=lambda at, bad: at[:1] == ("result",) and (at[1:] in ((0,), (1,)) or (at[-1], bad) == ("height", -1)),
        ),
        knock=in_lines,
    ),
    Source(
        name="esplora",
        of="esplora",
        settings={**CHAIN, "url": "https://esplora.example"},
        server=esplora,
        before=lambda: esplora(BEFORE),
        at=JUNE,
        reads=Reads(unread=frozenset({"address", "mempool_stats", "version", "vin", "vout", "block_hash"})),
    ),
    Source(
        name="evm_node",
        of="evm_node",
        settings={
            "chain_id": 1,
            "url": "http://127.0.0.1:1",
            "start_height": 1,
            "finality": 0,
            "wallets": [{"wallet": "cold", "watch": ["0x" + "c0" * 20]}, {"wallet": "hot", "watch": [EVM["hot"]]}],
            "tokens": [{"contract": "0x" + "d0" * 20, "asset": "USDC", "decimals": 6}],
        },
        server=anvil,
        asks_otherwise=True,
        reads=Reads(
            unread=frozenset({"jsonrpc", "logIndex", "totalDifficulty", "size", "transactionIndex", "blockNumber"})
            | {"blockHash", "transactionHash", "data", "topics", "removed", "to", "from", "contractAddress"},
            takes=lambda at, _: at[:2] == ("result", "transactions"),
        ),
        at=datetime(2099, 1, 1, tzinfo=UTC),
        knock=over_http,
    ),
)
