"""The listing of `lotwork web password`: whether the pages have one now."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from lotwork.reports.rows import Row


class PasswordListing(Row, frozen=True, kw_only=True):
    """Whether the pages have a password; the password itself is told to nobody."""

    has_password: bool


class ReaderListing(Row, frozen=True, kw_only=True):
    """Who reads the pages of many homes, and what they see."""

    name: str
    sees: tuple[str, ...]
    may_act: bool
    has_password: bool
    has_token: bool
    token: str | UnsetType = UNSET
    """The token that was made just now: it is told this once."""
