"""Every book that a reader sees, in a line: what is due by when, what is overdue, and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol
from urllib.parse import quote

from lotwork.ledger.units import CENT, ZERO
from lotwork.web.look import Links

HOME_PATH = "/home/"


class InALine(Protocol):
    """A book as the daemon looked at it last."""

    @property
    def due(self) -> date | None:
        """The day of the next payment that is short."""
        ...

    @property
    def due_usd(self) -> Decimal:
        """How much is short of it."""
        ...

    @property
    def overdue_usd(self) -> Decimal:
        """What is short of those before."""
        ...

    @property
    def open(self) -> int:
        """How many findings wait for a person."""
        ...

    @property
    def waiting(self) -> int:
        """How many receipts have no price."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why the payments cannot be computed."""
        ...


class BookSeen(NamedTuple):
    """A book that a reader sees: where it is, how it was when the daemon looked, and what troubles its home."""

    home: str
    book: str
    brief: InALine | None
    trouble: str
    silent: int
    """How many of its sources did not answer the last time."""


class BookLine(NamedTuple):
    """A row of the page."""

    home: str
    book: str
    address: str
    problems: str
    due: date | None
    due_usd: Decimal
    overdue_usd: Decimal
    open: int
    waiting: int
    silent: int
    trouble: str
    is_known: bool
    """Whether the daemon has looked at it."""

    @property
    def is_late(self) -> bool:
        """Whether something is overdue."""
        return self.overdue_usd >= CENT


class ManyView(NamedTuple):
    """The books, what is due first first; and what they come to together."""

    lines: tuple[BookLine, ...]
    due_usd: Decimal
    overdue_usd: Decimal
    open: int
    untold: int
    """How many were not looked at yet, or cannot be: the sums are without them."""


def many_view(books: Iterable[BookSeen], prefix: str) -> ManyView:
    """Return the page of *books*, what is overdue and what is due first at the top."""
    lines = sorted(_lines(books, prefix), key=_first)
    return ManyView(
        lines=tuple(lines),
        due_usd=sum((line.due_usd for line in lines), ZERO),
        overdue_usd=sum((line.overdue_usd for line in lines), ZERO),
        open=sum(line.open for line in lines),
        untold=sum(not line.is_known for line in lines),
    )


def _lines(books: Iterable[BookSeen], prefix: str) -> Iterator[BookLine]:
    for seen in books:
        links = Links(f"{prefix}{HOME_PATH}{quote(seen.home, safe='')}", {"book": seen.book})
        brief = seen.brief
        trouble = seen.trouble or (brief.trouble if brief is not None and brief.trouble else "")
        yield BookLine(
            home=seen.home,
            book=seen.book,
            address=links("/"),
            problems=links("/problems"),
            due=None if brief is None else brief.due,
            due_usd=ZERO if brief is None else brief.due_usd,
            overdue_usd=ZERO if brief is None else brief.overdue_usd,
            open=0 if brief is None else brief.open,
            waiting=0 if brief is None else brief.waiting,
            silent=seen.silent,
            trouble=trouble,
            is_known=brief is not None,
        )


def _first(line: BookLine) -> tuple[bool, date, str, str]:
    return not line.is_late, line.due or date.max, line.home, line.book
