"""The options that plans share, and how the amounts told to them are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import click

from lotwork.commands.answer import check_year
from lotwork.ledger.errors import UsageError
from lotwork.ledger.units import MICRO_DECIMALS, AmountError, scaled, usd_decimal

SHARE_DECIMALS = 6
Price = click.option("--price", metavar="P", help="Dollars for a coin.  [default: the last price known]")
FeeOf = click.option("--fee", "fee", default="0", metavar="FEE", help='Cost of each sale: "0.5%" or dollars.')


def the_year(given: int | None) -> Callable[[date], tuple[int, ...]]:
    """Return what names the year that was given, or the year of a day."""
    if given is not None:
        check_year(given)
    return lambda today: (today.year if given is None else given,)


def amount(text: str | None, option: str, decimals: int) -> str | None:
    """Return a positive decimal text as it was given, or None; refuse anything else."""
    if text is None:
        return None
    try:
        if scaled(text, decimals) > 0:
            return text
    except AmountError as odd:
        raise UsageError(f"{option} {text}: {odd}") from odd
    raise UsageError(f"{option} {text}: give more than 0")


def money(text: str | None, option: str) -> Decimal | None:
    """Return an amount of dollars above 0, or None where none was given."""
    given = amount(text, option, MICRO_DECIMALS)
    return None if given is None else usd_decimal(scaled(given, MICRO_DECIMALS))


def share(text: str | None, option: str) -> Decimal | None:
    """Return a part of a whole, told as "40%" or "0.4", or None where none was given; refuse what is beyond 0 to 1."""
    if text is None:
        return None
    percent = text.endswith("%")
    try:
        part = Decimal(scaled(text.removesuffix("%"), SHARE_DECIMALS)).scaleb(-SHARE_DECIMALS - (2 if percent else 0))
    except AmountError as odd:
        raise UsageError(f"{option} {text}: {odd}") from odd
    if not 0 <= part <= 1:
        raise UsageError(f"{option} {text}: give a part from 0 to 1, like 0.4 or 40%")
    return part
