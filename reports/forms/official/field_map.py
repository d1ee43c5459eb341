"""The map of one edition of an official form: its sha256, and which field holds which line.

The fields of the IRS have names without a meaning, and the names change with the edition; so a map holds for the one
file whose digest it names. Maps that come with Lotwork lie in `maps/`; a user's own is a file of the same shape.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lotwork.ledger.errors import InputRefusedError

OURS = Path(__file__).with_name("maps")
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
EightFields = Annotated[tuple[str, ...], msgspec.Meta(min_length=8, max_length=8)]


class LineField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A field that holds the amount of a line."""

    field: str
    line: str
    form: str | None = None
    """The form whose line it is, where it is another."""
    column: Literal["d", "e", "g", "h"] | None = None
    """Of a line of Schedule D that Form 8949 leads to: which column of its totals."""
    in_brackets: bool = False
    """Whether brackets are printed around it: a loss is entered without its sign."""


class TableField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A page of Form 8949: its boxes, its rows of columns (a) to (h), and the totals of (d), (e), (g) and (h)."""

    boxes: dict[str, str]
    """The check box of each letter, "FIELD=STATE"."""
    rows: tuple[EightFields, ...]
    totals: Annotated[tuple[str, ...], msgspec.Meta(min_length=4, max_length=4)]


class FieldMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One edition of one form."""

    form: str
    year: int
    sha256: Digest
    lines: tuple[LineField, ...] = ()
    tables: tuple[TableField, ...] = ()


def map_for(blank: bytes, year: int, own: Path | None = None) -> FieldMap:
    """Return the map of the form *blank* for *year*: the one in the file *own*, or of those that come with Lotwork.

    Raises InputRefusedError where there is none for exactly this file, and says what to do.
    """
    digest = hashlib.sha256(blank).hexdigest()
    known = [read_map(own)] if own is not None else list(our_maps())
    found = next((each for each in known if each.sha256 == digest), None)
    if found is None and own is not None:
        raise InputRefusedError(
            f"{own}: it maps the form with sha256 {known[0].sha256}, and this one has {digest}: fields of another "
            "edition have other meanings; make its own with `lotwork official map`"
        )
    if found is None:
        raise InputRefusedError(
            f"no map knows this form (sha256 {digest}): {_those(known, year)}; or make one with `lotwork official map "
            "BLANK.pdf > MAP.toml`, look it through, and name it with --map MAP.toml"
        )
    if found.year != year:
        raise InputRefusedError(
            f"this is {found.form} of {found.year}, and {year} is asked for: take the form of {year}"
        )
    return found


def our_maps() -> Iterator[FieldMap]:
    """Yield the maps that come with Lotwork."""
    for path in sorted(OURS.rglob("*.toml")):
        yield read_map(path)


def read_map(path: Path) -> FieldMap:
    """Return the map in a file. Raises InputRefusedError where it is none."""
    try:
        told: Mapping[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(told, FieldMap)
    except OSError as refused:
        raise InputRefusedError(f"{path}: it cannot be read ({refused})") from refused
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as refused:
        raise InputRefusedError(f"{path}: it is no map of a form: {refused}") from refused


def _those(known: list[FieldMap], year: int) -> str:
    of_year = ", ".join(sorted({each.form for each in known if each.year == year}))
    if not of_year:
        years = ", ".join(map(str, sorted({each.year for each in known})))
        return f"there are maps of {years} and none of {year}"
    return f"of {year} there are maps of {of_year}, each of one edition, as the IRS had it in its PDF"
