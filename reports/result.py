"""What every result has, and how its rows become one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lotwork.reports.lazily import AT_ONCE, MadeRows
from lotwork.reports.rows import Row, fields_of


class Schema(Row, frozen=True, kw_only=True):
    """What a result is: the name under which its keys are promised."""

    schema: str


class RestsOn(Schema, frozen=True, kw_only=True):
    """What a result rests on: the book and where it ends, and the law."""

    book: str
    position: int
    head: str
    law: str


def schema_of(name: str) -> str:
    """Return the schema of the result *name*."""
    return f"lotwork.{name}.v1"


def json_of(*parts: Row) -> bytes:
    """Return one JSON object with the fields of all *parts*, in their order, as standard output gets it."""
    return b"".join(pieces_of(*parts))


def pieces_of(*parts: Row) -> Iterator[bytes]:
    """Yield the same piece by piece, so that no answer of many rows is ever held as one text."""
    told = {name: value for part in parts for name, value in fields_of(part).items()}
    before = b"{\n "
    for name, value in told.items():
        yield before + msgspec.json.encode(name) + b": "
        if isinstance(value, tuple | list | MadeRows) and len(value) > AT_ONCE:
            yield from _rows(value)
        else:
            yield _indented(value)
        before = b",\n "
    yield b"\n}\n" if told else b"{}\n"


def _rows(rows: Sequence[object]) -> Iterator[bytes]:
    before = b"["
    for first in range(0, len(rows), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        told = rows.told(part) if isinstance(rows, MadeRows) else None
        yield before + (between_brackets(rows[part]) if told is None else told)
        before = b","
    yield b"\n ]"


def between_brackets(rows: object) -> bytes:
    """Return the JSON of *rows* as it stands between the brackets of a list in an answer."""
    return _indented(rows).removeprefix(b"[").removesuffix(b"\n ]")


def _indented(value: object) -> bytes:
    """Return *value* as JSON that stands one level deep; no text in JSON has a bare end of line."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1).replace(b"\n", b"\n ")
