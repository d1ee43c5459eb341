"""What is behind a line is, in order and number, what putting all its lists together would give."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.returns.events_behind import Behind, first_of

events = st.lists(st.sampled_from([f"r{number}" for number in range(9)]), max_size=6).map(tuple)
lines = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.lists(events, max_size=3).map(tuple),
        st.lists(st.sampled_from("abcdefg"), max_size=4),
    )
)


@given(lines, st.integers(1, 8))
def test_what_is_behind_a_line_is_its_own_and_what_is_behind_its_sources(
    told: list[tuple[str, tuple[tuple[str, ...], ...], list[str]]], most: int
) -> None:
    behind, together = Behind(), dict[str, dict[str, None]]()
    found = []
    for line, own, sources in told:
        behind_sources = (event for source in sources for event in together.get(source, ()))
        whole = dict.fromkeys((*chain.from_iterable(own), *behind_sources))
        together[line] = whole
        found.append((whole, behind.tell(line, own, sources)))
    for whole, lists in found:
        assert behind.count(lists) == len(whole)
        assert first_of(lists, most) == (*whole,)[:most]
