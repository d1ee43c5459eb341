"""The return of the year that is looked at: of one that is over as it is filed, with its penalty."""

from __future__ import annotations

from lotwork.projections.filing.penalty import with_penalty
from lotwork.projections.liability import Liability
from lotwork.web.reading import Reading


def return_of(reading: Reading) -> Liability | None:
    """Return the return of the year, of one that is over with its penalty; None where it is not known here."""
    if reading.owed is None or not reading.is_over:
        return reading.owed
    return with_penalty(reading.folded, reading.law, reading.owed)
