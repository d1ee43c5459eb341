"""The listing of `lotwork alert test`."""

from __future__ import annotations

from lotwork.reports.rows import Row, Words


class ChannelRow(Row, frozen=True, kw_only=True):
    """One way by which alerts are sent: whether it took the test, and why not."""

    channel: str
    taken: bool
    trouble: Words | None


class AlertTested(Row, frozen=True, kw_only=True):
    """The test's id, as each channel was given it, and what each did."""

    alert: str
    channels: tuple[ChannelRow, ...]
