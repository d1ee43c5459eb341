"""What a sheet is made of, before anything is set: headings, lines of a form, tables, words. All of it is plain text.

Nothing here is markup: what a person typed reaches the typesetter as data (`typeset`), and is drawn letter by letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

MINUS = "-"


class Lines(msgspec.Struct, frozen=True, tag="lines"):
    """Lines of a form: number, words, amount, and in small print the law and where it comes from."""

    rows: tuple[tuple[str, str, str, str], ...]


class Columns(msgspec.Struct, frozen=True, tag="table", kw_only=True):
    """A table: a column is its name and `left` or `right`; widths are parts of the page, 0 as narrow as it can be."""

    title: str = ""
    names: tuple[str, ...]
    right: tuple[bool, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    dense: bool = False
    """Whether every cell fits in one line, so that a column can be set as one text: a table of ten thousand rows would
    otherwise take a gigabyte. The page it stands on is its own."""


class Words(msgspec.Struct, frozen=True, tag="words"):
    """Paragraphs, with what they are about above them."""

    title: str
    paragraphs: tuple[str, ...]


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """What is so, beside what it is called."""

    title: str
    rows: tuple[tuple[str, str], ...]
    amounts: bool = False
    """Whether what is so are amounts, which stand under each other."""


class Voucher(msgspec.Struct, frozen=True, tag="voucher", kw_only=True):
    """One payment of estimated tax: until when, how much, and what it is made of."""

    title: str
    due: str
    amount: str
    rows: tuple[tuple[str, str], ...]


class Contents(msgspec.Struct, frozen=True, tag="contents"):
    """Where each sheet begins; the typesetter knows the pages."""


Block: TypeAlias = Lines | Columns | Words | Facts | Voucher | Contents


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One form: its name, what it is for, and what stands on it. It begins on a page of its own."""

    name: str
    about: str
    blocks: tuple[Block, ...]


class Document(msgspec.Struct, frozen=True):
    """A file: the year and the book at its foot, whether it is a draft, and its sheets."""

    title: str
    year: int
    foot: str
    draft: bool
    sheets: Sequence[Sheet] = msgspec.field(default=())
    tagged: bool = True
    """Whether it tells a screen reader what is a heading and what a cell; ten thousand rows would be 25 MB with it."""


def amount(told: str | None) -> str:
    """Return dollars and cents as a form prints them: "1,240.00", what is less than nothing in brackets."""
    if told is None:
        return "not known"
    number = told.removeprefix(MINUS)
    is_less = number != told and number.strip("0.") != ""  # what rounds to nothing is nothing, of no sign
    whole, point, fraction = number.partition(".")
    grouped = f"{int(whole):,}{point}{fraction}"
    return f"({grouped})" if is_less else grouped
