"""What a coin is called by those who tell prices: pairs of a market, and CoinGecko's ids.

A name that is wrong is the price of another coin in silence, so nothing is guessed: a market is asked for the pair of
the coin's own symbol, and an id of CoinGecko stands here, or in the settings, or the coin is unknown there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from lotwork.ledger.errors import ConfigError

STABLE = frozenset({"USDT", "USDC"})
"""Tokens that are meant to be worth a dollar, and are none: what is priced in them has their price beside it."""

_PAIR = re.compile(r"([A-Za-z0-9]{1,20})/([A-Za-z0-9]{1,20})", re.ASCII)

COINGECKO = {
    "ADA": "cardano", "ALPH": "alephium", "BCH": "bitcoin-cash", "BEAM": "beam", "BNB": "binancecoin",
    "BSV": "bitcoin-cash-sv", "BTC": "bitcoin", "BTG": "bitcoin-gold", "CFX": "conflux-token", "CKB": "nervos-network",
    "DASH": "dash", "DGB": "digibyte", "DOGE": "dogecoin", "ELA": "elastos", "ERG": "ergo", "ETC": "ethereum-classic",
    "ETH": "ethereum", "ETHW": "ethereum-pow-iou", "FB": "fractal-bitcoin", "FIRO": "zcoin", "FLUX": "zelcash",
    "HNS": "handshake", "KAS": "kaspa", "KDA": "kadena", "LTC": "litecoin", "NMC": "namecoin", "RVN": "ravencoin",
    "SC": "siacoin", "SHIB": "shiba-inu", "SOL": "solana", "SYS": "syscoin", "TRX": "tron", "USDC": "usd-coin",
    "USDT": "tether", "XEC": "ecash", "XMR": "monero", "XRP": "ripple", "XTM": "minotari", "ZEC": "zcash",
    "ZEN": "zencash",
}  # fmt: skip
"""The API id of each coin, as on its page at coingecko.com and in /coins/list."""


class Pair(NamedTuple):
    """A market: what is priced, and in what."""

    base: str
    quote: str

    def __str__(self) -> str:
        return f"{self.base}/{self.quote}"


def parse_pairs(told: Mapping[str, str], key: str) -> dict[str, Pair]:
    """Return the pairs of the settings' *key* by coin; raise ValueError where one is written otherwise."""
    found: dict[str, Pair] = {}
    for asset, text in told.items():
        matched = _PAIR.fullmatch(text)
        if matched is None or matched[1] == matched[2]:
            raise ValueError(f'{key}: {asset} = {text[:40]!r} is no pair: write it like {asset} = "{asset}/USDT"')
        found[asset] = Pair(matched[1], matched[2])
    return found


def check_ids(told: Mapping[str, str], key: str) -> None:
    """Raise ValueError where an id of the settings' *key* is none."""
    for asset, text in told.items():
        if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,99}", text, re.ASCII) is None:
            raise ValueError(f'{key}: {asset} = {text[:40]!r} is no id: write it as on its page: {asset} = "kaspa"')


def refuse_pairs(told: Mapping[str, str], key: str) -> dict[str, Pair]:
    """Return the pairs of *told*; raise ConfigError where one is written otherwise."""
    try:
        return parse_pairs(told, key)
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None
