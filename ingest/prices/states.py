"""What a source of prices may say beside a price: three kinds of no, which a person is told apart.

*No price exists* is an answer and stays so; *stale* is a price of another time; whoever is *rate limited* was not heard
at all (`RateLimitedError`), no more than one who did not answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.public_form.parse_words import print_instant


class NoPriceError(SourceRefusedError):
    """It has none and will have none: no such market, nothing traded all day, further back than it reaches."""


class UnknownCoinError(NoPriceError):
    """It is not known what the coin is called there; the message says which setting tells it."""


class StalePriceError(NoPriceError):
    """The price it has is of another time than the one asked for, and is not used."""


class TooRecentError(SourceUnreachableError):
    """The candle that would tell is not over; *wait_seconds* is how long it lasts yet."""

    def __init__(self, source: str, asset: str, start: int, seconds: int, now: datetime) -> None:
        self.wait_seconds = start + seconds - now.timestamp()
        super().__init__(
            f"{source}: too recent: nothing shorter tells of {asset} then, and its candle of {seconds} s at "
            f"{instant(start)} is not over: it is asked for after that"
        )


def stale(source: str, asset: str, price: str, of: datetime, at: datetime) -> StalePriceError:
    """Return the error for a price of *of* that was told for *at*, with its age in words."""
    return StalePriceError(
        f"{source}: its last price of {asset} is stale: {price} dollars of {print_instant(of)}, {age(at - of)} before: "
        "it is not used; take it, or another, with `lotwork add price`"
    )


def age(span: timedelta) -> str:
    """Return *span* in words: 3 days 2 h, 2 h 5 min, 40 s."""
    seconds = int(span.total_seconds())
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} day{'' if days == 1 else 's'} {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


def instant(epoch: int) -> str:
    """Return *epoch* seconds as an instant of UTC."""
    return print_instant(datetime.fromtimestamp(epoch, UTC))
