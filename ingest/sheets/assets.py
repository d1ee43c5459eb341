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
DECIMALS: Mapping[str, int] = {
    "NMC": 8, "FB": 8, "SYS": 8, "ELA": 8, "RSK": 18, "BELLS": 8, "LKY": 8, "PEP": 8, "JKC": 8, "DINGO": 8,
    "DASH": 8, "DGB": 8, "RVN": 8, "BTG": 8, "BSV": 8, "XEC": 2, "ZEN": 8, "FLUX": 8, "FIRO": 8, "CKB": 8, "NEXA": 2,
    "XMR": 12, "ERG": 9, "BEAM": 8, "XNA": 8, "ETHW": 18, "CFX": 18, "KDA": 12, "ALPH": 18, "HNS": 6, "SC": 24,
    "XTM": 6, "QUAI": 18, "DCR": 8, "QTUM": 8,
    "XRP": 6, "XLM": 7, "SOL": 9, "ADA": 6, "DOT": 10, "ATOM": 6, "ALGO": 6, "XTZ": 6, "TRX": 6, "AVAX": 18, "BNB": 18,
    "MATIC": 18, "POL": 18, "FIL": 18, "NEAR": 24, "ICP": 8, "HBAR": 8, "APT": 8, "SUI": 9, "EOS": 4, "ARB": 18,
    "OP": 18, "SHIB": 18, "PEPE": 18, "LINK": 18, "UNI": 18, "AAVE": 18, "GRT": 18, "BAT": 18, "COMP": 18, "MKR": 18,
    "CRV": 18, "DAI": 18, "PAXG": 18, "GUSD": 2, "PYUSD": 6, "EURC": 6, "WBTC": 8,
}  # fmt: skip
"""Decimals of coins that are mined, paid in or traded, and not built in; of any other a person says them."""
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
    """Return the two assets of a pair written as one word; None where no known one stands behind in it.

    Where two do, as in XDGUSD, the one counts before which a coin stands that is known, else the longer one.
    """
    quotes = (each for each in sorted(QUOTES, key=len, reverse=True) if symbol.endswith(each))
    pairs = [(symbol[: -len(quote)], quote) for quote in quotes if len(symbol) > len(quote)]
    return next((pair for pair in pairs if asset_named(pair[0]) in OF_A_CHAIN), next(iter(pairs), None))


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
