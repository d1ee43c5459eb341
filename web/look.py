"""What a request looks at: which book and year, as of which day, with amounts or without; and links that keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException

from lotwork.ledger.public_form.parse_words import TAX_YEARS, parse_day
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import AmountError
from lotwork.web.listing import ALL

YEAR_DIGITS = 6
ON = "1"
"""What `incognito` says where the amounts are hidden."""
CONFLICT = 409
EVENT = "/event/"
NO_FILE = "The amounts are hidden, and a file holds them exact: show them, and then take the file."


@dataclass(frozen=True, slots=True)
class Look:
    """A book, a year (None: the one it is), the day that is over (None: today), and whether amounts are hidden."""

    book: str
    year: int | None
    as_of: date | None
    incognito: bool

    @classmethod
    def asked(cls, told: Mapping[str, str]) -> Self:
        """Return what the keys of an address ask for; HTTPException 404 where there is no such year or day."""
        return cls(
            told.get("book", MAIN_BOOK), _year(told.get("year")), _day(told.get("as_of")), told.get("incognito") == ON
        )

    def of_file(self) -> Self:
        """Return what a file is made of; HTTPException 409 where amounts are hidden: a file holds each exact."""
        if self.incognito:
            raise HTTPException(CONFLICT, NO_FILE)
        return self


class Address(str):
    """An address of these pages: nothing in it is an amount."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the addresses of a page: each keeps the book, the year, the day and what is hidden."""

    prefix: str
    kept: Mapping[str, str]
    top: str | None = None
    """The prefix of the pages of many homes, where these are of one of them."""

    @classmethod
    def of(cls, look: Look, year: int, prefix: str = "", top: str | None = None) -> Links:
        """Return what makes the addresses of the pages of *look* in *year*."""
        kept = {"book": look.book, "year": str(year)}
        if look.as_of is not None:
            kept["as_of"] = look.as_of.isoformat()
        if look.incognito:
            kept["incognito"] = ON
        return cls(prefix, kept, top)

    @property
    def hides(self) -> bool:
        """Whether amounts are hidden: then a page leads to no file, which would hold them."""
        return "incognito" in self.kept

    def __call__(self, path: str, **changes: str | int) -> Address:
        """Return the address *path* with the keys that are kept, and *changes*; an empty value takes its key out."""
        told = {name: str(value) for name, value in {**self.kept, **changes}.items() if value != ""}
        return Address(f"{self.prefix}{path}?{urlencode(told)}")

    def part(self, path: str, part: str, /, **changes: str | int) -> Address:
        """Return the address of what is called *part* on the page *path*, for what its list is narrowed to."""
        return Address(f"{self(path, **changes)}#{part}")

    def event(self, name: str, **changes: str | int) -> Address:
        """Return the address of the event called *name*."""
        return self(address_of(f"{EVENT}{name}"), **changes)

    def line(self, form: str, number: str, **changes: str | int) -> Address:
        """Return the address of a line of a form."""
        return self(f"/line/{quote(form, safe='')}/{quote(number, safe='')}", **changes)

    def within(self, path: str) -> Address:
        """Return *path* with the keys that are kept, as these pages name it among themselves: without the prefix."""
        return Address(f"{path}?{urlencode(self.kept)}")

    def bare(self, path: str) -> Address:
        """Return *path* alone, with nothing kept: a style, or where a form is sent."""
        return Address(f"{self.prefix}{path}")

    @property
    def is_of_many(self) -> bool:
        """Whether there are pages of many homes that these are among."""
        return self.top is not None

    def at_top(self, path: str) -> Address:
        """Return *path* below which the pages of all homes lie."""
        return Address(f"{self.prefix if self.top is None else self.top}{path}")

    def hidden(self, *without: str) -> Iterator[tuple[str, str]]:
        """Yield what a form must send along, but for the keys *without*."""
        return ((name, value) for name, value in self.kept.items() if name not in without)


def address_of(path: str) -> Address:
    """Return the address of the page at *path*: a name in it may hold what an address gives a meaning to.

    The name of an event is one part of its address, slashes and all: a browser would take `..` between them away.
    """
    if path.startswith(EVENT):
        return Address(f"{EVENT}{quote(path.removeprefix(EVENT), safe=':')}")
    return Address(quote(path, safe="/:"))


def page_asked(told: Mapping[str, str]) -> int:
    """Return which page of a long list is asked for; of what is no number the first."""
    text = told.get("page", "1")
    if text == "all":
        return ALL
    return int(text[:9]) if text.isascii() and text.isdigit() else 1


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= YEAR_DIGITS and int(text) in TAX_YEARS):
        raise HTTPException(404, f"There is no such year: name one from {TAX_YEARS[0]} on.")
    return int(text)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return parse_day(text)
    except AmountError as odd:
        raise HTTPException(404, f"There is no such day: {odd.reason}: {odd.remedy}.") from odd
