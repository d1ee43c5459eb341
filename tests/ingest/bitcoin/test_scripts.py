from __future__ import annotations

import pytest
from embit import base58, bech32
from embit.hashes import hash160
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.bitcoin.blocks import may_touch
from lotwork.ingest.bitcoin.keys import owner_of
from lotwork.ingest.bitcoin.scripts import (
    CHAINS,
    Chain,
    address_of_script,
    chain_named,
    script_of_address,
    script_of_hex,
)
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.bitcoin.watchlist import watched_scripts, with_retired
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.errors import ConfigError

# Sources: BIP173 and BIP350 (test vectors), BIP86 (first receiving address), BIP16's prefix, litecoind validateaddress.
EXAMPLES = [
    ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"),
    ("bitcoin", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87"),
    ("bitcoin", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "bitcoin-testnet",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bitcoin",
        "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
        "5120a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c",
    ),
    ("bitcoin", "BC1SW50QGDZ25J", "6002751e"),
    ("litecoin", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
]


@pytest.mark.parametrize(("chain", "address", "script"), EXAMPLES)
def test_an_address_is_the_script_its_standard_says(chain: str, address: str, script: str) -> None:
    assert script_of_address(address, CHAINS[chain]).hex() == script


@pytest.mark.parametrize(
    "address",
    [
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # BIP350: an invalid character
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # BIP350: bech32 where bech32m is due
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",  # BIP350: zero padding of more than 4 bits
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",  # a typing mistake in the checksum
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7Div0Na",
        "BC1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "",
        "1",
        "bc1",
        "é",
    ],
)
def test_a_mistyped_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="check it for a typing mistake"):
        script_of_address(address, CHAINS["bitcoin"])


def test_an_address_of_another_chain_is_refused_with_the_chain_it_belongs_to() -> None:
    with pytest.raises(ConfigError, match="is not one of bitcoin: it belongs to litecoin; name that chain"):
        script_of_address("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", CHAINS["bitcoin"])
    with pytest.raises(ConfigError, match="bitcoin-testnet or bitcoin-testnet4 or bitcoin-signet"):
        script_of_address("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", CHAINS["litecoin"])


def test_a_taproot_address_has_32_bytes() -> None:
    short = bech32.encode("bc", 1, bytes(20))

    with pytest.raises(ConfigError):
        script_of_address(short, CHAINS["bitcoin"])


@given(st.sampled_from(sorted(CHAINS)), st.binary(min_size=20, max_size=20), st.binary(min_size=32, max_size=32))
def test_every_kind_of_address_of_every_chain_is_its_script(name: str, short: bytes, long: bytes) -> None:
    chain = CHAINS[name]

    assert script_of_address(base58.encode_check(chain.p2pkh + short), chain) == b"\x76\xa9\x14" + short + b"\x88\xac"
    for prefix in chain.p2sh:
        assert script_of_address(base58.encode_check(prefix + short), chain) == b"\xa9\x14" + short + b"\x87"
    if not chain.hrp:
        return
    assert script_of_address(bech32.encode(chain.hrp, 0, short), chain) == b"\x00\x14" + short
    assert script_of_address(bech32.encode(chain.hrp, 0, long), chain) == b"\x00\x20" + long
    assert script_of_address(bech32.encode(chain.hrp, 1, long), chain) == b"\x51\x20" + long


def test_an_unknown_chain_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ConfigError, match="chain 'peercoin' is not known: say one of bitcoin, bitcoin-testnet"):
        chain_named("peercoin")


def test_the_genesis_blocks_are_those_python_bitcoinlib_knows() -> None:
    from bitcoin import MainParams, RegTestParams, SigNetParams, TestNetParams  # noqa: PLC0415 - only here

    known = {"": MainParams, "-testnet": TestNetParams, "-signet": SigNetParams, "-regtest": RegTestParams}
    for name, params in known.items():
        assert CHAINS[f"bitcoin{name}"].genesis == params.GENESIS_BLOCK.GetHash()[::-1].hex()


@pytest.mark.parametrize("text", ["", "0", "zz", "00" * 10_001])
def test_what_is_no_script_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no script"):
        script_of_hex(text)


# -- what is watched

BITCOIN: Chain = CHAINS["bitcoin"]
SATOSHI, SEGWIT = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def section(*wallets: WalletSection) -> BitcoinSection:
    return BitcoinSection(name="node", url="http://127.0.0.1:8332", start_height=1, wallets=wallets)


def watched(name: str, *watch: str) -> WalletSection:
    return WalletSection(wallet=name, watch=watch)


def test_addresses_and_scripts_of_a_wallet_are_watched_together() -> None:
    found = watched_scripts([watched("cold", SATOSHI, "51"), watched("rig", SEGWIT)], BITCOIN)

    assert sorted(found.values()) == ["cold", "cold", "rig"]
    assert found[b"\x51"] == "cold"


def test_an_address_of_two_wallets_is_refused() -> None:
    with pytest.raises(ConfigError, match="is watched for 'cold' and 'rig': choose one"):
        watched_scripts([watched("cold", SATOSHI), watched("rig", SATOSHI)], BITCOIN)


