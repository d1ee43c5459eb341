"""What exports call coins and monies, and which of the two a word is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

DOLLAR = "USD"
MONIES = frozenset({
    "USD", "EUR", "GBP", "JPY", "CAD", "AUD", "CHF", "CNY", "NZD", "SEK", "NOK", "DKK", "PLN",
    "CZK", "HUF", "RON", "BGN", "TRY", "INR", "BRL", "MXN", "ZAR", "KRW", "SGD", "HKD", "TWD",
    "THB", "IDR", "PHP", "MYR", "VND", "AED", "SAR", "ILS", "ARS", "CLP", "COP", "PEN", "UAH",
    "RUB", "ISK", "GEL", "NGN", "KES",
})  # fmt: skip
"""Currencies of states: what is told in another one than the dollar has no figure here."""
OF_A_CHAIN = frozenset({
    "BTC", "LTC", "DOGE", "BCH", "KAS", "ZEC", "DASH", "DGB", "RVN", "NMC", "BTG", "QTUM", "DCR", "XMR",
    "ETH", "ETC", "BNB", "MATIC", "POL", "AVAX", "SOL", "ADA", "DOT", "XRP", "XLM", "ATOM", "ALGO", "TRX", "XTZ",
})  # fmt: skip
"""Coins of a chain of their own, which a transaction of them is paid for in; what moves a token is paid in another."""
SPELLED = {
    "XBT": "BTC",
    "XXBT": "BTC",
    "₿": "BTC",
    "BITCOIN": "BTC",
    "XETH": "ETH",
    "ETH2": "ETH",
    "XETC": "ETC",
    "XLTC": "LTC",
    "XXDG": "DOGE",
    "XDG": "DOGE",
    "XZEC": "ZEC",
    "XXMR": "XMR",
    "XXRP": "XRP",
    "XXLM": "XLM",
    "$": "USD",
    "US DOLLAR": "USD",
    "ZUSD": "USD",
    "ZEUR": "EUR",
    "ZGBP": "GBP",
    "ZCAD": "CAD",
    "ZAUD": "AUD",
    "ZJPY": "JPY",
}
QUOTES = ("USD", "USDT", "USDC", "GUSD", "DAI", "EUR", "GBP", "SGD", "BTC", "ETH", "XBT")
"""What stands behind in the name of a pair: BTCUSD."""


def pair_of(symbol: str) -> tuple[str, str] | None:
    """Return the two assets of a pair written as one word; None where no known one stands behind in it."""
    for quote in sorted(QUOTES, key=len, reverse=True):
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return symbol[: -len(quote)], quote
    return None


def asset_named(word: str, aliases: Mapping[str, str] | None = None) -> str:
    """Return the coin or the money that *word* names, by its usual ticker: XXBT, btc, ₿ and BTC;17 are all BTC."""
    plain = _plain(word)
    return (aliases or {}).get(plain) or SPELLED.get(plain, plain)


@lru_cache(maxsize=1024)
def _plain(word: str) -> str:
    return " ".join(word.partition(";")[0].split()).upper()


def is_money(asset: str) -> bool:
    """Say if *asset* is the money of a state, and no coin."""
    return asset in MONIES
