"""Keys: the scripts that pay one, and the ways of writing one that are no address.

A coinbase may pay to a public key itself, as the first ones did and some miners' programs still do. It belongs to
whoever owns the address of that key: HASH160 of the key pushed is what the address says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from embit import base58
from embit.hashes import hash160

from lotwork.ingest.private_keys import lets_spend
from lotwork.ledger.errors import ConfigError

BARE, COMPRESSED, WHOLE = 32, 33, 65
CHECKSIG = b"\xac"
PAID_KEYS = (
    re.compile(rb"\x23\x21([\x02\x03][\x00-\xff]{32})\xac"),
    re.compile(rb"\x43\x41(\x04[\x00-\xff]{64})\xac"),
)
"""An output that pays a key, as it stands in a block: the length of its script, the key pushed, OP_CHECKSIG."""

EXTENDED = re.compile(r"[A-Za-z]{1,2}(?:pub|tub|gub)[1-9A-HJ-NP-Za-km-z]{100,}")
"""An extended public key (BIP32), by the letters it begins with on one chain or another."""
_WORD = re.compile(r"[1-9A-HJ-NP-Za-km-z]{50,53}")
_WIF_LENGTHS, _WIF_PREFIXES = (33, 34), (b"\x80", b"\xb0", b"\xef", b"\x9e", b"\xf1")
PRIVATE = (
    "a private key stands in `watch`: nothing here needs one; take it out, and move its coins where anybody else could "
    "have read it"
)


def owner_of(script: bytes, wallets: Mapping[bytes, str]) -> str | None:
    """Return the wallet that *script* pays: it is watched itself, or pays the very key of an address that is."""
    owner = wallets.get(script)
    if owner is not None:
        return owner
    key = script[1:-1]
    if len(key) not in (COMPRESSED, WHOLE) or script[:1] != bytes([len(key)]) or script[-1:] != CHECKSIG:
        return None
    return next((wallets[each] for each in _addressed(key) if each in wallets), None)


def pays_a_key_of(raw: bytes, scripts: Collection[bytes]) -> bool:
    """Say if a raw block can pay the key of an address whose script is among *scripts*; False is certain."""
    if not any(_names_a_key(script) for script in scripts):
        return False
    keys = (found[1] for pattern in PAID_KEYS for found in pattern.finditer(raw))
    return any(each in scripts for key in keys for each in _addressed(key))


def _names_a_key(script: bytes) -> bool:
    return script[:3] == b"\x76\xa9\x14" or (script[:2] == b"\x00\x14" and len(script) == 22)  # noqa: PLR2004 - P2WPKH


def _addressed(key: bytes) -> Iterator[bytes]:
    """Yield the scripts of the addresses of *key*; a witness takes compressed ones only (BIP143)."""
    digest = hash160(key)
    yield b"\x76\xa9\x14" + digest + b"\x88\xac"
    if len(key) == COMPRESSED:
        yield b"\x00\x14" + digest


def refuse_private(watched: str) -> None:
    """Refuse what lets anybody spend, bare or within a descriptor; it is never repeated."""
    if lets_spend(watched) or any(_is_wif(word) for word in (watched, *_WORD.findall(watched))):
        raise ConfigError(PRIVATE)


def refuse_key_as_script(script: bytes) -> None:
    """Refuse a bare key where a script is due: nothing pays to it, so it would be watched in vain."""
    if len(script) == BARE:
        raise ConfigError(
            f"32 bytes are a key or a digest and no script: watch the address. Where it is private: {PRIVATE}"
        )
    bare = (len(script) == COMPRESSED and script[0] in (2, 3)) or (len(script) == WHOLE and script[0] == 4)  # noqa: PLR2004 - SEC 1
    if bare:
        raise ConfigError(
            f"script {script.hex()[:80]!r} is a public key and no script: watch its address, which sees payments to "
            "the key itself too"
        )


def _is_wif(text: str) -> bool:
    try:
        decoded = base58.decode_check(text.strip())
    except (ValueError, IndexError):
        return False
    return len(decoded) in _WIF_LENGTHS and decoded[:1] in _WIF_PREFIXES
