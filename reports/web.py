"""The listing of `lotwork web password`: whether the pages have one now."""

from __future__ import annotations

from lotwork.reports.rows import Row


class PasswordListing(Row, frozen=True, kw_only=True):
    """Whether the pages have a password; the password itself is told to nobody."""

    has_password: bool
