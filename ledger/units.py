"""Assets, base units, micro-dollars, the few numbers everyone counts with, and the one division that rounds.

Coins are whole numbers of the asset's smallest unit (satoshi, wei); dollars are whole micro-dollars. Both are
``int``: no float is ever a quantity or an amount of money.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from math import prod
from typing import NamedTuple

import msgspec

from lotwork.ledger.errors import InputRefusedError

MICROS = 1_000_000
MICRO_DECIMALS = 6
CENT_MICROS = MICROS // 100
PRICE_DECIMALS = 18
ZERO = Decimal(0)
ZERO_CENTS = Decimal("0.00")
"""Nothing, as a form prints it."""
CENT = Decimal("0.01")
KWH_DECIMALS = 3
"""A kWh is told to the watt hour."""
MICRO = Decimal("0.000001")
HUNDRED = Decimal(100)
MONTHS = 12
"""Of a year."""
USD = "USD"
HOUR_SECONDS = 3_600
ONE_DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
"""What an instant is told to."""
MOST_MONEY = 10**13
"""No amount of money is this large, in any currency: beyond it, sums would no longer be exact."""
MOST_DIGITS = 40
MOST_DECIMALS = 36

_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


class AmountError(ValueError):
    """A text is not an amount; its words are (reason, remedy)."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{reason}: {remedy}")


class Asset(msgspec.Struct, frozen=True):
    """A kind of coin: its symbol and how many decimals one whole coin has."""

    symbol: str
    decimals: int
    asset_class: str = "coin"
    chain: str | None = None
    contract: str | None = None


BUILT_IN = {
    asset.symbol: asset
    for asset in (
        Asset("BTC", 8, chain="bitcoin"),
        Asset("LTC", 8, chain="litecoin"),
        Asset("DOGE", 8, chain="dogecoin"),
        Asset("BCH", 8, chain="bitcoin-cash"),
        Asset("KAS", 8, chain="kaspa"),
        Asset("ZEC", 8, chain="zcash"),
        Asset("ETH", 18, chain="ethereum"),
        Asset("ETC", 18, chain="ethereum-classic"),
        Asset("USDT", 6, asset_class="token"),
        Asset("USDC", 6, asset_class="token"),
    )
}


class UnitOf(NamedTuple):
    """A unit of a coin: so many of them by powers of ten are a whole one."""

    asset: str
    places: int


UNITS_OF = {
    **dict.fromkeys(("sat", "sats", "satoshi", "satoshis"), UnitOf("BTC", 8)),
    **dict.fromkeys(("msat", "msats", "millisatoshi", "millisatoshis"), UnitOf("BTC", 11)),
    **dict.fromkeys(("mbtc", "millibitcoin", "millibitcoins"), UnitOf("BTC", 3)),
    **dict.fromkeys(("ubtc", "\u03bcbtc", "bits", "microbitcoin", "microbitcoins"), UnitOf("BTC", 6)),
    **dict.fromkeys(("litoshi", "litoshis"), UnitOf("LTC", 8)),
    "mltc": UnitOf("LTC", 3),
    **dict.fromkeys(("gwei", "shannon"), UnitOf("ETH", 9)),
    "wei": UnitOf("ETH", 18),
}
"""Units that exports write where a coin is due: declared as a coin, each would have a price and lots of its own."""


class AssetTable(msgspec.Struct, frozen=True):
    """The assets a book knows: the built-in ones and those its `asset` events declare."""

    declared: Mapping[str, Asset] = msgspec.field(default_factory=dict)

    def get(self, symbol: str) -> Asset | None:
        """Return the asset named *symbol*, or None where nobody declared it."""
        return BUILT_IN.get(symbol) or self.declared.get(symbol)

    def decimals(self, symbol: str) -> int:
        """Return how many decimals one *symbol* has; an undeclared asset is refused."""
        asset = self.get(symbol)
        if asset is None:
            meant = self.meant(symbol)
            raise InputRefusedError(f"asset {symbol} is not declared: {meant}add an `asset` event with its decimals")
        return asset.decimals

    def meant(self, symbol: str) -> str:
        """Return the question whether *symbol* is a known asset in other letters, or the unit of one; or nothing.

        Symbols of other letters are never near: BTC and BCH are two coins.
        """
        word = symbol.strip().casefold()
        unit = UNITS_OF.get(word)
        if unit is not None:
            return f"it is a unit of {unit.asset}: tell whole {unit.asset}. If it is another coin, "
        known = [other for other in (*BUILT_IN, *self.declared) if other.casefold() == word]
        return f"did you mean {known[0]!r}? If it is another coin, " if known else ""

    def with_declared(self, assets: Iterable[Asset]) -> AssetTable:
        """Return this table and *assets*; another scale for a known symbol is refused."""
        declared = dict(self.declared)
        for asset in assets:
            known = BUILT_IN.get(asset.symbol) or declared.get(asset.symbol)
            if known is not None and known.decimals != asset.decimals:
                raise InputRefusedError(
                    f"asset {asset.symbol} has {known.decimals} decimals, not {asset.decimals}: "
                    "a scale is pinned when the asset is declared; declare another symbol"
                )
            if asset.symbol not in BUILT_IN:
                declared[asset.symbol] = asset
        return AssetTable(declared)


