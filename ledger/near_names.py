"""The name that was perhaps meant: of what is there, the one nearest to what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LIKE_ENOUGH = 60
"""How much of two names must be alike, in percent, where a person named something that is not there."""


def near_name(name: str, others: Iterable[str], like: int = LIKE_ENOUGH) -> str | None:
    """Return which of *others* was perhaps meant by *name*, whatever its capitals; None where none is near."""
    folded = {other.casefold(): other for other in sorted(others)}
    found = get_close_matches(name.casefold(), folded, 1, like / 100)
    return folded[found[0]] if found else None


def near_file(name: str, others: Iterable[str]) -> str | None:
    """Return which of the files *others* was perhaps meant by *name*; a shared ending makes none likelier."""
    stem = name.partition(".")[0]
    return near_name(name, [other for other in others if near_name(stem, [other.partition(".")[0]])])
