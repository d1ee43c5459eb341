"""The leaves of an answer in JSON, and copies of it in which one is another or is gone."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

BAD_LEAVES: tuple[Any, ...] = (None, -1, "", "x", [], {}, True, "\uff11\uff12", "1_000", 10**30, "-5", "1e3")


def paths(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf of *value* with the way to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*at, index))
    else:
        yield at, value


def replaced(value: Any, at: Path, leaf: Any) -> Any:
    """Return a copy of *value* with another *leaf* at the end of the way."""
    changed = copy.deepcopy(value)
    spot = changed
    for step in at[:-1]:
        spot = spot[step]
    spot[at[-1]] = leaf
    return changed


def without(value: Any, at: Path) -> Any:
    """Return a copy of *value* without the key or item at the end of the way."""
    changed = copy.deepcopy(value)
    spot = changed
    for step in at[:-1]:
        spot = spot[step]
    del spot[at[-1]]
    return changed