def test_a_wallet_named_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="name each wallet once"):
        watched_scripts([watched("cold", SATOSHI), watched("cold", SEGWIT)], BITCOIN)


def test_coins_do_not_come_from_a_wallet_that_is_watched_itself() -> None:
    vault = WalletSection(wallet="vault", watch=(SATOSHI,), meaning="transfer", from_wallet="rig")

    with pytest.raises(ConfigError, match="payments between watched wallets are seen without from_wallet"):
        watched_scripts([vault, watched("rig", SEGWIT)], BITCOIN)


def test_a_transfer_names_the_wallet_it_comes_from() -> None:
    with pytest.raises(ConfigError, match=r"wallet 'vault': .*name the wallet its coins come from"):
        section(WalletSection(wallet="vault", watch=(SATOSHI,), meaning="transfer")).check()
    with pytest.raises(ConfigError, match="from_wallet goes with the meaning `transfer`"):
        section(WalletSection(wallet="vault", watch=(SATOSHI,), meaning="pool_payout", from_wallet="rig")).check()


def test_a_wallet_with_nothing_to_watch_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to watch"):
        section(watched("vault")).check()


def test_an_address_taken_out_stays_watched_while_its_wallet_is() -> None:
    before = {"51": "cold", "52": "rig", "53": "gone"}

    assert with_retired({b"\x54": "cold", b"\x52": "cold"}, before) == {"51": "cold", "52": "cold", "54": "cold"}


# -- keys

KEY = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
WHOLE_KEY = bytes.fromhex(
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)


@pytest.mark.parametrize(
    "text",
    [
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "wpkh(xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi)",
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn",
    ],
)
def test_a_private_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(ConfigError, match="a private key stands in `watch`") as refused:
        script_of_address(text, BITCOIN)
    assert text[8:20] not in str(refused.value)


@pytest.mark.parametrize("key", [KEY, WHOLE_KEY])
def test_a_bare_public_key_is_no_script(key: bytes) -> None:
    with pytest.raises(ConfigError, match="is a public key and no script: watch its address"):
        script_of_hex(key.hex())


def test_a_bare_private_key_is_no_script_and_never_repeated() -> None:
    with pytest.raises(ConfigError, match="32 bytes are a key or a digest and no script") as refused:
        script_of_hex("1e99423a4ed27608a15a2616a2b0e9e52ced330ac530edcc32c8ffc6a526aedd")
    assert "423a4ed2" not in str(refused.value)


def pays(key: bytes) -> bytes:
    return bytes([len(key)]) + key + b"\xac"


def test_who_pays_a_key_pays_its_address() -> None:
    legacy = b"\x76\xa9\x14" + hash160(KEY) + b"\x88\xac"
    whole = b"\x76\xa9\x14" + hash160(WHOLE_KEY) + b"\x88\xac"
    segwit = b"\x00\x14" + hash160(KEY)
    assert owner_of(pays(KEY), {legacy: "rig"}) == "rig"
    assert owner_of(pays(KEY), {segwit: "rig"}) == "rig"
    assert owner_of(pays(WHOLE_KEY), {whole: "rig"}) == "rig"
    assert owner_of(pays(WHOLE_KEY), {legacy: "rig", segwit: "rig"}) is None
    assert owner_of(pays(KEY)[:-1] + b"\xad", {legacy: "rig"}) is None
    assert owner_of(pays(KEY), {pays(KEY): "itself", legacy: "rig"}) == "itself"


def test_a_block_that_pays_a_watched_key_is_never_passed_over() -> None:
    legacy = b"\x76\xa9\x14" + hash160(KEY) + b"\x88\xac"
    other = b"\x76\xa9\x14" + bytes(20) + b"\x88\xac"
    for key in (KEY, WHOLE_KEY):
        raw = bytes(200) + bytes([len(key) + 2]) + pays(key) + bytes(50)
        assert may_touch(raw, [b"\x76\xa9\x14" + hash160(key) + b"\x88\xac"], [])
        assert not may_touch(raw, [other], [])
        assert not may_touch(raw, [b"\x51\x20" + bytes(range(32))], [])
    assert not may_touch(bytes(500), [legacy], [])


@given(st.sampled_from(sorted(CHAINS)), st.binary(min_size=20, max_size=20), st.binary(min_size=32, max_size=32))
def test_the_address_of_a_script_is_the_one_that_pays_it(name: str, short: bytes, long: bytes) -> None:
    chain = CHAINS[name]
    for script in (
        b"\x76\xa9\x14" + short + b"\x88\xac",
        b"\xa9\x14" + short + b"\x87",
        b"\x00\x14" + short,
        b"\x00\x20" + long,
        b"\x51\x20" + long,
    ):
        shown = address_of_script(script, chain)
        if chain.hrp or script[0] > 0x60:
            assert script_of_address(shown, chain) == script
        else:
            assert shown == script.hex()
    for script in (b"", b"\x6a\x04abcd", b"\x51", pays(KEY)):
        assert address_of_script(script, chain) == script.hex()
