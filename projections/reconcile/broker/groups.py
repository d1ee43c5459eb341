"""Several that come to one: lines whose quantities add up to a sale, sales that add up to a line, a day to a day.

Among a few every selection is tried, among many only what follows on each other in time; so a busy day costs no more
than its length squared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

FEW = 12
"""With more than this many, only neighbours in time are put together: 2**12 selections are tried at most."""


class HasQuantity(Protocol):
    """Either side: so much of an asset."""

    @property
    def quantity(self) -> int:
        """In base units."""
        ...


Left = TypeVar("Left", bound=HasQuantity)
Right = TypeVar("Right", bound=HasQuantity)
One = TypeVar("One", bound=HasQuantity)
Part = TypeVar("Part", bound=HasQuantity)


class Grouped(NamedTuple, Generic[Left, Right]):
    """Two sides of one quantity; what it costs to think so: days apart, then how many were put together."""

    cost: tuple[int, int]
    left: tuple[Left, ...]
    right: tuple[Right, ...]


def groups(
    left: Sequence[Left], right: Sequence[Right], apart: Callable[[Left, Right], int], reach: int
) -> Iterator[Grouped[Left, Right]]:
    """Yield every group of one with several, either way, and of all with all, no more than *reach* days apart."""
    for one in left:
        for parts, days in _coming_to(one, right, partial(apart, one), reach):
            yield Grouped((days, len(parts)), (one,), parts)
    for other in right:
        for lines, days in _coming_to(other, left, partial(_swapped, apart, other), reach):
            yield Grouped((days, len(lines)), lines, (other,))
    if len(left) > 1 and len(right) > 1 and _sum(left) == _sum(right):
        days = max(min(apart(one, other) for other in right) for one in left)
        if days <= reach:
            yield Grouped((days, len(left) + len(right)), tuple(left), tuple(right))


def _swapped(apart: Callable[[Left, Right], int], right: Right, left: Left) -> int:
    return apart(left, right)


def _coming_to(
    one: HasQuantity, parts: Sequence[Part], apart: Callable[[Part], int], reach: int
) -> Iterator[tuple[tuple[Part, ...], int]]:
    """Yield the selections of at least two *parts* that add up to *one*, each with its days apart."""
    near = [(part, apart(part)) for part in parts if part.quantity < one.quantity]
    near = [(part, days) for part, days in near if days <= reach]
    for days in range(reach + 1):
        within = [part for part, away in near if away <= days]
        if _sum(within) < one.quantity:
            continue
        found = _any(one.quantity, within) if len(within) <= FEW else _neighbours(one.quantity, within)
        if found:
            yield found, days
            return


def _any(quantity: int, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the fewest of *parts* that come to *quantity*, of equals the first; nothing where none do."""
    best: dict[int, tuple[Part, ...]] = {0: ()}
    for part in parts:
        for total, chosen in list(best.items()):
            more = total + part.quantity
            if more <= quantity and (more not in best or len(best[more]) > len(chosen) + 1):
                best[more] = (*chosen, part)
    return best.get(quantity, ())


def _neighbours(quantity: int, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the first run of *parts* in their order that comes to *quantity*."""
    start, total = 0, 0
    for end, part in enumerate(parts):
        total += part.quantity
        while total > quantity:
            total -= parts[start].quantity
            start += 1
        if total == quantity:
            return tuple(parts[start : end + 1])
    return ()


def _sum(parts: Sequence[HasQuantity]) -> int:
    return sum(part.quantity for part in parts)
