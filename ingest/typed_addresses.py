"""Addresses as people type them: whether a letter is wrong, by the checksum that the coin's addresses carry.

A pool that is asked for an address with a typing mistake tells of nobody, or of somebody else. Only what is surely
wrong is said to be: of coins whose addresses carry no checksum, or one that is not known here, nothing is.
"""

from __future__ import annotations

import hashlib
import re

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
IN_BASE58 = frozenset({
    "BTC", "LTC", "DOGE", "BCH", "DASH", "ZEC", "RVN", "DGB", "BTG", "NMC", "FLUX", "FIRO", "XNA", "BELLS", "PEP",
    "LKY", "JKC", "DINGO", "SYS", "FB", "ZEN", "BSV", "XEC", "TRX",
})  # fmt: skip
"""Coins that write a key's hash in base58 with four bytes of its double SHA-256 behind it."""
PREFIXES = {"BTC": "bc", "FB": "bc", "LTC": "ltc", "DGB": "dgb", "NMC": "nc", "BTG": "btg", "SYS": "sys"}
"""What addresses in bech32 (BIP173, BIP350) of a coin begin with."""
CASHADDR = {"BCH": "bitcoincash", "XEC": "ecash", "KAS": "kaspa", "NEXA": "nexa"}
"""What addresses of 40 checking bits begin with; the word may be left out, but of Kaspa's and Nexa's."""
OF_ETHEREUM = frozenset({"ETH", "ETC", "ETHW", "QUAI", "POL", "MATIC", "BNB", "USDT", "USDC", "SHIB"})
_BEGINS = re.compile(r"([a-z]{2,6})1[a-z0-9]{20}")
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_BECH32_MOD, _BECH32M_MOD = 1, 0x2BC830A3
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CASH_GENERATORS = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
AGAIN = "copy it again from your wallet, and type none of it"


def slip_in(address: str, coin: str) -> str | None:
    """Return what is wrong with *address* as one of *coin*, and what to do; None where nothing surely is."""
    text = address.strip()
    prefix = PREFIXES.get(coin)
    if "." in text.rstrip("."):
        return "what stands behind the point is a rig's name: leave it out, with the point"
    if prefix is not None and text.casefold().startswith(f"{prefix}1"):
        mixed = text not in (text.lower(), text.upper())
        return None if not mixed and _is_bech32(text.lower(), prefix) else _wrong(coin)
    if coin in CASHADDR:
        word, colon, rest = text.casefold().rpartition(":")
        if colon or coin in ("KAS", "NEXA") or rest[:1] in ("q", "p", "z"):
            prefix = CASHADDR[coin]
            if word not in ("", prefix):
                return f"it is no address of {coin}, which begins with {prefix}: {AGAIN}"
            return None if _is_cashaddr(rest, prefix) else _wrong(coin)
    begins = _BEGINS.match(text.casefold())
    if begins is not None:
        others = [other for other, word in PREFIXES.items() if word == begins[1]]
        return f"it is an address of {others[0]}, and not of {coin}: {AGAIN}" if others else None
    if coin in IN_BASE58 and len(text) > len(BASE58) // 2 - 5:
        return None if _is_base58(text) else _wrong(coin)
    if coin in OF_ETHEREUM and text[:2] == "0x":
        if _ETHEREUM.fullmatch(text) is None:
            return f"it is no address of {coin}, which has 40 digits after 0x: {AGAIN}"
        digits = text[2:]
        if digits not in (digits.lower(), digits.upper()) and not _is_eip55(digits):
            return _wrong(coin)
    return None


def _wrong(coin: str) -> str:
    return f"as an address of {coin} its checksum is wrong, so that a letter of it is mistyped: {AGAIN}"


def _is_base58(text: str) -> bool:
    """Say if *text* is base58 whose last four bytes are the first of the double SHA-256 of all before them."""
    if any(letter not in BASE58 for letter in text):
        return False
    number = 0
    for letter in text:
        number = number * len(BASE58) + BASE58.index(letter)
    zeros = len(text) - len(text.lstrip(BASE58[0]))
    data = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def _is_bech32(text: str, prefix: str) -> bool:
    """Say if *text* ends in the checksum of BIP173, or, but for version 0, of BIP350."""
    data = [BECH32.find(letter) for letter in text[len(prefix) + 1 :]]
    if len(data) < 8 or -1 in data:  # noqa: PLR2004 - a version, a letter and six that check them
        return False
    high, low = ([ord(letter) >> 5 for letter in prefix], [ord(letter) & 31 for letter in prefix])
    left = _remainder([*high, 0, *low, *data], _GENERATORS, 25)
    return left == (_BECH32_MOD if data[0] == 0 else _BECH32M_MOD)


def _is_cashaddr(text: str, prefix: str) -> bool:
    """Say if *text*, after the word *prefix*, ends in its 40 checking bits."""
    data = [BECH32.find(letter) for letter in text]
    low = [ord(letter) & 31 for letter in prefix]
    return -1 not in data and _remainder([*low, 0, *data], _CASH_GENERATORS, 35) == 1


def _remainder(values: list[int], generators: tuple[int, ...], kept: int) -> int:
    """Return the remainder of a BCH code over 32 letters, of which *kept* bits are carried on."""
    left = 1
    for value in values:
        top = left >> kept
        left = (left & ((1 << kept) - 1)) << 5 ^ value
        for place, generator in enumerate(generators):
            left ^= generator if top >> place & 1 else 0
    return left


def _is_eip55(digits: str) -> bool:
    """Say if the capitals of *digits* are those of EIP-55: where the hash of their small letters has 8 or more."""
    hashed = keccak_256(digits.lower().encode()).hex()
    return all(
        letter.isdigit() or letter.isupper() == (int(nibble, 16) > 7)  # noqa: PLR2004 - the half of a digit's values
        for letter, nibble in zip(digits, hashed, strict=False)
    )


_ROUNDS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip
_MASK = (1 << 64) - 1
_RATE = 136
"""Bytes that are taken up between two turns, of 200."""


def _turned(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & _MASK


def keccak_256(data: bytes) -> bytes:
    """Return Keccak-256 of *data*, with the padding of Ethereum and not of SHA-3, which hashlib has.

    *data* is shorter than one block of it.
    """
    if len(data) >= _RATE - 1:
        raise ValueError("longer than an address")
    block = data + b"\x01" + bytes(_RATE - len(data) - 2) + b"\x80"
    state = [[int.from_bytes(block[8 * (x + 5 * y) :][:8], "little") if x + 5 * y < _RATE // 8 else 0 for y in range(5)]
             for x in range(5)]  # fmt: skip
    for constant in _ROUNDS:
        column = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(5)]
        mixed = [column[(x - 1) % 5] ^ _turned(column[(x + 1) % 5], 1) for x in range(5)]
        state = [[lane ^ mixed[x] for lane in state[x]] for x in range(5)]
        x, y, current = 1, 0, state[1][0]
        for turn in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, state[x][y] = state[x][y], _turned(current, (turn + 1) * (turn + 2) // 2)
        state = [
            [state[x][y] ^ (~state[(x + 1) % 5][y] & state[(x + 2) % 5][y] & _MASK) for y in range(5)] for x in range(5)
        ]
        state[0][0] ^= constant
    return b"".join(state[x][0].to_bytes(8, "little") for x in range(4))
