"""A transaction's id, the same however it is spelled.

An id is a hash in hex. Bitcoin's family writes it bare, Ethereum's with 0x; exports give it in capitals, with blanks
around it, or in the other family's form. What is no hex (Solana's base58) means other things in capitals, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BARE = frozenset({"bitcoin", "litecoin", "dogecoin", "bitcoin-cash", "kaspa", "zcash"})
"""Chains that write the hash alone."""
PREFIXED = frozenset({"ethereum", "ethereum-classic"})
"""Chains that write it after 0x, as every chain does that is named by its EVM chain id ("evm:1")."""

_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]+)", re.ASCII)


def txid_key(txid: str) -> str:
    """Return what *txid* is compared by: the hash in lower case without 0x; what is no hash, as it stands."""
    told = txid.strip()
    matched = _HEX.fullmatch(told)
    return told if matched is None else matched[1].lower()


def spelled(txid: str, chain: str | None) -> str:
    """Return *txid* as *chain* writes it; on a chain nobody named, with the 0x it came with."""
    told = txid.strip()
    matched = _HEX.fullmatch(told)
    if matched is None:
        return told
    bare = matched[1].lower()
    if chain in BARE:
        return bare
    with_mark = chain in PREFIXED or (chain or "").startswith("evm:") or told[:2] in ("0x", "0X")
    return f"0x{bare}" if with_mark else bare


def loosely(txid: str) -> str:
    """Return *txid* as SQL can compare it: in lower case without 0x. Ids that differ may look the same, never more."""
    told = txid.strip().lower()
    return told.removeprefix("0x")


def spellings(txid: str) -> Iterator[str]:
    """Yield the ways a log may hold *txid*: this one, and those of other programs."""
    bare = loosely(txid)
    yield from {txid, bare, bare.upper(), f"0x{bare}", f"0x{bare.upper()}", f"0X{bare.upper()}"}
