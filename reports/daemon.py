"""The listings of what a round brought and of what the doctor found."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from lotwork.reports.rows import Row


class PolledRow(Row, frozen=True, kw_only=True):
    """A source that was asked: how many of its events are new, what was left out, and why it refused where it did."""

    book: str
    source: str
    new: int
    left_out: list[str] | UnsetType = UNSET
    error: str | UnsetType = UNSET


class PricedRow(Row, frozen=True, kw_only=True):
    """A book whose receipts waited for prices: how many were found, how many wait on, and why."""

    book: str
    recorded: int
    pending: int
    why: list[str]


class PollListing(Row, frozen=True, kw_only=True):
    """What `lotwork poll` tells."""

    sources: tuple[PolledRow, ...]
    prices: tuple[PricedRow, ...]


class CheckRow(Row, frozen=True, kw_only=True):
    """One thing the doctor looked at, and what to do where it is not well."""

    name: str
    ok: bool
    detail: str
    remedy: str


class CheckListing(Row, frozen=True, kw_only=True):
    """What `lotwork doctor` tells."""

    ok: bool
    checks: tuple[CheckRow, ...]
