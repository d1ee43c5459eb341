"""The listing of what a round of polls brought."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

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


class PricedRow(Row, frozen=True, kw_only=True):
    """A book whose receipts waited for prices: how many were found, how many wait on, and why."""

    book: str
    recorded: int
    pending: int
    why: tuple[str, ...]


class PollListing(Row, frozen=True, kw_only=True):
    """What `lotwork poll` tells."""

    sources: tuple[PolledRow, ...]
    prices: tuple[PricedRow, ...]
