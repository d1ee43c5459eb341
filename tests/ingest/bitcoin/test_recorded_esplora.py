"""Answers in the layout of a public Esplora, over a block of testnet4: read, and refused when a word is another."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.bitcoin.blocks import read_block, read_header
from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.bitcoin.esplora.server import EsploraServer
from lotwork.ingest.bitcoin.index.watch import IndexWatch
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.wire import outputs_of
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import LotworkError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event, Receipt
from tests.ingest.index_model import branch_of
from tests.ingest.memory_log import MemoryLog
from tests.ingest.scripted_server import Reply, Script, client_of, serving

KEPT = Path(__file__).parents[2] / "data" / "external"
RAW = bytes.fromhex((KEPT / "testnet4_block_40000.hex").read_text())
NAME, HEIGHT = "000000000000000c1a1fad82b0e133f4772802b6dff7a95990580ae2e15c634f", 40_000
CHAIN = CHAINS["bitcoin-testnet4"]
GENESIS = (
    "0100000000000000000000000000000000000000000000000000000000000000000000004e7b2b9128fe0291db0693af2ae418b767e657cd407e80cb"
    "1434221eaea7a07a046f3566ffff001dbb0c7817"
)
FOUND = read_block(RAW, read_header(RAW, NAME), HEIGHT, RULES[CHAIN.name])
NAMES = [one.txid for one in FOUND]
PLACE = 3
VALUE, SCRIPT = next((value, script) for value, script in outputs_of(FOUND[PLACE]) if value)
ADDRESS = address_of_script(SCRIPT, CHAIN)
TXID = NAMES[PLACE][::-1].hex()


def recorded(**changes: Any) -> dict[str, Reply]:
    """Return what each path answers; *changes* are words that a liar says instead."""
    branch = branch_of(NAMES, PLACE)
    stats = {"funded_txo_count": 1, "funded_txo_sum": VALUE, "spent_txo_count": 0, "spent_txo_sum": 0, "tx_count": 1}
    status = {"confirmed": True, "block_height": HEIGHT, "block_hash": NAME, "block_time": 1_723_908_842}
    said: dict[str, Any] = {
        "/blocks/tip/height": str(HEIGHT),
        "/block-height/0": CHAIN.genesis,
        f"/block-height/{HEIGHT}": NAME,
        f"/block/{CHAIN.genesis}/header": GENESIS,
        f"/block/{NAME}/header": RAW[:80].hex(),
        f"/address/{ADDRESS}": {"address": ADDRESS, "chain_stats": stats, "mempool_stats": dict.fromkeys(stats, 0)},
        f"/address/{ADDRESS}/txs/chain": [
            {
                "txid": TXID,
                "version": 2,
                "locktime": 0,
                "vin": [{"txid": "00" * 32, "vout": 0, "prevout": None, "is_coinbase": False, "sequence": 0}],
                # What it says of amounts is nobody's business: 777 coins that never were.
                "vout": [{"scriptpubkey_address": ADDRESS, "scriptpubkey_type": "v0_p2wpkh", "value": 77_700_000_000}],
                "size": 300,
                "weight": 1000,
                "fee": 0,
                "status": status,
            }
        ],
        f"/tx/{TXID}/hex": FOUND[PLACE].raw.hex(),
        f"/tx/{TXID}/merkle-proof": {
            "block_height": HEIGHT,
            "merkle": [each[::-1].hex() for each in branch.hashes],
            "pos": PLACE,
        },
        **changes,
    }
    return {path: word(words) if isinstance(words, str) else told(words) for path, words in said.items()}


def word(words: str) -> Reply:
    return Reply(body=words.encode(), media="text/plain")


def told(value: Any) -> Reply:
    return Reply(body=json.dumps(value).encode())


@pytest.fixture
def script() -> Any:
    with serving() as served:
        yield served


def ask(script: Script, answers: dict[str, Reply]) -> tuple[Event, ...]:
    """Read the wallet through *answers*; what they do not hold is a block of some name, or not there."""
    other = Reply(body=b"11" * 32, media="text/plain")
    missing = Reply(status=404, body=b"Block not found", media="text/plain")
    script.answer = lambda path: answers.get(path, other if path.startswith("/block-height/") else missing)
    section = EsploraSection(
        name="esplora",
        chain=CHAIN.name,
        url=script.url,
        wallets=(WalletSection(wallet="cold", watch=(ADDRESS,), meaning="pool_payout"),),
        confirmations=1,
        allow_private=True,
    )
    clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
    server = EsploraServer(script.url, client_of("esplora", clock=clock), CHAIN, after_txid=False)
    watch = IndexWatch(section, MemoryLog(), clock, lambda: server)
    cursor, more = None, True
    events: list[Event] = []
    while more:
        page = watch.fetch_since(cursor)
        events += page.events
        cursor, more = page.cursor, page.more
    return tuple(events)


def test_a_payment_is_read_from_its_bytes_and_dated_by_its_block(script: Script) -> None:
    (receipt,) = ask(script, recorded())
    assert isinstance(receipt, Receipt)
    assert (receipt.quantity, receipt.height, receipt.block_hash) == (VALUE, HEIGHT, NAME)
    assert receipt.id == f"bitcoin-testnet4:{TXID}:{receipt.vout}"
    assert receipt.at == datetime.fromtimestamp(1_723_908_842, UTC)


FLIPPED = bytes([RAW[0] ^ 1]) + RAW[1:80]


@pytest.mark.parametrize(
    "lie",
    [
        {f"/tx/{TXID}/hex": FOUND[PLACE + 1].raw.hex()},
        {f"/tx/{TXID}/hex": FOUND[PLACE].raw.hex()[:-2]},
        {f"/tx/{TXID}/hex": "no hex"},
        {f"/tx/{TXID}/merkle-proof": {"block_height": HEIGHT, "merkle": [], "pos": PLACE}},
        {f"/tx/{TXID}/merkle-proof": {"block_height": HEIGHT, "merkle": ["00" * 32] * 4, "pos": PLACE}},
        {f"/tx/{TXID}/merkle-proof": {"block_height": HEIGHT, "merkle": "00", "pos": PLACE}},
        {f"/tx/{TXID}/merkle-proof": {"block_height": HEIGHT, "merkle": [], "pos": -1}},
        {f"/tx/{TXID}/merkle-proof": {"block_height": 1, "merkle": [], "pos": PLACE}},
        {f"/block/{NAME}/header": FLIPPED.hex()},
        {f"/block/{NAME}/header": "00"},
        {f"/block-height/{HEIGHT}": "0" * 63},
        {"/blocks/tip/height": "many"},
        {"/blocks/tip/height": "9" * 30},
        {f"/address/{ADDRESS}": {}},
        {f"/address/{ADDRESS}": {"chain_stats": {"tx_count": -1}}},
        {f"/address/{ADDRESS}/txs/chain": {}},
        {f"/address/{ADDRESS}/txs/chain": [{"txid": TXID, "status": {"confirmed": "yes"}}]},
        {f"/address/{ADDRESS}/txs/chain": [{"txid": TXID, "status": {"confirmed": True, "block_height": 1.5}}]},
        {f"/address/{ADDRESS}/txs/chain": [{"txid": TXID, "status": {"confirmed": True, "block_height": 39_999}}]},
        {f"/address/{ADDRESS}/txs/chain": []},
    ],
)
def test_no_other_word_becomes_an_event(script: Script, lie: dict[str, Any]) -> None:
    with pytest.raises((SourceRefusedError, SourceUnreachableError)):
        ask(script, recorded(**lie))


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=429, headers={"Retry-After": "3600"}),
        Reply(status=503),
        Reply(body=b"<html>", media="text/html"),
        Reply(body=b""),
        Reply(body=b"half", declared=40),
        Reply(hang_up=True),
        Reply(body=b'{"error":"Too many requests"}'),
        Reply(body=b"9" * 5_000),
        Reply(body=b'{"txid":1,"txid":2}'),
        Reply(body=b"[NaN]"),
        Reply(body="\u0661\u0662".encode(), media="text/plain"),
    ],
)
def test_a_fault_at_any_question_records_nothing(script: Script, fault: Reply) -> None:
    answers = recorded()
    for path in answers:
        with pytest.raises(LotworkError) as refused:
            ask(script, {**answers, path: fault})
        assert isinstance(refused.value, SourceRefusedError | SourceUnreachableError), path
