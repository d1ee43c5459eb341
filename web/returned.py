"""The return of the year that is looked at, of one that is over as it is filed, with its penalty; and the state's."""

from __future__ import annotations

from lotwork.projections.filing.penalty import with_penalty
from lotwork.projections.liability import Liability
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.web.reading import Reading


def state_of(reading: Reading) -> StateLiability | None:
    """Return the return of the state in the year; None where none is told, or the federal one is not known here."""
    if reading.owed is None:
        return None
    state = state_liability(reading.folded, reading.law, reading.owed)
    return None if state.state is None else state


def return_of(reading: Reading) -> Liability | None:
    """Return the return of the year, of one that is over with its penalty; None where it is not known here."""
    if reading.owed is None or not reading.is_over:
        return reading.owed
    return with_penalty(reading.folded, reading.law, reading.owed)
