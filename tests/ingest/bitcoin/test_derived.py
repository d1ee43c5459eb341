"""Keys read as the addresses they make, against the vectors of the BIPs; and a chain that pays them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from embit import base58, bip32

from lotwork.ingest.bitcoin.derived import rows_of
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.scan import read_cursor
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.bitcoin.watchlist import Watchlist, watched_scripts
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.events import Event, Movement, Receipt
from tests.ingest.chain_model import ChainModel, ModelNode, Paid, Tx, make_tx
from tests.ingest.memory_log import MemoryLog

BITCOIN = CHAINS["bitcoin"]
# The accounts of BIP44, BIP84 and BIP86 for the mnemonic of their test vectors ("abandon ... about").
LEGACY = (
    "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj"
)
WITNESS = (
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
)
TAPROOT = (
    "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ"
)
# BIP49's own, which is of a testnet.
NESTED = (
    "tpubDD7tXK8KeQ3YY83yWq755fHY2JW8Ha8Q765tknUM5rSvjPcGWfUppDFMpQ1ScziKfW3ZNtZvAD7M3u7bSs7HofjTD3KP3YxPK7X6hwV8Rk2"
)


def with_version(key: str, version: str) -> str:
    return str(base58.encode_check(bytes.fromhex(version) + base58.decode_check(key)[4:]))


def addresses(text: str, chain: str = "bitcoin", count: int = 2) -> list[list[str]]:
    """Return the first addresses of each row."""
    return [
        [address_of_script(script, CHAINS[chain]) for script in row.scripts(count)]
        for row in rows_of(text, "cold", CHAINS[chain])
    ]


def test_a_zpub_makes_the_addresses_of_bip84() -> None:
    assert addresses(WITNESS) == [
        ["bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"],
        ["bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el", "bc1qggnasd834t54yulsep6fta8lpjekv4zj6gv5rf"],
    ]


@pytest.mark.parametrize(
    ("text", "chain", "first"),
    [
        (f"pkh({LEGACY}/<0;1>/*)", "bitcoin", "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"),
        (f"pk({LEGACY}/<0;1>/*)", "bitcoin", "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"),
        (f"tr([73c5da0a/86'/0'/0']{TAPROOT}/<0;1>/*)", "bitcoin",
         "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"),
        (f"sh(wpkh({NESTED}/0/*))", "bitcoin-testnet", "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2"),
        (f"sh(wpkh({NESTED}/0/*))", "bitcoin-testnet4", "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2"),
        (with_version(NESTED, "044a5262"), "bitcoin-testnet", "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2"),
        (f"wpkh({WITNESS}/0/*)", "bitcoin", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"),
        (f"wpkh({WITNESS}/0/0)", "bitcoin", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"),
        (with_version(LEGACY, "019da462"), "litecoin", None),
        (with_version(LEGACY, "02facafd"), "dogecoin", None),
    ],
)  # fmt: skip
def test_the_forms_of_a_key_make_the_addresses_of_their_bips(text: str, chain: str, first: str | None) -> None:
    found = addresses(text, chain)
    assert all(row[0] for row in found)
    if first is not None:
        assert found[0][0] == first


def test_an_xpub_that_says_no_form_is_every_form_of_one_key() -> None:
    firsts = [row[0] for row in addresses(with_version(WITNESS, "0488b21e"))]
    assert len(firsts) == 8
    assert "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu" in firsts
    assert addresses(TAPROOT)[6][0] == "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"
    assert addresses(TAPROOT)[7][0] == "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7"
    assert addresses(LEGACY)[0][0] == "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"


def test_a_dogecoin_key_makes_no_witness_addresses() -> None:
    assert [row[0][0] for row in addresses(with_version(LEGACY, "02facafd"), "dogecoin")] == ["D", "D"]
    with pytest.raises(ConfigError, match="has no witness addresses"):
        addresses(f"wpkh({with_version(LEGACY, '02facafd')}/0/*)", "dogecoin")


def test_a_wallet_of_several_keys_is_watched_by_its_descriptor() -> None:
    many = f"wsh(sortedmulti(2,{LEGACY}/<0;1>/*,{TAPROOT}/<0;1>/*))"
    other = f"wsh(sortedmulti(2,{TAPROOT}/<0;1>/*,{LEGACY}/<0;1>/*))"
    assert addresses(many) == addresses(other)
    assert [len(row[0]) for row in addresses(many)] == [62, 62]
    with pytest.raises(ConfigError, match="one of several keys that sign together"):
        addresses(with_version(WITNESS, "02aa7ed3"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"wpkh({LEGACY}/<0;1>/*)#qqqqqqqq", "its checksum is wrong"),
        (f"wpkh({LEGACY}/<0;1>/*h)", "a step that a public key cannot make"),
        (f"wpkh({LEGACY}/0h/*)", "a step that a public key cannot make"),
        (f"wpkh({LEGACY[:-1]}x/0/*)", "typing mistake"),
        (f"{LEGACY[:-1]}x", "typing mistake"),
        (f"tr({LEGACY}/0/*,pk({TAPROOT}/0/*))", "this form of descriptor is not read"),
        (f"rawtr({LEGACY}/0/*)", "this form of descriptor is not read"),
        (f"multi(1,{LEGACY}/0/*)", "this form of descriptor is not read"),
        ("wpkh()", "typing mistake"),
        ("wpkh(", "typing mistake"),
        (NESTED, "a key of another chain than bitcoin"),
        (f"pkh({with_version(LEGACY, '02facafd')}/0/*)", "a key of another chain than bitcoin"),
        (str(bip32.HDKey.from_base58(LEGACY).derive([0]).to_base58()), "of depth 4, below its account"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Watchlist([wallet("cold", text)], BITCOIN, 5)


PRIVATE = bip32.HDKey.from_seed(bytes(range(32)))
WIF = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"


@pytest.mark.parametrize(
    "text",
    [
        PRIVATE.to_base58(),
        f"wpkh({PRIVATE.to_base58()}/<0;1>/*)",
        f"wpkh([00000000/84h/0h/0h]{PRIVATE.to_base58()}/0/*)#qqqqqqqq",
        f"wpkh({WIF})",
        f"wsh(multi(1,{WIF},{LEGACY}/0/*))",
        f"addr({WIF})",
        with_version(PRIVATE.to_base58(), "02fac398"),
        with_version(PRIVATE.to_base58(), "019d9cfe"),
        with_version(PRIVATE.to_base58(), "04b2430c"),
    ],
)
def test_a_private_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(ConfigError, match="a private key stands in `watch`") as refused:
        Watchlist([wallet("cold", text)], BITCOIN, 5)
    assert PRIVATE.to_base58()[20:40] not in str(refused.value)
    assert WIF[8:20] not in str(refused.value)


def test_a_descriptor_of_one_address_or_script_is_that() -> None:
    found = watched_scripts([wallet("cold", "addr(bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu)", "raw(51)")], BITCOIN)
    assert set(found) == {b"\x51", bytes.fromhex("0014c0cebcd6c3d3ca8c75dc5ec62ebe55330ef910e2")}


def test_a_key_of_two_wallets_is_refused() -> None:
    with pytest.raises(ConfigError, match="is watched for 'a' and 'b': choose one"):
        Watchlist([wallet("a", WITNESS), wallet("b", f"wpkh({WITNESS}/0/*)")], BITCOIN, 5)


# -- on a chain

REGTEST_KEY = with_version(NESTED, "045f1cf6")
"""A vpub: witness addresses of a test chain."""
STRANGER = b"\x00\x14" + bytes([99]) * 20


def wallet(name: str, *texts: str) -> WalletSection:
    return WalletSection(wallet=name, watch=texts, meaning="pool_payout")


def scripts(branch: int, count: int = 200) -> list[bytes]:
    return list(rows_of(REGTEST_KEY, "rig", CHAINS["bitcoin-regtest"]))[branch].scripts(count)


class Watcher:
    """A watcher of one key, its log and its cursor."""

    def __init__(self, chain: ChainModel, **changes: Any) -> None:
        self.chain = chain
        self.section = BitcoinSection(
            name="node",
            chain="bitcoin-regtest",
            url="http://127.0.0.1:1",
            start_height=1,
            wallets=(wallet("rig", REGTEST_KEY),),
            confirmations=1,
            gap_limit=5,
        )
        self.change(**changes)
        self.log = MemoryLog()
        self.cursor: str | None = None

    def change(self, **changes: Any) -> None:
        self.section = msgspec.structs.replace(self.section, **changes)

    def poll(self) -> dict[str, Event]:
        clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
        source = BitcoinNode(self.section, self.log, clock, connect=lambda: ModelNode(self.chain), page_blocks=3)
        more = True
        while more:
            page = source.fetch_since(self.cursor)
            self.log.append(page.events)
            self.cursor, more = page.cursor, page.more
        return self.log.effective()

    @property
    def used(self) -> list[int]:
        scan = read_cursor(self.cursor or "")
        assert scan is not None
        return sorted(scan.used.values())


def paid_to(target: bytes, value: int = 500, tag: int = 0) -> Tx:
    return make_tx([(bytes([7, tag]) * 16, tag)], [Paid(target, value)], tag=tag)


def test_each_address_in_use_brings_the_next_ones_in_the_same_block_too() -> None:
    chain, receive = ChainModel(), scripts(0)
    chain.mine([paid_to(receive[4], tag=1)], STRANGER)
    chain.mine([paid_to(receive[14], tag=3), paid_to(receive[9], tag=2)], STRANGER)
    chain.mine([paid_to(receive[20], tag=4)], STRANGER)
    watcher = Watcher(chain)

    told = watcher.poll()

    assert [event.quantity for event in told.values() if isinstance(event, Receipt)] == [500] * 3
    assert watcher.used == [14], "the twenty-first lies beyond the gap"
    watcher.change(gap_limit=6)
    assert len(watcher.poll()) == 4, "a wider gap reads the chain again"
    assert watcher.used == [20]


def test_change_is_no_income_and_no_spending() -> None:
    chain, receive, change = ChainModel(), scripts(0), scripts(1)
    first = paid_to(receive[0], 1_000)
    chain.mine([first], STRANGER)
    chain.mine([make_tx([(first.txid, 0)], [Paid(STRANGER, 300), Paid(change[0], 690)])], STRANGER)
    watcher = Watcher(chain)

    told = list(watcher.poll().values())

    assert [type(event) for event in told] == [Receipt, Movement]
    assert isinstance(told[1], Movement)
    assert (told[1].quantity, told[1].fee_quantity) == (300, 10)
    assert watcher.used == [0, 0]


def test_the_highest_address_in_use_is_remembered_though_its_block_is_gone() -> None:
    chain, receive = ChainModel(), scripts(0)
    chain.mine([paid_to(receive[3], tag=1)], STRANGER)
    watcher = Watcher(chain)
    watcher.poll()
    chain.blocks.clear()
    chain.mine([paid_to(receive[8], tag=2)], STRANGER)
    chain.mine([], STRANGER)

    assert len(watcher.poll()) == 1
    assert watcher.used == [8]


def test_a_key_taken_out_is_still_watched_while_its_wallet_is() -> None:
    chain, receive = ChainModel(), scripts(0)
    chain.mine([paid_to(receive[0], tag=1)], STRANGER)
    watcher = Watcher(chain)
    watcher.poll()
    watcher.change(wallets=(wallet("rig", STRANGER.hex()),))
    chain.mine([paid_to(receive[5], tag=2)], b"\x51")

    told = watcher.poll()

    assert sum(event.quantity == 500 for event in told.values() if isinstance(event, Receipt)) == 2
