"""Why a price that is waited for was not had: the words that a person is told, and which of them are answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from lotwork.ledger.public_form.parse_words import print_instant

Why: TypeAlias = Literal[
    "too_recent", "no_price", "stale", "unknown_coin", "rate_limited", "unreachable", "refused", "round_over"
]
ANSWERS: frozenset[Why] = frozenset({"no_price", "stale", "unknown_coin"})
"""What a source says that answered; all else is silence, and passes."""
IN_WORDS: dict[Why, str] = {
    "too_recent": "too recent",
    "no_price": "no price exists",
    "stale": "stale",
    "unknown_coin": "coin not known there",
    "rate_limited": "rate limited",
    "unreachable": "not reached",
    "refused": "refused",
    "round_over": "not asked yet",
}


def how_to_price(asset: str, at: datetime) -> str:
    """Return what there is to do about *asset* without a price at *at*, of which nobody was asked yet."""
    when = print_instant(at)
    return (
        f"run `lotwork poll`; where it stays so, `lotwork price {asset} --at {when}` says who is asked and what is "
        f"recorded near it, and `lotwork add price asset={asset} at={when} price_usd=PRICE` records one"
    )
