"""What a simulation draws: programs for two writers, and what departs from a quiet day."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.faults.simulation import ANSWERS, STEPS, TURNS, Schedule, Turn

MOST_CALLS = 80
"""So many calls of both writers at most from one turn to the next; opening a new ledger takes about fifty."""
PROGRAMS = st.lists(st.sampled_from(STEPS), max_size=5).map(tuple)
SCHEDULES = st.builds(
    Schedule,
    programs=st.tuples(PROGRAMS, PROGRAMS),
    turns=st.lists(
        st.builds(Turn, st.integers(0, MOST_CALLS), st.sampled_from(TURNS), st.integers(0, 255)), max_size=10
    ).map(tuple),
    answers=st.lists(st.sampled_from(ANSWERS), max_size=6).map(tuple),
)
ONE = (("append",), ())
SHOWN_BY = {
    "unsynced": [Schedule(ONE, (Turn(calls, "power"),)) for calls in range(60, 100, 5)],
    "in two": [Schedule(ONE, (Turn(calls, "kill"),)) for calls in range(60, 100, 5)],
    "unchecked": [Schedule((("poll",), ("poll", "poll")), (), ("slow", "whole", "whole", "silent"))],
}
"""By what is broken on purpose (simulated_writer.py): short schedules of which at least one shows it."""
