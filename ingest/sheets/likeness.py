"""Which name of a column another one stands for: `Price (USD)`, `price usd` and `PriceUSD` are all `price_usd`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache

LIKE_ENOUGH = 0.8
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+|\$")
_SAME = {"qty": "quantity", "amt": "amount", "$": "usd", "dollar": "usd", "dollars": "usd"}
"""Words that exports write for the words of keys."""


@lru_cache(maxsize=1024)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a column's name, in small letters, those that exports write otherwise as keys have them."""
    told = (word.casefold() for word in _WORD.findall(_JOINT.sub(" ", name)))
    return tuple(_SAME.get(word, word) for word in told)


def is_spelled_otherwise(name: str, other: str) -> bool:
    """Say if two names are one, but for capitals, signs between the words, and the order of these."""
    one, two = words_of(name), words_of(other)
    return bool(one) and ("".join(one) == "".join(two) or sorted(one) == sorted(two))


def likest(name: str, others: Iterable[str]) -> str | None:
    """Return which of *others* is most like *name*: one that it spells otherwise, has words of, or misspells."""
    names = list(others)
    same = next((other for other in names if is_spelled_otherwise(name, other)), None)
    if same is not None:
        return same
    told = set(words_of(name))
    part = next(
        (other for other in names if told and (told < set(words_of(other)) or told > set(words_of(other)) > set())),
        None,
    )
    if part is not None:
        return part
    joined = {"".join(words_of(other)): other for other in names}
    near = difflib.get_close_matches("".join(words_of(name)), joined, 1, LIKE_ENOUGH)
    return joined[near[0]] if near else None
