"""Hashrates as the trade writes them: "110 TH/s". A number without its unit is refused: it may be any of seven."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import lru_cache

from lotwork.ledger.units import AmountError

UNITS = ("", "k", "M", "G", "T", "P", "E", "Z")
"""Each a thousand times the one before."""
THOUSAND = 1000
_RATE = re.compile(r"([0-9]{1,24}(?:\.[0-9]{1,40})?) ?([kKMGTPEZ]?)[Hh](?:/s|ash/s|ps)", re.ASCII)
_EXACT = Context(prec=60)


@lru_cache(maxsize=4096)
def hashes_per_second(text: str) -> Decimal:
    """Return the hashes a second that *text* tells, exactly; AmountError where it tells none."""
    matched = _RATE.fullmatch(text)
    if matched is None:
        raise AmountError(f"{text[:40]!r} is no hashrate", 'write it with its unit, like "110 TH/s" or "0 H/s"')
    number, prefix = matched.groups()
    power = UNITS.index("k" if prefix == "K" else prefix)
    return _EXACT.multiply(Decimal(number), Decimal(THOUSAND) ** power)


def hashrate_text(rate: Decimal | int) -> str:
    """Return so many hashes a second in the largest unit that leaves one or more: "611.53 TH/s"."""
    told, power = Decimal(rate), 0
    while told >= THOUSAND and power + 1 < len(UNITS):
        told, power = told.scaleb(-3, _EXACT), power + 1
    text = f"{told:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {UNITS[power]}H/s"


def parse_hashrate(text: str) -> str:
    """Return a hashrate in its one spelling: 110TH/s and 110000 GH/s are one."""
    told = hashrate_text(hashes_per_second(text))
    if _RATE.fullmatch(told) is None:
        raise AmountError(f"{text[:40]!r} is finer than any hashrate", "write fewer digits")
    return told
