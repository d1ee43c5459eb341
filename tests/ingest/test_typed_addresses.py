"""Addresses as people type them: what is surely wrong is said before anybody is asked."""

from __future__ import annotations

import pytest
from web3 import Web3

from lotwork.ingest.typed_addresses import keccak_256, slip_in

RIGHT = [
    ("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    ("BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
    ("BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("BTC", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    ("LTC", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"),
    ("DOGE", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"),
    ("ETH", "0x52908400098527886E0F7030069857D2E4169EE7"),
    ("ETC", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("KAS", "kaspa:qqkqkzjvr7zwxxmjxjkmxxdwju9kjs6e9u82uh59z07vgaks6gg62v8707g73"),
    ("BCH", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
    ("BCH", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
]


@pytest.mark.parametrize(("coin", "address"), RIGHT)
def test_an_address_that_is_right_is_let_pass_and_each_wrong_letter_is_seen(coin: str, address: str) -> None:
    """The addresses are those of the coins' own documents: BIP173, BIP350, EIP-55, the genesis block, cashaddr's."""
    assert slip_in(address, coin) is None
    begins = 2 if address[:2] == "0x" else address.find("1") + 1 if address[:3].lower() in ("bc1", "ltc") else 1
    for place in range(max(begins, address.find(":") + 1), len(address)):
        for other in "x9" if address[:2] != "0x" else "":
            typed = f"{address[:place]}{other}{address[place + 1 :]}"
            assert typed == address or slip_in(typed, coin) is not None, typed
    if address[:2] == "0x":
        return
    swapped = f"{address[:-2]}{address[-1]}{address[-2]}"
    assert swapped == address or slip_in(swapped, coin) is not None


@pytest.mark.parametrize("address", ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "0x5aAeb6053", "0x" + "z" * 40])
def test_capitals_and_digits_of_ethereums_addresses_are_checked(address: str) -> None:
    assert slip_in(address, "ETH") is not None
    assert slip_in(Web3.to_checksum_address("0x" + "ab" * 20), "ETC") is None
    assert slip_in("0x" + "ab" * 20, "ETC") is None, "without capitals there is no checksum"


@pytest.mark.parametrize(
    ("address", "coin", "words"),
    [
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "LTC", "an address of BTC, and not of LTC"),
        ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "KAS", "begins with kaspa"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4.rig1", "BTC", "a rig's name"),
    ],
)
def test_what_is_another_coins_or_has_more_with_it_is_told_so(address: str, coin: str, words: str) -> None:
    assert words in str(slip_in(address, coin))


@pytest.mark.parametrize(
    ("address", "coin"),
    [("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "BTC"), ("9hEQHX5S6pA", "XMR"), ("miner", "BTC"), ("k:ab", "KDA")],
)
def test_of_what_is_not_known_nothing_is_said(address: str, coin: str) -> None:
    assert slip_in(address, coin) is None


@pytest.mark.parametrize("data", [b"", b"abc", b"x" * 40, b"y" * 100])
def test_the_hash_is_ethereums(data: bytes) -> None:
    assert keccak_256(data) == Web3.keccak(data)
