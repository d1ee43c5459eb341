"""What is dated ahead of today, told: it may belong to a year that is reckoned without it.

The door refuses it by now (`ledger.slips`); a log written before may hold it, and one that such a log was copied to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import History
from lotwork.ledger.slips import HAPPENED
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.findings import Finding


def dated_ahead(history: History, latest: datetime | None, now: datetime) -> Iterator[Finding]:
    """Yield a finding for each event of *history*, the *latest* of which is given, that lies more than a day ahead."""
    if latest is None or latest <= now + ONE_DAY:
        return
    troubles = list(history.troubles)
    for event in history.events():
        if event.at > now + ONE_DAY and isinstance(event, HAPPENED):
            yield Finding(
                "dated_ahead",
                f"the {kind_of(event)} {event.id} is dated {event.at:%Y-%m-%d}, which has not come yet, and counts on "
                "that day: correct its date, or void it",
                event.id,
            )
    history.troubles[:] = troubles
