"""In which zone the clocks of files are read that name none: it is asked of every import, before any map is read."""

from __future__ import annotations

from lotwork.ledger.history import Log


def zone_of(log: Log, book: str) -> str:
    """Return the zone of the last profile of *book* that names one, in which its clocks are read; empty without."""
    zone = ""
    for _, event in log.read(book, kinds=("profile",)):
        zone = getattr(event, "time_zone", None) or zone
    return zone
