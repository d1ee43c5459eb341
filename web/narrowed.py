"""What a list on a page is narrowed to, so that a figure leads to the rows that it sums."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Self

from lotwork.ledger.public_form.parse_words import parse_day
from lotwork.ledger.units import AmountError


class Narrowed(NamedTuple):
    """Rows of one wallet, asset, term, origin or line, between two days with both in it; empty leaves it open."""

    wallet: str = ""
    asset: str = ""
    term: str = ""
    origin: str = ""
    line: str = ""
    first: str = ""
    last: str = ""

    @classmethod
    def asked(cls, told: Mapping[str, str]) -> Self:
        """Return what the keys of an address ask for; a day that is none narrows nothing."""
        said = {name: told.get(name, "") for name in cls._fields}
        said["first"], said["last"] = (_day(said[name]) for name in ("first", "last"))
        return cls(**said)

    @property
    def kept(self) -> dict[str, str]:
        """What the next page of the list, and its file, ask for."""
        return {name: value for name, value in self._asdict().items() if value}

    def holds(self, when: date, **told: str) -> bool:
        """Say if a row of the day *when*, of which *told* is told by the names here, is in the list."""
        narrow = self._asdict()
        if any(narrow[name] not in ("", value) for name, value in told.items()):
            return False
        day = when.isoformat()
        return (not self.first or day >= self.first) and (not self.last or day <= self.last)


ALL_ROWS = Narrowed()
"""A list that is not narrowed."""


def month_days(year: int, month: int) -> tuple[str, str]:
    """Return the first and the last day of a month, as a list is narrowed to them."""
    first = date(year, month, 1)
    return first.isoformat(), first.replace(day=monthrange(year, month)[1]).isoformat()


def _day(text: str) -> str:
    try:
        return parse_day(text).isoformat() if text else ""
    except AmountError:
        return ""
