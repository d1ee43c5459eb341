"""The best pairing of two lists: every cost told, the cheapest whole, whatever order they came in.

Shortest augmenting paths with potentials (Kuhn, Munkres; Jonker and Volgenant): cubic in the smaller list, exact in
whole numbers. A pair that may not be is left unpaired on both sides where nothing else fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Left = TypeVar("Left")
Right = TypeVar("Right")


def assign(
    left: Sequence[Left], right: Sequence[Right], cost: Callable[[Left, Right], int | None]
) -> list[tuple[int, int]]:
    """Return the pairs (index in *left*, in *right*): as many as may be paired, at the least total *cost*.

    A cost is a whole number of 0 or more; None means that the two may not be paired.
    """
    if not left or not right:
        return []
    if len(left) > len(right):
        return sorted((i, j) for j, i in assign(right, left, lambda one, other: cost(other, one)))
    told = [[cost(one, other) for other in right] for one in left]
    never = 1 + sum(max((each for each in row if each is not None), default=0) for row in told)
    table = [[never if each is None else each for each in row] for row in told]
    taken = _cheapest(table)
    return sorted((i, j) for j, i in enumerate(taken) if i >= 0 and told[i][j] is not None)


def _cheapest(table: Sequence[Sequence[int]]) -> list[int]:
    """Return for each column the row that takes it, or -1, at the least total; no more rows than columns."""
    rows, columns = len(table), len(table[0])
    of_row, of_column = [0] * (rows + 1), [0] * (columns + 1)
    row_of = [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0] = row
        came_from = _path(table, row_of, of_row, of_column)
        column = came_from[-1]
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return [row_of[column] - 1 for column in range(1, columns + 1)]


def _path(table: Sequence[Sequence[int]], row_of: Sequence[int], of_row: list[int], of_column: list[int]) -> list[int]:
    """Grow the tree of cheapest steps from the row at column 0 until it meets a free column, which is told last."""
    columns = len(table[0])
    unreached = 1 + sum(map(max, table)) * 2
    least: list[int] = [unreached] * (columns + 1)
    came_from = [0] * (columns + 1)
    seen = [False] * (columns + 1)
    column = 0
    while row_of[column]:
        seen[column] = True
        row, step, nearest = row_of[column], unreached, 0
        for other in range(1, columns + 1):
            if not seen[other]:
                reduced = table[row - 1][other - 1] - of_row[row] - of_column[other]
                if reduced < least[other]:
                    least[other], came_from[other] = reduced, column
                if least[other] < step:
                    step, nearest = least[other], other
        for other in range(columns + 1):
            if seen[other]:
                of_row[row_of[other]] += step
                of_column[other] -= step
            else:
                least[other] -= step
        column = nearest
    return [*came_from, column]
