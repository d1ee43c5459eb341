"""What was checked, in sentences, and what does not hold, with where and why."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Any

Told = dict[str, Any]

MOST_TOLD = 20
"""Failures of one place that are told one by one."""
MOST_LETTERS = 120
UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError,
              RecursionError, csv.Error)  # fmt: skip
"""What reading something raises that is not as Lotwork writes it."""


class BrokenPacketError(Exception):
    """Something is not as it was packed; *where* it stands, and why that is wrong."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"{where}: {why}")


class Report:
    """The sentences of one verification, in order: what holds, what does not, and what to know."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._of_a_kind: dict[str, int] = {}

    @property
    def ok(self) -> bool:
        """Whether everything that was checked holds."""
        return all(kind != "WRONG" for kind, _ in self.lines)

    def holds(self, words: str) -> None:
        """Tell what was checked, and holds."""
        self.lines.append(("ok", words))

    def note(self, words: str) -> None:
        """Tell what a reader must know beside it."""
        self.lines.append(("note", words))

    def wrong(self, where: str, why: str) -> None:
        """Tell what does not hold; of one place the first few are told one by one."""
        place = where.partition(",")[0]
        count = self._of_a_kind[place] = self._of_a_kind.get(place, 0) + 1
        if count <= MOST_TOLD:
            self.lines.append(("WRONG", f"{where}: {why}"))
        elif count == MOST_TOLD + 1:
            self.lines.append(("WRONG", f"{place}: and more like these, which are not told one by one"))

    def compare(self, where: str, told: Any, found: Any) -> bool:
        """Tell where what is *told* is not what was *found*; say whether they agree."""
        if told == found:
            return True
        self.wrong(where, f"says {short(told)}, and the recorded events come to {short(found)}")
        return False

    def compare_rows(self, where: str, told: list[Told], found: list[Told]) -> bool:
        """Hold rows against rows, in order; each that differs is told with the keys that differ."""
        good = self.compare(f"{where}, number of rows", len(told), len(found))
        for number, (one, other) in enumerate(zip(told, found), 1):
            for key in {**other, **one}:
                good = self.compare(f"{where}, row {number}, {key}", one.get(key), other.get(key)) and good
        return good


def short(value: Any) -> str:
    """Return a value as one line that a terminal can show, whatever a stranger wrote into it."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return plain_line(text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}...")


def plain_line(text: str) -> str:
    """Return *text* without what would steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def read_json(content: bytes, where: str) -> Any:
    """Return the JSON *content*: one value, no key twice, no number that is not whole."""
    try:
        return json.loads(
            content.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float
        )
    except (ValueError, RecursionError) as broken:
        raise BrokenPacketError(where, f"is no JSON as Lotwork writes it ({short(str(broken))})") from broken


def _once(pairs: Iterable[tuple[str, Any]]) -> Told:
    told: Told = {}
    for key, value in pairs:
        if key in told:
            raise ValueError(f"the key {key!r} stands twice")
        told[key] = value
    return told


def _no_float(text: str) -> Any:
    raise ValueError(f"{text[:40]} is a number with a point: amounts are texts")