def scaled(text: str, decimals: int) -> int:
    """Return the decimal *text* as a whole number of 10**-*decimals*; nothing is ever rounded away."""
    if _DECIMAL.fullmatch(text) is None:
        share = ": a quarter is 0.25" if text.endswith("%") else ""
        raise AmountError(f"{text[:60]!r} is not a decimal number", f'write digits and one point, like "0.0125"{share}')
    whole, _, fraction = text.partition(".")
    if len(fraction) <= decimals and len(text) <= MOST_DIGITS:
        return int(whole + fraction.ljust(decimals, "0"))
    sign, digits = text[: text.startswith("-")], text.lstrip("-")
    whole, _, fraction = digits.partition(".")
    whole = whole.lstrip("0")
    if len(whole) + len(fraction.rstrip("0")) > MOST_DIGITS:
        raise AmountError("the number has too many digits", f"at most {MOST_DIGITS} are read")
    if len(fraction) > decimals:
        raise AmountError(
            f"{text[:60]} has {len(fraction)} decimals",
            f"at most {decimals} are exact here; round it where it was made",
        )
    return int(f"{sign}{whole}{fraction.ljust(decimals, '0')}" if whole or decimals else "0")


def unscaled(units: int, decimals: int) -> str:
    """Return *units* of 10**-*decimals* as a decimal text with exactly *decimals* digits."""
    if decimals == 0:
        return str(units)
    digits = str(units).zfill(decimals + 1 + (units < 0))
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def unscaled_all(many: Iterable[int], decimals: int) -> list[str]:
    """Return the text of each of *many*, as `unscaled` tells it: half of what a call of each costs."""
    if decimals == 0:
        return list(map(str, many))
    padded = [str(units).zfill(decimals + 1 + (units < 0)) for units in many]
    return [f"{digits[:-decimals]}.{digits[-decimals:]}" for digits in padded]


def usd_text(micros: int) -> str:
    """Return micro-dollars as a decimal text, exact ("2240.000000")."""
    return unscaled(micros, MICRO_DECIMALS)


def usd_decimal(micros: int) -> Decimal:
    """Return micro-dollars as dollars, exact."""
    return Decimal(micros).scaleb(-MICRO_DECIMALS)


def zero_unsigned(amount: Decimal) -> Decimal:
    """Return *amount*, whose sign goes where it is nothing: what rounds to nothing is no "-0.00"."""
    return amount or amount.copy_abs()


def usd_micros(dollars: Decimal) -> int:
    """Return *dollars* as whole micro-dollars, rounded half to even."""
    numerator, denominator = dollars.as_integer_ratio()
    return divide(numerator * MICROS, denominator)


def divide(numerator: int, denominator: int) -> int:
    """Return the quotient rounded half to even: the one division in the house that rounds."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient & 1):
        quotient += 1
    return quotient


def price_text(price: Decimal) -> str:
    """Return a price of a coin as plain decimal text, half to even where it is finer than prices are told."""
    with localcontext() as exact:
        exact.prec = MOST_DECIMALS * 3
        rounded = price.quantize(Decimal(1).scaleb(-PRICE_DECIMALS), ROUND_HALF_EVEN).normalize()
    return f"{rounded:f}"


def price_through(*legs: str) -> str:
    """Return the product of the prices *legs*: a coin in another, and that one in dollars."""
    with localcontext() as exact:
        exact.prec = MOST_DECIMALS * 3
        return price_text(prod(map(Decimal, legs), start=Decimal(1)))


def value_usd_micros(quantity: int, price_usd: str, decimals: int) -> int:
    """Return what *quantity* base units are worth at *price_usd* a whole coin, in micro-dollars."""
    whole, _, fraction = price_usd.partition(".")
    return divide(quantity * int(whole + fraction) * MICROS, 10 ** (decimals + len(fraction)))
