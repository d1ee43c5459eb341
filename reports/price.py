"""The listing of `lotwork price`: which recorded price holds at an instant, what it rests on, who would be asked."""

from __future__ import annotations

from datetime import datetime

from lotwork.ledger.events import PriceSample
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.public_form.time_bands import parse_interval
from lotwork.projections.pricing import NEAR
from lotwork.projections.unpriced import Why
from lotwork.reports.rows import Price, Row, Table, Words


class SampleRow(Row, frozen=True, kw_only=True):
    """A price that is recorded."""

    price_usd: Price
    """Of one whole coin."""
    source: str
    at: str
    """The start of its interval, or its own instant."""
    until: str
    """The first instant it does not hold any more."""
    interval: str | None
    sampled: str | None
    """When its source took it, where that is told and is not the end of the interval."""
    pair: str | None
    legs: tuple[Words, ...]
    """The prices it is the product of, each as source, pair, price and start."""
    instead_of: Words | None
    """Which sources come before it, and had not answered."""
    event: str


class WaitsRow(Row, frozen=True, kw_only=True):
    """What came of asking for it."""

    why: Why
    reason: Words
    first: str
    again: str | None
    """When it is asked for again; None where never by itself."""
    remedy: Words


class NextRow(Row, frozen=True, kw_only=True):
    """A source that would be asked, in the order of the settings."""

    source: str
    state: Words
    answered: str | None
    """When it answered last."""
    trouble: Words | None


class PriceListing(Row, frozen=True, kw_only=True):
    """What `lotwork price` tells."""

    asset: str
    at: str
    price: SampleRow | None
    """The one that holds; None where none does."""
    others: tuple[SampleRow, ...]
    """What others say of the same interval."""
    waits: WaitsRow | None
    """Why it was not had, where it was asked for in vain."""
    next: tuple[NextRow, ...]
    """Who would be asked, where no price holds; nobody is where one does."""


SAMPLES = Table(
    SampleRow, lambda row: (
        row.price_usd, row.source, row.at, row.until, row.sampled, row.pair, row.legs, row.instead_of, row.event,
    ),
).leaving(lambda row: (row.event, row.sampled, row.legs, row.pair, row.until))  # fmt: skip
NEXT = Table(NextRow, lambda row: (row.source, row.state, row.answered, row.trouble))


def sample_row(sample: PriceSample) -> SampleRow:
    """Return the row of *sample*."""
    ends = sample.at + (NEAR if sample.interval is None else parse_interval(sample.interval))
    return SampleRow(
        price_usd=sample.price_usd,
        source=sample.source or "manual",
        at=print_instant(sample.at),
        until=print_instant(ends),
        interval=sample.interval,
        sampled=instant_or_none(sample.sampled),
        pair=sample.pair,
        legs=tuple(f"{leg.source} {leg.pair} {leg.price} of {print_instant(leg.at)}" for leg in sample.legs),
        instead_of=sample.instead_of,
        event=sample.id,
    )


def instant_or_none(at: datetime | None) -> str | None:
    """Return *at* to the second, as text."""
    return None if at is None else print_instant(at.replace(microsecond=0))
