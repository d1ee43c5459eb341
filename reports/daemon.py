"""The listing of what a round of polls brought."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, UnsetType

from lotwork.projections.unpriced import Why
from lotwork.reports.rows import Row


class PolledRow(Row, frozen=True, kw_only=True):
    """A source that was asked: how many of its events are new, and why it refused where it did.

    `left_out` says which rows are no events, as was asked for; `alerts`, what a person must look at.
    """

    book: str
    source: str
    new: int
    left_out: list[str] | UnsetType = UNSET
    alerts: list[str] | UnsetType = UNSET
    error: str | UnsetType = UNSET


NEVER: Final = "never"
"""When a price is asked for again that nobody had: only where a person asks, or adds a source."""


class UnpricedRow(Row, frozen=True, kw_only=True):
    """A price that is waited for: why it was not had, when it is asked for again, and what there is to do.

    why: `no_price` (no source has one), `stale` (one has a price of another time; reason tells its age),
    `unknown_coin`, `rate_limited`, `unreachable`, `refused`, `too_recent` or `round_over`; again: an instant, `never`,
    or null for the next round.
    """

    asset: str
    at: str
    why: Why
    reason: str
    again: str | None
    remedy: str


class PricedRow(Row, frozen=True, kw_only=True):
    """A book whose receipts waited for prices: how many were found, how many wait on, and why."""

    book: str
    recorded: int
    pending: int
    why: tuple[str, ...]
    unpriced: list[UnpricedRow] | UnsetType = UNSET


class PollListing(Row, frozen=True, kw_only=True):
    """What `lotwork poll` tells."""

    sources: tuple[PolledRow, ...]
    prices: tuple[PricedRow, ...]
