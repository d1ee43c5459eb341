"""The listings of the first minute: `lotwork init` and `lotwork demo`."""

from __future__ import annotations

from lotwork.reports.rows import Row


class HomeListing(Row, frozen=True, kw_only=True):
    """What `lotwork init` tells: the home, its settings, and the profile's event where one was told."""

    home: str
    settings: str
    profile: str | None


class DemoListing(Row, frozen=True, kw_only=True):
    """What `lotwork demo` tells: how many made-up events are new."""

    appended: int
