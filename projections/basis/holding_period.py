"""How long a coin was held, and the box of Form 8949 that follows.

Law: long-term is *more than* one year (26 U.S.C. 1222); the day of acquisition is left out and the day of sale counts
(Rev. Rul. 66-97). What was acquired on the last day of a month turns on the first day of the thirteenth month after it
(Rev. Rul. 66-7): a coin of 28 February 2023 is long-term from 1 March 2024, not from 29 February.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

Term: TypeAlias = Literal["short", "long"]

ALWAYS_SHORT_DAYS = 365
ALWAYS_LONG_DAYS = 368

LAST_YEAR_OF_OLD_BOXES = 2024


on_day = lru_cache(maxsize=16_384)(date.fromordinal)
"""Return the day of a proleptic ordinal: one object for a day, however many lots and rows have it."""


@lru_cache(maxsize=4096)
def long_term_from(acquired: date) -> date:
    """Return the first day on which a sale of what was acquired on *acquired* is long-term."""
    if (acquired + timedelta(days=1)).month != acquired.month:
        first = acquired + timedelta(days=1)
        return first.replace(year=first.year + 1)
    return acquired.replace(year=acquired.year + 1) + timedelta(days=1)


def is_long(acquired: int, sold: int) -> bool:
    """Say if a coin acquired and sold on these days (proleptic ordinals) was held more than one year."""
    held = sold - acquired
    if held <= ALWAYS_SHORT_DAYS:
        return False
    return held >= ALWAYS_LONG_DAYS or sold >= long_term_from(on_day(acquired)).toordinal()


def box(term: Term, year: int, *, reported: bool, basis_reported: bool, digital_asset: bool = True) -> str:
    """Return the box of Form 8949 for a sale in *year*.

    From 2025 digital assets have boxes of their own, G-I and J-L; until 2024, and for securities, A-C and D-F. The
    first of each three is for sales a broker reported with basis, the second without, the third not reported at all.
    """
    column = 2 if not reported else 0 if basis_reported else 1
    if year <= LAST_YEAR_OF_OLD_BOXES or not digital_asset:
        return ("ABC" if term == "short" else "DEF")[column]
    return ("GHI" if term == "short" else "JKL")[column]
