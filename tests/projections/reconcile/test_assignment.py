"""The best pairing is the one that trying every pairing finds."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.reconcile.assignment import assign

COSTS = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


def pairs_of(table: list[list[int | None]]) -> list[tuple[int, int]]:
    return assign(range(len(table)), range(len(table[0])), lambda row, column: table[row][column])


def by_trying(table: list[list[int | None]]) -> tuple[int, int]:
    """Return (how many pairs, negated total) of the best of all pairings."""
    rows, columns = len(table), len(table[0])
    best = (0, 0)
    for order in permutations([*range(columns), *[-1] * rows], rows):
        costs = [table[row][column] for row, column in enumerate(order) if column >= 0]
        paired = [cost for cost in costs if cost is not None]
        best = max(best, (len(paired), -sum(paired)))
    return best


@given(COSTS)
def test_no_other_pairing_has_more_pairs_or_costs_less(table: list[list[int | None]]) -> None:
    pairs = pairs_of(table)
    costs = [table[row][column] for row, column in pairs]
    told = [cost for cost in costs if cost is not None]
    assert len(told) == len(costs)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert (len(told), -sum(told)) == by_trying(table)


def test_the_nearest_neighbour_first_is_not_the_best() -> None:
    """Taking the pair that costs 1 first leaves one that costs 100."""
    assert pairs_of([[1, 2], [2, 100]]) == [(0, 1), (1, 0)]


def test_nothing_pairs_with_nothing() -> None:
    assert assign([], [1], lambda _one, _other: 0) == []
    assert assign([1], [1], lambda _one, _other: None) == []
