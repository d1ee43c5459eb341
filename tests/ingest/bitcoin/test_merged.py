"""Dogecoin's merged work and testnet4's blocks, by blocks of those chains: the first merged one, and block 40,000."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.ingest.bitcoin.blocks import check_header, read_block, read_header, transaction_of
from lotwork.ingest.bitcoin.merged import read_merged
from lotwork.ingest.bitcoin.rules import COIN, RULES, target_of
from lotwork.ingest.bitcoin.scripts import CHAINS
from lotwork.ingest.bitcoin.wire import BrokenBlockError, merkle_root
from lotwork.ledger.errors import SourceRefusedError

KEPT = Path(__file__).parents[2] / "data" / "external"
DOGE = bytes.fromhex((KEPT / "dogecoin_block_371337.hex").read_text())
HEIGHT = 371_337
NAME = "60323982f9c5ff1b5a954eac9dc1269352835f47c2c5222691d80f0d50dcf053"
RULES_OF_DOGE = RULES["dogecoin"]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TESTNET4 = bytes.fromhex((KEPT / "testnet4_block_40000.hex").read_text())


def believe(raw: bytes, name: str = NAME) -> None:
    header = read_header(raw, name)
    check_header(raw, header, HEIGHT, RULES_OF_DOGE, NOW)
    read_block(raw, header, HEIGHT, RULES_OF_DOGE)


def test_the_first_merged_block_of_dogecoin_is_believed_and_read() -> None:
    believe(DOGE)
    header = read_header(DOGE, NAME)
    found = [transaction_of(one) for one in read_block(DOGE, header, HEIGHT, RULES_OF_DOGE)]
    assert len(found) == 6
    assert found[0].txid == "4547b14bc16db4184fa9f141d645627430dd3dfa662d0e6f418fba497091da75"
    assert found[0].outputs[0].value == 0x05AF3CF36600
    assert found[5].outputs[0].script.hex() == "76a91481db1aa49ebc6a71cad96949eb28e22af85eb0bd88ac"


def test_its_own_header_proves_nothing() -> None:
    merged = read_merged(DOGE)
    assert RULES_OF_DOGE.digest(DOGE[:80]) > target_of(0x1B364184) >= RULES_OF_DOGE.digest(merged.other)
    assert RULES_OF_DOGE.refuses_work(DOGE[:80], 0x1B364184, HEIGHT, None) is not None


def test_no_bit_of_what_proves_the_work_can_be_another() -> None:
    merged = read_merged(DOGE)
    unread = range(
        DOGE.index(merged.coinbase) + len(merged.coinbase), DOGE.index(merged.coinbase) + len(merged.coinbase) + 32
    )
    for at in range(80, merged.end):
        changed = bytearray(DOGE)
        changed[at] ^= 1
        if at in unread:
            believe(bytes(changed))  # the name of the other block, which its header tells
        else:
            with pytest.raises(SourceRefusedError):
                believe(bytes(changed))


@pytest.mark.parametrize("end", [80, 81, 200, 300, 500])
def test_merged_work_cut_off_is_refused(end: int) -> None:
    with pytest.raises(BrokenBlockError):
        read_merged(DOGE[:end])
    with pytest.raises(SourceRefusedError):
        believe(DOGE[:end])


def test_work_merged_for_another_chain_or_slot_is_none() -> None:
    merged = read_merged(DOGE)
    told = RULES_OF_DOGE.refuses_work(DOGE[:80], 0x1B364184, HEIGHT, merged._replace(slot=merged.slot ^ 1))
    assert told == "the other block's coinbase does not name it"
    other = struct.pack("<I", 0x00630102) + DOGE[4:80]
    assert RULES_OF_DOGE.refuses_work(other, 0x1B364184, HEIGHT, merged) == "it was merged for another chain"
    own = merged._replace(other=struct.pack("<I", 0x00620102) + merged.other[4:])
    assert "of its own chain" in str(RULES_OF_DOGE.refuses_work(DOGE[:80], 0x1B364184, HEIGHT, own))
    late = merged._replace(place=1)
    assert "first transaction" in str(RULES_OF_DOGE.refuses_work(DOGE[:80], 0x1B364184, HEIGHT, late))
    twice = merged._replace(script=merged.script + b"\xfa\xbe\x6d\x6d")
    assert RULES_OF_DOGE.refuses_work(DOGE[:80], 0x1B364184, HEIGHT, twice) is not None


def test_dogecoin_s_target_moves_with_each_block_and_by_half_at_most() -> None:
    bits = 0x1A019541
    for new, fits in (
        (0x1A019541, True),
        (0x1A0257E0, True),
        (0x1A026100, False),
        (0x1A012FA0, False),
        (0x1A012FF1, True),
    ):
        told = RULES_OF_DOGE.refuses_step(bits, new, 5_050_001)
        assert (told is None) == fits, hex(new)


def test_dogecoin_s_subsidy_is_ten_thousand_for_ever() -> None:
    assert RULES_OF_DOGE.subsidy(5_000_000) == 10_000 * COIN
    assert RULES_OF_DOGE.subsidy(HEIGHT) == 62_500 * COIN
    assert RULES_OF_DOGE.subsidy(99_999) == 1_000_000 * COIN
    assert RULES_OF_DOGE.maturity == 240
    # About 142 billion were there at block 5,050,000; the drawn ones were half of the most on average.
    assert 142_000_000_000 * COIN < RULES_OF_DOGE.issued(5_050_000) < 210_000_000_000 * COIN


def test_a_block_of_testnet4_is_believed() -> None:
    name = "000000000000000c1a1fad82b0e133f4772802b6dff7a95990580ae2e15c634f"
    header = read_header(TESTNET4, name)
    rules = RULES["bitcoin-testnet4"]
    check_header(TESTNET4, header, 40_000, rules, NOW)
    found = read_block(TESTNET4, header, 40_000, rules)
    assert len(found) == 16
    with pytest.raises(SourceRefusedError, match="calls itself 40000"):
        read_block(TESTNET4, header, 40_001, rules)


def test_testnet4_begins_with_the_block_that_bip94_gives() -> None:
    """The genesis block from its parts: the headline, 33 bytes of no key, time and nonce."""
    words = b"03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e"
    script = bytes.fromhex("04ffff001d0104") + b"\x4c" + bytes([len(words)]) + words
    coinbase = b"".join(
        [
            struct.pack("<iB", 1, 1) + bytes(32) + b"\xff" * 4 + bytes([len(script)]) + script + b"\xff" * 4,
            struct.pack("<BqB", 1, 50 * COIN, 35) + b"\x21" + bytes(33) + b"\xac" + bytes(4),
        ]
    )
    txid = hashlib.sha256(hashlib.sha256(coinbase).digest()).digest()
    root = merkle_root([txid])
    assert root == txid
    header = struct.pack("<i", 1) + bytes(32) + root + struct.pack("<III", 1_714_777_860, 0x1D00FFFF, 393_743_547)
    assert read_header(header, CHAINS["bitcoin-testnet4"].genesis).time == RULES["bitcoin-testnet4"].begun


def test_dogecoin_begins_with_its_block() -> None:
    header = bytes.fromhex(
        "01000000"
        + "00" * 32
        + "696ad20e2dd4365c7459b4a4a5af743d5e92c6da3229e6532cd605f6533f2a5b24a6a152f0ff0f1e67860100"
    )
    read = read_header(header, CHAINS["dogecoin"].genesis)
    assert read.time == RULES_OF_DOGE.begun
    assert RULES_OF_DOGE.refuses_work(header, read.bits, 0) is None
