"""What lets anybody spend, and so has no place in the settings: extended private keys, and the words of a seed."""

from __future__ import annotations

import re

WORDS_OF_A_SEED = 12
"""The fewest words of a mnemonic (BIP39)."""
_PRIVATE = re.compile(r"[A-Za-z]{1,2}(prv|tpv|gpv)[1-9A-HJ-NP-Za-km-z]{20,}")


def lets_spend(text: str) -> bool:
    """Say if *text* holds an extended private key (BIP32), bare or in a descriptor, or a seed in words."""
    return _PRIVATE.search(text) is not None or len(text.split()) >= WORDS_OF_A_SEED
