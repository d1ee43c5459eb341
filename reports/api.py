"""The listing of `lotwork api token`."""

from __future__ import annotations

from lotwork.reports.rows import Row


class TokenListing(Row, frozen=True, kw_only=True):
    """Whether there is a token; the token itself where one was made."""

    has_token: bool
    token: str | None
